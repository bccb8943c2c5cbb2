import 'server-only'
import type { Factors, FullProof, MaybePromise, RecentProof, SessionCheck, SessionProof } from '#db/contract.ts'
import { hasPasskey } from '#lib/authentication/assurance.ts'
import { type Missing, missingFor } from '#lib/authentication/requirements.ts'
import { settings } from '#lib/config.ts'
import { DUPLICATE, readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { then } from '#lib/maybe-promise.ts'
import { store } from '#lib/store.ts'
import { epoch } from './epoch.ts'
import { standing } from './policy.ts'
import { type Recognition, recognise } from './recognition.ts'
import { type OpenedSeal, openSession } from './seal.ts'

/**
 * The one place where a request becomes a session, and the only maker of proofs.
 *
 * Cookie text → seal → row → standing → recognition. Nothing about the session is remembered between requests: the
 * row is read each time, so that a session ended anywhere is over at the very next request.
 * @see ASVS v5.0.0-7.2.1 verified by a trusted backend, 7.4.1 an ended session cannot be used
 */
export type Current = Standing | NoSession

export interface Standing {
  readonly state: 'standing'
  readonly proof: SessionProof
  readonly seal: OpenedSeal
  readonly recognition: Extract<Recognition, 'present' | 'successor' | 'predecessor'>
}

/** To a visitor all of these are the same. `over` carries the id by which the record of the end is found. */
export type NoSession =
  | { readonly state: 'none'; readonly because: 'absent' | 'duplicate' | 'unauthentic' | 'unknown' }
  | { readonly state: 'none'; readonly because: 'retired'; readonly session: SessionCheck }
  /** Level 2, after inactivity: only the unlock step opens it, with a token of this `generation`, which still counts. */
  | { readonly state: 'none'; readonly because: 'locked'; readonly session: SessionCheck; readonly generation: number }
  /** Level 3, as long as no passkey was shown in it: opens the making of one, and nothing else. */
  | { readonly state: 'none'; readonly because: 'enrolment'; readonly proof: EnrolmentProof }
  | { readonly state: 'none'; readonly because: 'over'; readonly sessionId: string }

declare const enrolling: unique symbol

/** Evidence of a session that is below its level. No other proof: nothing that takes one takes this. */
export interface EnrolmentProof {
  readonly [enrolling]: true
  readonly sessionId: string
  readonly session: SessionCheck
}

/** @param cookieHeader the raw `Cookie` header */
export function currentSession(cookieHeader: string | null): MaybePromise<Current> {
  const text = readCookie(cookieHeader, SESSION_COOKIE)
  if (text === null) return none('absent')
  if (text === DUPLICATE) return none('duplicate')
  const seal = openSession(text)
  return seal ? sessionOf(seal) : none('unauthentic')
}

export function sessionOf(seal: OpenedSeal): MaybePromise<Current> {
  return then(store().sessions.check(seal.id), (row) => (row ? decide(row, seal) : over(seal.id)))
}

function decide(row: SessionCheck, seal: OpenedSeal): MaybePromise<Current> {
  // Ended outside of this database: a backup that was restored brings nothing back.
  if (row.epoch < epoch()) return then(store().sessions.endAs(row, 'epoch'), () => over(row.id))
  const { policy } = settings()
  const stands = standing(row, policy, row.now)
  if (stands === 'locked') return locked(row, seal)
  if (stands !== 'active') {
    const ended = store().sessions.endAs(row, stands === 'inactive' ? 'idle' : 'expired')
    // Not ended means that somebody was active meanwhile: look again.
    return then(ended, (done) => (done ? over(row.id) : sessionOf(seal)))
  }
  const recognition = recognise(row, seal, policy.renewalGrace)
  switch (recognition) {
    case 'present':
    case 'successor':
    case 'predecessor': {
      const found = { state: 'standing', proof: prove(row, seal), seal, recognition } as const
      return policy.level < 3 || hasPasskey(row.authentications) ? found : belowItsLevel(found)
    }
    case 'replayed':
      return then(store().sessions.endAs(row, 'replayed'), () => over(row.id))
    case 'retired':
      return { state: 'none', because: 'retired', session: row }
    default:
      return none('unknown')
  }
}

/** v5.0.0-6.3.3: what began with less than a passkey leads to making one, also for whoever has lost theirs. */
function belowItsLevel(standing: Standing): NoSession {
  const { sessionId, session } = standing.proof
  const proof = { sessionId, session, standing } as unknown as EnrolmentProof
  return { state: 'none', because: 'enrolment', proof }
}

/** The session behind it, for making a passkey and for nothing else: `lib/boundaries.test.ts` knows who may ask. */
export function toEnrol(proof: EnrolmentProof): Standing {
  return (proof as unknown as { readonly standing: Standing }).standing
}

/** Written down first, so that nothing which moves a clock can bring it back; then held against the token shown. */
function locked(row: SessionCheck, seal: OpenedSeal): MaybePromise<Current> {
  // Not locked means that somebody was active meanwhile: look again.
  if (!row.lockedAt) return then(store().sessions.lock(row), () => sessionOf(seal))
  const recognition = recognise(row, seal, settings().policy.renewalGrace)
  if (recognition === 'replayed') return then(store().sessions.endAs(row, 'replayed'), () => over(row.id))
  // Also before a successor that nobody has shown: the answer that brought it may have been lost.
  const counts = recognition === 'present' || recognition === 'successor'
  return counts ? { state: 'none', because: 'locked', session: row, generation: seal.generation } : none('unknown')
}

function prove(row: SessionCheck, seal: OpenedSeal): SessionProof {
  const proof = { sessionId: row.id, userId: row.userId, generation: seal.generation, now: row.now, session: row }
  return proof as unknown as SessionProof
}

/** What a request can earn beyond its session; `lib/authentication/requirements.ts` says what each takes. */
export interface Proofs {
  readonly recent: RecentProof
  readonly full: FullProof
}

/**
 * A proof for sensitive acts, or why there is none.
 *
 * - `stale`: what it takes was shown longer ago than the step-up window, or never; or each act is confirmed by itself.
 *   Computed from the recorded authentications, the account's factors and the level; there is no flag that could be set.
 * - `superseded`: the request came with a token that has a successor. A copy could be at work, so it opens no
 *   sensitive act; the browser has the successor by now and the second try works.
 * @param window as for `missingOf`
 * @see ASVS v5.0.0-7.5.1 full, 7.5.2 recent; docs/decisions/0002, 0028, 0037
 */
export function proofFor<Kind extends keyof Proofs>(
  kind: Kind,
  current: Standing,
  window?: number,
): MaybePromise<Proofs[Kind] | 'stale' | 'superseded'> {
  if (isSuperseded(current)) return 'superseded'
  const { proof } = current
  return then(missingOf(kind, proof, window), ({ length }) => (length === 0 ? (proof as Proofs[Kind]) : 'stale'))
}

/** The commonest of them, at once: whether one factor is fresh does not depend on which the account has. */
export function recentProof(current: Standing): RecentProof | 'stale' | 'superseded' {
  if (isSuperseded(current)) return 'superseded'
  const { session, now } = current.proof
  return isRecent(session, now) && !isConfirmedEach(session) ? (current.proof as RecentProof) : 'stale'
}

export function isSuperseded({ recognition, proof }: Standing): boolean {
  return recognition !== 'present' || proof.session.successor !== null
}

/** Policy, table 2a: at level 3 a passkey confirms each act by itself; what was shown for one opens no other. */
export function isConfirmedEach({ authentications }: Pick<SessionCheck, 'authentications'>): boolean {
  return settings().policy.level === 3 && hasPasskey(authentications)
}

/** The proof that showing factors has just earned, for the act that asked for it: nobody presses twice. */
export function provenAgain<Kind extends keyof Proofs>(
  kind: Kind,
  session: SessionCheck,
): MaybePromise<Proofs[Kind] | 'stale'> {
  const { id: sessionId, userId, generation, now } = session
  const proof = { sessionId, userId, generation, now, session } as unknown as Proofs[Kind]
  const { reauthenticationWindow } = settings().policy
  return then(missingOf(kind, proof, reauthenticationWindow), ({ length }) => (length === 0 ? proof : 'stale'))
}

/**
 * What would have to be shown for such a proof now. Read from the rows, like everything here.
 * @param window what is older than so many seconds does not count; with 0, all of it is to be shown anew
 */
export function missingOf(
  kind: keyof Proofs,
  { userId, session, now }: Pick<SessionProof, 'userId' | 'session' | 'now'>,
  window = isConfirmedEach(session) ? 0 : settings().policy.reauthenticationWindow,
): MaybePromise<readonly Missing[]> {
  return then(store().users.factors(userId), (factors = NO_FACTORS) =>
    missingFor(kind, factors, settings().policy.level, session.authentications, now, window),
  )
}

/** Whether the person has shown who they are within the step-up window. A window reached exactly has passed. */
export function isRecent({ authentications }: Pick<SessionCheck, 'authentications'>, now: Date): boolean {
  const { level, reauthenticationWindow } = settings().policy
  // Which factors the account has tells what to ask for, not whether one was shown.
  return missingFor('recent', NO_FACTORS, level, authentications, now, reauthenticationWindow).length === 0
}

const NO_FACTORS: Factors = {
  password: false,
  totp: null,
  passkeys: [],
  recoveryCodes: 0,
  identities: 0,
  securityVersion: 0,
}

function none(because: 'absent' | 'duplicate' | 'unauthentic' | 'unknown'): NoSession {
  return { state: 'none', because }
}

function over(sessionId: string): NoSession {
  return { state: 'none', because: 'over', sessionId }
}
