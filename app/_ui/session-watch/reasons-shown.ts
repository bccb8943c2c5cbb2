/** How the page that takes the private one's place begins. Pure. */
import type { ShownReason } from '#lib/session/reasons.ts'
import { clockTime } from './countdown.ts'
import type { Lock } from './view.ts'

const HEADLINES: Readonly<Record<ShownReason, string>> = {
  idle: 'Your session ended after inactivity',
  expired: 'Your session reached its time limit',
  revoked: 'This session was ended from elsewhere',
  replayed: 'This session was ended to protect you',
  'password-changed': 'This session ended with a new password',
  'signed-out': 'You signed out',
}

/** "This session was ended from elsewhere at 14:02." */
export function headline({ reason, at }: Lock): string {
  return `${reason ? HEADLINES[reason] : 'Your session is over'}${at ? ` at ${clockTime(at)}` : ''}.`
}
