/**
 * Of which events the person is told by mail. Pure. The store asks in the event's own transaction and puts a mail into
 * the outbox: there is no event without its mail, and no mail without its event.
 *
 * To whom, the store decides: to the account's address, and to `formerEmail` too until `formerEmailUntil`, so that
 * whoever takes an account over cannot hush it up by changing the address. `email-change-requested` alone goes to the
 * new address (`detail.to`), and never to the old one: its link shows that somebody reads what is sent there.
 * @see ASVS v5.0.0-6.3.5, v5.0.0-6.3.7; NIST SP 800-63B-4 §4.6
 */
import type { EventKind, NewEvent } from '#db/contract.ts'

type Detail = NewEvent['detail']

const TOLD = {
  'account-created': false,
  // The very first sign-in of an account is no news to whoever has just made it.
  'signed-in': ({ newDevice, first }: Detail) => newDevice === 'true' && first !== 'true',
  // Anybody can type a wrong password; a mail for each would be a way to annoy.
  'sign-in-failed': false,
  'sign-in-throttled': false,
  // But here the password was right.
  'second-factor-failed': true,
  'password-switched-off': true,
  reauthenticated: false,
  'reauthentication-failed': false,
  // What the person did or what time did needs no mail; these two were done to them.
  'session-ended': ({ reason }: Detail) => reason === 'limit' || reason === 'administrator',
  'session-locked': false,
  'session-unlocked': false,
  'session-renamed': false,
  'session-replayed': true,
  'ended-session-used': false,
  'circumstances-changed': ({ done }: Detail) => done !== 'noted',
  'profile-changed': false,
  'password-changed': true,
  'reset-requested': true,
  'password-reset': true,
  'totp-added': true,
  'totp-removed': true,
  'passkey-added': true,
  'passkey-removed': true,
  'passkey-renamed': false,
  'recovery-codes-replaced': true,
  'recovery-code-used': true,
  'email-change-requested': true,
  'email-changed': true,
  'email-restored': true,
  reported: true,
  'account-disabled': true,
  'account-enabled': false,
  'account-deleted': true,
  'administrator-granted': true,
  'administrator-withdrawn': true,
  // The administrator's own record of it; whom it concerns is told by the event above.
  administered: false,
} as const satisfies Readonly<Record<EventKind, boolean | ((detail: Detail) => boolean)>>

/** The kinds of which mail ever tells: `words.ts` has words for each, or does not compile. */
export type NoticeKind = { [Kind in EventKind]: (typeof TOLD)[Kind] extends false ? never : Kind }[EventKind]

/** What happened at an address without an account is nobody's mail. */
export function tellsByMail({ kind, userId, detail }: NewEvent): boolean {
  const told: boolean | ((detail: Detail) => boolean) = TOLD[kind]
  return userId !== null && (typeof told === 'function' ? told(detail) : told)
}
