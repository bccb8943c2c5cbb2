import 'server-only'
import type { LiveSession } from '../live.ts'
import type { Queries } from './queries.ts'

/**
 * Session, grant, refresh token, access token: what ends above ends all below it in the same transaction. Artifacts go
 * with their grant by the database's own rule. Relying parties are told of whatever ends.
 * @see ASVS v5.0.0-7.4.2, v5.0.0-10.4.9, v5.0.0-7.6.1
 */

/** With a session: what a person let outlive it goes on without it. */
export function endGrantsOfSession(queries: Queries, { id: sessionId, now }: LiveSession): void {
  if (!queries.anyGrantOfSession.get({ sessionId })) return
  queries.tellOfSession.run({ sessionId, now: now.getTime() })
  queries.deleteBoundGrants.run({ sessionId })
  queries.detachGrants.run({ sessionId })
}

/** With a session whose end leaves nothing that was made in it. */
export function endAllGrantsOfSession(queries: Queries, { id: sessionId, now }: LiveSession): void {
  if (!queries.anyGrantOfSession.get({ sessionId })) return
  queries.tellOfSession.run({ sessionId, now: now.getTime() })
  queries.deleteGrantsOfSession.run({ sessionId })
}

/** With a lock: nobody is there, so nothing is done in their name but what they let outlive the session. */
export function endBoundGrants(queries: Queries, { id: sessionId, now }: LiveSession): void {
  if (!queries.anyGrantOfSession.get({ sessionId })) return
  queries.tellOfBound.run({ sessionId, now: now.getTime() })
  queries.deleteBoundGrants.run({ sessionId })
}

export function endGrantsOfUser(queries: Queries, userId: string, now: Date): void {
  queries.tellOfUser.run({ userId, now: now.getTime() })
  queries.deleteGrantsOfUser.run({ userId })
}

export function endGrant(queries: Queries, id: string, now: Date): void {
  queries.tellOfGrant.run({ id, now: now.getTime() })
  queries.deleteGrant.run({ id })
}

/** Links, second factors, codes, consents under way: whatever is half done about an account. */
export function endHalfStates(queries: Queries, userId: string): void {
  queries.deletePendingOfUser.run({ userId })
  queries.deleteHalfDoneOfUser.run({ userId })
}
