'use client'
import { Button, ButtonLink } from './button.tsx'
import { MessagePage } from './message-page.tsx'

/** The reference is what the log calls this failure; the cause itself stays there. */
export function FailurePage({ reference }: { readonly reference?: string | undefined }) {
  return (
    <MessagePage title="Something went wrong">
      <p role="alert">
        The page could not be shown.
        {reference && (
          <>
            {' '}
            If it stays so, this number helps to find out why:{' '}
            <span className="font-mono text-sm text-ink">{reference}</span>
          </>
        )}
      </p>
      <div className="flex flex-wrap justify-center gap-3">
        <Button onClick={() => location.reload()}>Try again</Button>
        <ButtonLink href="/" variant="secondary">
          Go to the start
        </ButtonLink>
      </div>
    </MessagePage>
  )
}
