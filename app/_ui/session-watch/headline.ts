/** What stands above the reason on the page that takes the private one's place. Pure. */
import { clockTime } from './countdown.ts'
import type { Lock } from './view.ts'

/** "Signed out from elsewhere at 14:02." The time is the server's, in the reader's zone; it may be unknown. */
export function headline({ reason, at }: Lock): string {
  if (!reason && !at) return 'Your session is over.'
  return `Signed out${reason === 'revoked' ? ' from elsewhere' : ''}${at ? ` at ${clockTime(at)}` : ''}.`
}
