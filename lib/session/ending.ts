import 'server-only'
import type { EndedSession, MaybePromise, RecentProof, SessionCheck } from '#db/contract.ts'
import { describeDevice } from '#lib/device/describe.ts'
import { deviceLabel } from '#lib/device/label.ts'
import { store } from '#lib/store.ts'
import type { Current } from './current.ts'

/**
 * Ending sessions from the device in hand. Each takes a fresh proof and is one step in the store: the row stops
 * deciding, and open pages of the ended sessions hear of it within a second.
 * @see ASVS v5.0.0-7.4.1, 7.5.2
 */
export function endSession(
  proof: RecentProof,
  id: string,
  headers: Headers,
): MaybePromise<'ended' | 'not-found' | 'session-over'> {
  return store().sessions.end(proof, id, thisDevice(headers))
}

export function endOtherSessions(
  proof: RecentProof,
  headers: Headers,
): MaybePromise<readonly EndedSession[] | 'session-over'> {
  return store().sessions.endOthers(proof, thisDevice(headers))
}

export function endAllSessions(
  proof: RecentProof,
  headers: Headers,
): MaybePromise<readonly EndedSession[] | 'session-over'> {
  return store().sessions.endAll(proof, thisDevice(headers))
}

/**
 * Signs out whatever session a request came with. A token that an authentication has just retired opens nothing, but
 * it still ends its session: sign-out beats a step-up in another tab. Whoever signs out of a locked session wants it gone.
 */
export async function signOutHere(current: Current): Promise<void> {
  const session = sessionToLeave(current)
  if (current.state === 'standing') await store().sessions.signOut(current.proof)
  else if (session) await store().sessions.endAs(session, 'sign-out')
}

/** The session that `signOutHere` ends; null when there is none. */
export function sessionToLeave(current: Current): SessionCheck | null {
  if (current.state === 'standing' || current.because === 'enrolment') return current.proof.session
  return current.because === 'retired' || current.because === 'locked' ? current.session : null
}

/** How the ended device is told from where it was ended: "Firefox on Linux". */
function thisDevice(headers: Headers): string {
  return deviceLabel(describeDevice(headers))
}
