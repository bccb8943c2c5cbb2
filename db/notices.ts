import 'server-only'
import { hash } from 'node:crypto'
import type { EventKind, NewEvent, User } from './contract.ts'

type Detail = NewEvent['detail']

/**
 * Which events are told by mail, and to whom. Their mails are written into the outbox in the event's own transaction,
 * so none is lost and none tells of what did not happen. Pure; the texts are made in `lib/mail`.
 * @see ASVS v5.0.0-6.3.5, 6.3.7; policy §4.10: whoever takes an account over must not be able to hush it up
 */
const TOLD = {
  'account-created': false,
  // Of the very first sign-in the person knows: they have just made the account.
  'signed-in': ({ newDevice, first }: Detail) => newDevice === 'true' && first !== 'true',
  'sign-in-failed': false,
  'sign-in-throttled': false,
  'second-factor-failed': true,
  'password-switched-off': true,
  reauthenticated: false,
  'reauthentication-failed': false,
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
  'factors-removed': true,
  'email-change-requested': true,
  'email-changed': true,
  'email-restored': true,
  reported: true,
  'account-disabled': true,
  'account-enabled': false,
  'account-deleted': true,
  'administrator-granted': true,
  'administrator-withdrawn': true,
  administered: false,
  'app-linked': true,
  'app-disconnected': false,
  'app-token-reused': true,
  'client-added': false,
  'client-removed': false,
  'identity-linked': true,
  'identity-unlinked': true,
} as const satisfies Readonly<Record<EventKind, boolean | ((detail: Detail) => boolean)>>

/** The kinds of which mail ever tells: `lib/mail/words.ts` has words for each, or does not compile. */
export type NoticeKind = { [Kind in EventKind]: (typeof TOLD)[Kind] extends false ? never : Kind }[EventKind]

/** Addresses that are told of an event; none for most. */
export function recipients(event: NewEvent, user: User | undefined, now: Date): readonly string[] {
  const told: boolean | ((detail: Detail) => boolean) = TOLD[event.kind]
  if (!user || user.deletedAt || !(typeof told === 'function' ? told(event.detail) : told)) return []
  // The link proves that the new address is theirs; it must be nowhere else.
  if (event.kind === 'email-change-requested') return event.detail.to ? [event.detail.to] : []
  // A link that opens something goes to the present address only.
  if (event.kind === 'reset-requested') return [user.email]
  if (event.kind === 'email-changed' && event.detail.to) return [user.email, event.detail.to]
  const former = user.formerEmail && user.formerEmailUntil && user.formerEmailUntil > now ? [user.formerEmail] : []
  return [user.email, ...former]
}

/** How many mails at most. Counted where attempts are, in the event's transaction. */
export interface Ceiling {
  readonly key: string
  readonly most: number
  readonly seconds: number
}

const HOUR = 60 * 60

/**
 * Whoever can make something happen must not be able to fill somebody's mailbox with it, nor bury one notice under a
 * hundred others; and none of one kind may use up those of another. What is not mailed stands in the list of events all
 * the same. Links are counted where they are asked for, and what changes an account cannot be repeated at will. What
 * administrators end is told each time: it takes one of them, and as many sessions as there are.
 */
export function ceilingsOf({ kind, detail }: Pick<NewEvent, 'kind' | 'detail'>, recipient: string): readonly Ceiling[] {
  if (!REPEATABLE.includes(kind) || detail.reason === 'administrator') return []
  const to = hash('sha256', recipient, 'base64url')
  return [
    { key: `mail:${kind}:${to}`, most: 5, seconds: HOUR },
    { key: `mail-in-a-day:${kind}:${to}`, most: 20, seconds: 24 * HOUR },
  ]
}

/** What signing in, or trying to, can bring about again and again. */
const REPEATABLE: readonly EventKind[] = [
  'signed-in',
  'second-factor-failed',
  'session-ended',
  'session-replayed',
  'circumstances-changed',
  'app-linked',
  'app-token-reused',
]
