import { signInPath } from '#lib/http/return-path.ts'
import type { Timeouts } from '#lib/session/timeouts.ts'
import { secondsBetween } from '#lib/time.ts'

interface IdleRefreshProps {
  readonly timeouts: Timeouts
  /** The path and query of this page, to come back to. */
  readonly path: string | null
}

/** By then the server has ended the session. Seconds. */
const MARGIN = 2

/** Without scripts: when the inactivity timeout has passed, the browser leaves the page for the sign-in page. */
export function IdleRefresh({ timeouts: { now, idleExpiresAt }, path }: IdleRefreshProps) {
  const seconds = Math.ceil(secondsBetween(new Date(now), new Date(idleExpiresAt))) + MARGIN
  return (
    <noscript>
      <meta httpEquiv="refresh" content={`${seconds};url=${signInPath(path, 'idle')}`} />
    </noscript>
  )
}
