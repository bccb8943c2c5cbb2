import 'server-only'
import type { MaybePromise, RecentProof, SessionCheck, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { DUPLICATE, readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { then } from '#lib/maybe-promise.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
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
  | { readonly state: 'none'; readonly because: 'over'; readonly sessionId: string }

/** @param cookieHeader the raw `Cookie` header */
export function currentSession(cookieHeader: string | null): MaybePromise<Current> {
  const text = readCookie(cookieHeader, SESSION_COOKIE)
  if (text === null) return none('absent')
  if (text === DUPLICATE) return none('duplicate')
  return then(openSession(text), (seal) => (seal ? sessionOf(seal) : none('unauthentic')))
}

export function sessionOf(seal: OpenedSeal): MaybePromise<Current> {
  return then(store().sessions.check(seal.id), (row) => (row ? decide(row, seal) : over(seal.id)))
}

function decide(row: SessionCheck, seal: OpenedSeal): MaybePromise<Current> {
  // Ended outside of this database: a backup that was restored brings nothing back.
  if (row.epoch < epoch()) return then(store().sessions.endAs(row, 'epoch'), () => over(row.id))
  const { policy } = settings()
  const stands = standing(row, policy, row.now)
  if (stands !== 'active') {
    const ended = store().sessions.endAs(row, stands === 'inactive' ? 'idle' : 'expired')
    // Not ended means that somebody was active meanwhile: look again.
    return then(ended, (done) => (done ? over(row.id) : sessionOf(seal)))
  }
  const recognition = recognise(row, seal, policy.renewalGrace)
  switch (recognition) {
    case 'present':
    case 'successor':
    case 'predecessor':
      return { state: 'standing', proof: prove(row, seal), seal, recognition }
    case 'replayed':
      return then(store().sessions.endAs(row, 'replayed'), () => over(row.id))
    case 'retired':
      return { state: 'none', because: 'retired', session: row }
    default:
      return none('unknown')
  }
}

function prove(row: SessionCheck, seal: OpenedSeal): SessionProof {
  const proof = { sessionId: row.id, userId: row.userId, generation: seal.generation, now: row.now, session: row }
  return proof as unknown as SessionProof
}

/**
 * A proof for sensitive acts, or why there is none.
 *
 * - `stale`: the last proof of identity is as old as the step-up window, or older. Computed from the recorded
 *   authentications; there is no flag that could be set.
 * - `superseded`: the request came with a token that has a successor. A copy could be at work, so it opens no
 *   sensitive act; the browser has the successor by now and the second try works.
 * @see ASVS v5.0.0-7.5.2; docs/decisions/0002
 */
export function recentProof(current: Standing): RecentProof | 'stale' | 'superseded' {
  const { session, now } = current.proof
  if (current.recognition !== 'present' || session.successor) return 'superseded'
  return isRecent(session, now) ? (current.proof as RecentProof) : 'stale'
}

/** The proof that a reauthentication just earned, for the act that asked for it: nobody presses twice. */
export function provenAgain(session: SessionCheck): RecentProof {
  const { id: sessionId, userId, generation, now } = session
  return { sessionId, userId, generation, now, session } as unknown as RecentProof
}

/** Whether the person has shown who they are within the step-up window. A window reached exactly has passed. */
export function isRecent(session: Pick<SessionCheck, 'authentications'>, now: Date): boolean {
  const { reauthenticationWindow } = settings().policy
  return session.authentications.some(({ at }) => secondsBetween(at, now) < reauthenticationWindow)
}

function none(because: 'absent' | 'duplicate' | 'unauthentic' | 'unknown'): NoSession {
  return { state: 'none', because }
}

function over(sessionId: string): NoSession {
  return { state: 'none', because: 'over', sessionId }
}
