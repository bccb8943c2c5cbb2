import type { Ending, EndReason } from './vocabulary.ts'

/**
 * Which event ends what: one table for everything that a person, a link or an administrator does, for what time does by
 * itself, and for what else is at work. It is applied in the same transaction as the event, and nothing ends a session
 * past it: `lib/boundaries.test.ts` sees to that. A new event or a new kind of credential without a decision does not
 * compile. And whatever ends a session takes along what was half done from it.
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
  /** What was to outlive a session that this ends: what applications were let do in it with `offline_access`. */
  | 'sessionApps'

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
  /** Everybody's, in one step or many. */
  | 'everybody-ended'
  | Alone

/** What ends one session by itself: what has become of it, or of what it rests on. */
type Alone =
  | 'idle'
  | 'expired'
  | 'epoch'
  | 'replayed'
  | 'circumstances'
  | 'limit'
  /** Somebody has signed in where it was. */
  | 'signed-in-again'
  /** The provider that signed its person in says that they have signed out. */
  | 'provider'

/** By what one session is ended that has just been looked at. */
export type Found = 'idle' | 'expired' | 'epoch' | 'replayed' | 'sign-out' | 'sign-out-one'

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
  sessionApps: 'stays',
} as const
const EVERYTHING = {
  thisSession: 'ends',
  otherSessions: 'ends',
  halfStates: 'ends',
  knownBrowsers: 'ends',
  linkedApps: 'ends',
  sessionApps: 'ends',
} as const
const THIS = { ...NOTHING, thisSession: 'ends' } as const
/** Here it goes on under a new token; elsewhere it ends, unless the person wants otherwise, and no other browser is known. */
const AUTHENTICATOR = {
  thisSession: 'renewed',
  otherSessions: 'chosen',
  halfStates: 'ends',
  knownBrowsers: 'ends',
  linkedApps: 'chosen',
  sessionApps: 'chosen',
} as const

export const WHAT_ENDS: Readonly<Record<Cause, Row>> = {
  'sign-out': { ...THIS, reason: 'signed-out' },
  'sign-out-one': { ...NOTHING, otherSessions: 'target', reason: 'signed-out-elsewhere' },
  // Half a sign-in in another browser is one of the others.
  'sign-out-others': { ...NOTHING, otherSessions: 'ends', halfStates: 'ends', reason: 'signed-out-elsewhere' },
  'sign-out-everywhere': {
    ...NOTHING,
    thisSession: 'ends',
    otherSessions: 'ends',
    halfStates: 'ends',
    linkedApps: 'ends',
    sessionApps: 'ends',
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
    sessionApps: 'ends',
    reason: 'role-changed',
  },
  'ended-by-administrator': {
    ...NOTHING,
    otherSessions: 'target',
    halfStates: 'ends',
    linkedApps: 'target',
    sessionApps: 'target',
    reason: 'administrator',
  },
  'everybody-ended': {
    ...NOTHING,
    thisSession: 'ends',
    otherSessions: 'ends',
    halfStates: 'ends',
    linkedApps: 'ends',
    sessionApps: 'ends',
    reason: 'epoch',
  },
  idle: { ...THIS, reason: 'idle' },
  expired: { ...THIS, reason: 'expired' },
  // Its half-states and grants are of that epoch too: nothing that was made in it counts.
  epoch: { ...THIS, reason: 'epoch' },
  // One copy is one session; which of the two was the thief nobody knows.
  // And whoever it was may have let an application outlive it.
  replayed: { ...THIS, sessionApps: 'ends', reason: 'replayed' },
  circumstances: { ...THIS, sessionApps: 'ends', reason: 'circumstances' },
  // The one that begins is this one.
  limit: { ...NOTHING, otherSessions: 'target', reason: 'limit' },
  'signed-in-again': { ...THIS, reason: 'signed-in-again' },
  provider: { ...THIS, reason: 'provider' },
}

/** What an event is about, for the decisions that depend on it. */
export interface Scope {
  /** The session from which it came, or null. */
  readonly thisSession: string | null
  /** For `chosen`. */
  readonly endOthers?: boolean
  /** For `target`: one session, or null for all of them. */
  readonly target?: string | null
  readonly endedBy: string | null
  /** An administrator's reason. */
  readonly why?: string | undefined
}

interface Ended<S> {
  readonly session: S
  readonly ending: Ending
  /** With what was to outlive it. */
  readonly withApps: boolean
}

/** The table, applied: which of these sessions an event ends, and as what. Pure. */
export function endedBy<S extends { readonly id: string }>(
  cause: Cause,
  sessions: readonly S[],
  scope: Scope,
): readonly Ended<S>[] {
  const { thisSession, otherSessions, sessionApps, reason } = WHAT_ENDS[cause]
  const ending = { reason, endedBy: scope.endedBy, why: scope.why }
  const withApps = isEnded(sessionApps, '', scope)
  return sessions
    .filter(({ id }) => isEnded(id === scope.thisSession ? thisSession : otherSessions, id, scope))
    .map((session) => ({ session, ending, withApps }))
}

/** The same for the one session that it is about: the event's own, or the one that it names. */
export function endedAlone<S extends { readonly id: string }>(
  cause: Alone | Found,
  session: S,
  by: string | null = null,
): Ended<S> {
  const isOwn = WHAT_ENDS[cause].thisSession === 'ends'
  const scope = { thisSession: isOwn ? session.id : null, target: session.id, endedBy: by }
  const [ended] = endedBy(cause, [session], scope)
  if (!ended) throw new Error(`${cause} ends nothing`)
  return ended
}

export function isEnded(decision: Decision, id: string, { endOthers = true, target = null }: Scope): boolean {
  switch (decision) {
    case 'ends':
      return true
    case 'chosen':
      return endOthers
    case 'target':
      return target === null || target === id
    case 'stays':
    case 'renewed':
      return false
  }
}
