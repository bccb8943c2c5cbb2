import 'server-only'
import type { Ending, NewSession, SessionCheck, SessionLimit, SessionProof, StoreOptions, User } from './contract.ts'
import { deviceName } from './device-name.ts'
import type { LiveSession } from './live.ts'
import { endedAlone, type Found } from './what-ends.ts'

/** What both stores decide about rows that they hold locked. Pure: the same judgement on the same row. */
export type Rules = Pick<StoreOptions, 'standing' | 'renewalGrace' | 'epoch'>

/** Why a session is over by itself; null while it stands, and while it is locked. */
export function overBecause(session: SessionCheck, rules: Rules): 'idle' | 'expired' | 'epoch' | null {
  if (session.epoch < rules.epoch()) return 'epoch'
  const standing = rules.standing(session, session.now)
  if (standing === 'active' || standing === 'locked') return null
  return standing === 'inactive' ? 'idle' : 'expired'
}

/** Only what stands opens anything; what is locked opens the unlock step and nothing else. */
export function stands(session: SessionCheck, rules: Rules): boolean {
  return session.epoch >= rules.epoch() && rules.standing(session, session.now) === 'active'
}

export function isLocked(session: SessionCheck, rules: Rules): boolean {
  return session.epoch >= rules.epoch() && rules.standing(session, session.now) === 'locked'
}

/**
 * Whether a proof still holds at the moment of writing (promise 4). A timed renewal between the proof and the act
 * does not fail the act; an authentication in between does, since it has retired every token before it.
 * @see ASVS v5.0.0-7.4.1; an act in flight while its session ends commits nothing
 */
export function holds<S extends SessionCheck>(session: S | undefined, proof: SessionProof, rules: Rules): session is S {
  if (!session || session.id !== proof.sessionId || session.userId !== proof.userId) return false
  return stands(session, rules) && showsItsToken(session, proof, rules)
}

function showsItsToken(session: SessionCheck, proof: SessionProof, rules: Rules): boolean {
  const { predecessor } = session
  if (isGood(session, proof.generation)) return true
  if (proof.generation !== predecessor?.generation || predecessor.retiredBy === 'authentication') return false
  // What counts is when the token was shown: an act may take longer than the grace.
  return proof.now.getTime() < predecessor.retiredAt.getTime() + rules.renewalGrace * 1000
}

/**
 * Whether a proof's token is the newest that was handed out. An offer made after the proof counts as well: its answer
 * may reach the browser after the one with the token of a reauthentication, and would leave it with a dead one.
 */
export function isNewest({ generation, successor }: SessionCheck, proof: SessionProof): boolean {
  return generation === proof.generation && successor === null
}

/**
 * Whether a token of that generation was handed out and no other has taken its place: until the successor has been shown,
 * the answer that brought it may be lost, and the one before it is all that the browser has.
 */
export function isGood({ generation, successor }: SessionCheck, shown: number): boolean {
  return shown === generation || shown === successor?.generation
}

/** Null: it goes on, or is locked. Where nothing locks, it ends instead: in neither case does it stay open. */
export function endedByCircumstances(
  session: LiveSession,
  done: 'noted' | 'locked' | 'ended',
  rules: Rules,
): Ends | null {
  if (done === 'noted') return null
  const locks = done === 'locked' && rules.standing({ ...session, lockedAt: session.now }, session.now) === 'locked'
  return locks ? null : endedAlone('circumstances', session)
}

export interface Ends {
  readonly session: LiveSession
  readonly ending: Ending
  /** With what applications were let do in it, also where that was to outlive it. */
  readonly withApps: boolean
}

/**
 * What has to end so that `wanted` may begin, or `'limit-reached'`. Sessions that have run out are never counted.
 * @param present the user's live sessions, and the one that `wanted` replaces
 * @see ASVS v5.0.0-7.1.2 concurrent sessions, v5.0.0-7.2.4 nothing from before the sign-in survives it
 */
export function roomFor(
  wanted: NewSession,
  present: readonly LiveSession[],
  limit: SessionLimit,
  rules: Rules,
): readonly Ends[] | 'limit-reached' {
  const by = deviceName(wanted)
  const ends: Ends[] = []
  const counted: LiveSession[] = []
  for (const session of present) {
    const reason = overBecause(session, rules)
    if (reason) ends.push(endedAlone(reason, session))
    else if (isReplaced(session, wanted)) ends.push(endedAlone('signed-in-again', session, by))
    // A locked session is half a session: it counts to no limit and evicts nobody.
    else if (stands(session, rules)) counted.push(session)
  }
  const chosen = counted.filter(({ id }) => limit.chosen?.includes(id))
  const others = counted.filter((session) => !chosen.includes(session)).sort(byActivity)
  const excess = limit.most === null ? 0 : Math.max(0, others.length + 1 - limit.most)
  if (excess > 0 && limit.action !== 'end-oldest') return 'limit-reached'
  const leaving = [...chosen, ...others.slice(0, excess)]
  return [...ends, ...leaving.map((session) => endedAlone('limit', session, by))]
}

function isReplaced(session: LiveSession, wanted: NewSession): boolean {
  return session.id === wanted.replaces || session.browserDigest.equals(wanted.browserDigest)
}

function byActivity(a: LiveSession, b: LiveSession): number {
  return a.lastActiveAt.getTime() - b.lastActiveAt.getTime() || a.beganAt.getTime() - b.beganAt.getTime()
}

/** A copy at work, and a person who signs out: nothing that happened meanwhile saves the session. */
export function isUnconditional(cause: Found): boolean {
  return cause !== 'idle' && cause !== 'expired'
}

/**
 * What has to end so that a locked session may be opened again: it counts from then on. `'limit-reached'` where the
 * person would have to choose; then it is an ordinary sign-in.
 */
export function roomToUnlock(
  locked: LiveSession,
  present: readonly LiveSession[],
  limit: SessionLimit,
  rules: Rules,
): readonly Ends[] | 'limit-reached' {
  const counted = present.filter((session) => session.id !== locked.id && stands(session, rules)).sort(byActivity)
  const excess = limit.most === null ? 0 : Math.max(0, counted.length + 1 - limit.most)
  if (excess > 0 && limit.action !== 'end-oldest') return 'limit-reached'
  return counted.slice(0, excess).map((session) => endedAlone('limit', session, deviceName(locked)))
}

/**
 * Nothing begins for somebody who is gone, or whose authenticators changed since the first factor was checked; nor in an
 * epoch that is over.
 */
export function mayBegin(user: User | undefined, { securityVersion, epoch }: NewSession, rules: Rules): boolean {
  if (epoch < rules.epoch()) return false
  return user !== undefined && !user.disabledAt && !user.deletedAt && user.securityVersion === securityVersion
}

/** A half-state from an earlier epoch is over, like the sessions of then. */
export function isOfNow({ epoch }: { readonly epoch: number }, rules: Pick<Rules, 'epoch'>): boolean {
  return epoch >= rules.epoch()
}

/** `endAs` saves a session in which somebody was active, or which got another token, since it was `seen`. */
export function isAsSeen(session: SessionCheck, seen: SessionCheck): boolean {
  return (
    session.generation === seen.generation &&
    session.successor?.generation === seen.successor?.generation &&
    session.lastActiveAt.getTime() === seen.lastActiveAt.getTime() &&
    session.lifetimeFrom.getTime() === seen.lifetimeFrom.getTime()
  )
}
