'use client'
import { MessagePage } from './message-page.tsx'

/**
 * The reference is what the log calls this failure; the cause itself stays there. Every page carries this twice, as
 * Next wants it, so it is made of plain elements.
 */
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
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          Try again
        </button>
        <a href="/" className="button button-secondary">
          Go to the start
        </a>
      </div>
    </MessagePage>
  )
}
