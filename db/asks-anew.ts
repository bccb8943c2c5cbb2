import type { EndReason, EventKind } from './vocabulary.ts'

/**
 * After which ends nobody comes back by a sign-in at another provider that is older than they are: somebody has put this
 * session out, or the account has been made safe. What ran out, or was left by its own person, is none of those: in the
 * browser that was left, `signed-out` stands for ten minutes. A new reason without a decision does not compile.
 * @see ASVS v5.0.0-7.4.1, 7.6.2; docs/decisions/0036
 */
const AFTER: Readonly<Record<EndReason, boolean>> = {
  'signed-out': false,
  'signed-in-again': false,
  'signed-out-elsewhere': true,
  'signed-out-everywhere': true,
  idle: false,
  expired: false,
  replayed: true,
  limit: false,
  administrator: true,
  'role-changed': true,
  'password-changed': true,
  'factor-changed': true,
  'email-changed': true,
  reset: true,
  reported: true,
  disabled: true,
  deleted: true,
  circumstances: true,
  provider: false,
  epoch: true,
}

export const ENDS_ASKING_ANEW = (Object.keys(AFTER) as EndReason[]).filter((reason) => AFTER[reason])

/** The same without any session that ended with it. */
export const EVENTS_ASKING_ANEW: readonly EventKind[] = [
  'password-changed',
  'password-reset',
  'reported',
  'email-restored',
  'factors-removed',
  'account-disabled',
]
