import type { EndReason } from './vocabulary.ts'

/**
 * Which event ends what: one table for everything that a person, a link or an administrator does. It is applied in the
 * same transaction as the event (`plan.ts`). A new event or a new kind of credential without a decision does not compile.
 * What ends by itself (time, a copy at work, the limit, another browser at work) ends that one session, by `judgement.ts`;
 * and whatever ends a session takes along what was half done from it.
 *
 * @see ASVS v5.0.0-7.4.1 to 7.4.5, v4.0.3-3.3.3; docs/decisions/0023
 */

/** What can be held of an account. */
export type Credential =
  /** The session from which the act came. */
  | 'thisSession'
  /** The account's other sessions, locked ones too. */
  | 'otherSessions'
  /** Second factors due, passkey challenges, links of reset and address change. */
  | 'halfStates'
  /** The marks by which a browser counts as known: a bucket of its own for attempts, no notice of a new device. */
  | 'knownBrowsers'
  /** What applications were let do, with their tokens. What hangs on a session goes with it, whatever is said here. */
  | 'linkedApps'

/**
 * - `ends`, `stays`: as they say.
 * - `renewed`: it goes on under a new token, and the old one is dead at once.
 * - `chosen`: ends unless the person said otherwise.
 * - `target`: only the one that was named, or all when none was.
 */
export type Decision = 'ends' | 'stays' | 'renewed' | 'chosen' | 'target'

export type Cause =
  | 'sign-out'
  | 'sign-out-one'
  | 'sign-out-others'
  | 'sign-out-everywhere'
  | 'password-changed'
  | 'factor-changed'
  | 'factors-removed'
  | 'email-changed'
  | 'email-restored'
  | 'password-reset'
  | 'reported'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-deleted'
  | 'role-changed'
  | 'ended-by-administrator'

interface Row extends Readonly<Record<Credential, Decision>> {
  /** What is written about the sessions that end. */
  readonly reason: EndReason
}

const NOTHING = {
  thisSession: 'stays',
  otherSessions: 'stays',
  halfStates: 'stays',
  knownBrowsers: 'stays',
  linkedApps: 'stays',
} as const
const EVERYTHING = {
  thisSession: 'ends',
  otherSessions: 'ends',
  halfStates: 'ends',
  knownBrowsers: 'ends',
  linkedApps: 'ends',
} as const
/** Here it goes on under a new token; elsewhere it ends, unless the person wants otherwise, and no other browser is known. */
const AUTHENTICATOR = {
  thisSession: 'renewed',
  otherSessions: 'chosen',
  halfStates: 'ends',
  knownBrowsers: 'ends',
  linkedApps: 'chosen',
} as const

export const WHAT_ENDS: Readonly<Record<Cause, Row>> = {
  'sign-out': { ...NOTHING, thisSession: 'ends', reason: 'signed-out' },
  'sign-out-one': { ...NOTHING, otherSessions: 'target', reason: 'signed-out-elsewhere' },
  // Half a sign-in in another browser is one of the others.
  'sign-out-others': { ...NOTHING, otherSessions: 'ends', halfStates: 'ends', reason: 'signed-out-elsewhere' },
  'sign-out-everywhere': {
    ...NOTHING,
    thisSession: 'ends',
    otherSessions: 'ends',
    halfStates: 'ends',
    linkedApps: 'ends',
    reason: 'signed-out-everywhere',
  },
  'password-changed': { ...AUTHENTICATOR, reason: 'password-changed' },
  'factor-changed': { ...AUTHENTICATOR, reason: 'factor-changed' },
  // Somebody else did it for them: whoever is signed in may be whom it is done against.
  'factors-removed': { ...EVERYTHING, reason: 'factor-changed' },
  // A link that was mailed to the old address must not outlive it.
  'email-changed': { ...NOTHING, halfStates: 'ends', reason: 'email-changed' },
  // Somebody at the old address says that it was not them: whatever was opened meanwhile is suspect.
  'email-restored': { ...EVERYTHING, reason: 'reported' },
  'password-reset': { ...EVERYTHING, reason: 'reset' },
  reported: { ...EVERYTHING, reason: 'reported' },
  'account-disabled': { ...EVERYTHING, reason: 'disabled' },
  // Nothing is left to revive: what was ended stays so.
  'account-enabled': { ...NOTHING, reason: 'disabled' },
  'account-deleted': { ...EVERYTHING, reason: 'deleted' },
  'role-changed': {
    ...NOTHING,
    thisSession: 'ends',
    otherSessions: 'ends',
    halfStates: 'ends',
    linkedApps: 'ends',
    reason: 'role-changed',
  },
  'ended-by-administrator': {
    ...NOTHING,
    otherSessions: 'target',
    halfStates: 'ends',
    linkedApps: 'target',
    reason: 'administrator',
  },
}
