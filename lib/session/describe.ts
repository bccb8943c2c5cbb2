import 'server-only'
import type { MaybePromise, Session, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { then } from '#lib/maybe-promise.ts'
import { store } from '#lib/store.ts'
import { isRecent } from './current.ts'
import { type SessionView, sessionView } from './view.ts'

/** Views of sessions for the holder of a proof: full addresses only while that proof is fresh. */
function viewerOf({ sessionId, session, now }: Pick<SessionProof, 'sessionId' | 'session' | 'now'>) {
  return { sessionId, policy: settings().policy, fullAddress: isRecent(session, now) }
}

export function describeCurrent(
  of: Pick<SessionProof, 'sessionId' | 'session' | 'now'>,
): MaybePromise<SessionView | null> {
  return then(store().sessions.find(of.sessionId), (found) => (found ? sessionView(found, viewerOf(of)) : null))
}

export function describeAll(proof: SessionProof): MaybePromise<readonly SessionView[]> {
  const viewer = viewerOf(proof)
  return then(store().sessions.list(proof.userId), (all: readonly Session[]) =>
    all.map((session) => sessionView(session, viewer)),
  )
}
