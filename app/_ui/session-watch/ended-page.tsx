import { ButtonLink } from '../button.tsx'
import type { Lock, Standing } from './view.ts'

export interface LockPanelProps {
  readonly lock: Lock
  readonly email: string
  readonly onSignedIn: (found: Standing) => void
}

/** In the private page's place where there is no form yet, or where it could not be loaded. */
export function EndedPage({ lock: { returning } }: Pick<LockPanelProps, 'lock'>) {
  return (
    <main id="content" className="space-y-6 px-4 py-24 text-center">
      <h1 className="text-2xl font-semibold">{returning ? 'Opening your page again…' : 'You are signed out'}</h1>
      {!returning && <ButtonLink href={location.pathname + location.search}>Sign in again</ButtonLink>}
    </main>
  )
}
