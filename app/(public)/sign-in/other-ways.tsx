import { ButtonLink } from '#ui/button.tsx'
import { Notice } from '#ui/notice.tsx'

interface BackProps {
  readonly back: string
}

export function AlreadySignedIn({ back }: BackProps) {
  return (
    <div className="mb-6 space-y-3">
      <Notice role="none">You are signed in in this browser. Signing in again ends that session.</Notice>
      <ButtonLink href={back} variant="secondary" wide>
        Continue without signing in again
      </ButtonLink>
    </div>
  )
}

/** For a locked session: a code alone opens it, since its secret is in this browser. */
export function WithCode({ back }: BackProps) {
  return (
    <p className="text-center text-sm">
      <a href={`/sign-in/verify?${new URLSearchParams({ returnTo: back })}`}>Use an authentication code instead</a>
    </p>
  )
}
