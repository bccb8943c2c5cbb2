import { ButtonLink } from '../button.tsx'
import { MessagePage } from '../message-page.tsx'
import type { Lock, Standing } from './view.ts'

export interface LockPanelProps {
  readonly lock: Lock
  readonly email: string
  readonly onSignedIn: (found: Standing) => void
}

/** In the private page's place where there is no form yet, or where it could not be loaded. */
export function EndedPage({ lock }: Pick<LockPanelProps, 'lock'>) {
  if (lock.returning) return <MessagePage title="Welcome back">Your page is being opened again.</MessagePage>
  return (
    <MessagePage title="You are signed out">
      <ButtonLink href={location.pathname + location.search}>Sign in again</ButtonLink>
    </MessagePage>
  )
}
