import 'server-only'
import type { LiveSession } from '../live.ts'
import type { Queries } from './queries.ts'

/**
 * Session, grant, refresh token, access token: what ends above ends all below it in the same transaction. Artifacts go
 * with their grant by the database's own rule. Relying parties are told of whatever ends. Whoever comes here holds the
 * lock of the session or of the user, under which grants begin.
 * @see ASVS v5.0.0-7.4.2, v5.0.0-10.4.9, v5.0.0-7.6.1
 */

/** With a session: what a person let outlive it goes on without it. */
export async function endGrantsOfSession(queries: Queries, { id: sessionId }: LiveSession): Promise<void> {
  if ((await queries.anyGrantOfSession.execute({ sessionId })).length === 0) return
  await queries.tellOfSession.execute({ sessionId })
  await queries.deleteBoundGrants.execute({ sessionId })
  await queries.detachGrants.execute({ sessionId })
}

/** With a session whose end leaves nothing that was made in it. */
export async function endAllGrantsOfSession(queries: Queries, { id: sessionId }: LiveSession): Promise<void> {
  if ((await queries.anyGrantOfSession.execute({ sessionId })).length === 0) return
  await queries.tellOfSession.execute({ sessionId })
  await queries.deleteGrantsOfSession.execute({ sessionId })
}

/** With a lock: nobody is there, so nothing is done in their name but what they let outlive the session. */
export async function endBoundGrants(queries: Queries, { id: sessionId }: LiveSession): Promise<void> {
  if ((await queries.anyGrantOfSession.execute({ sessionId })).length === 0) return
  await queries.tellOfBound.execute({ sessionId })
  await queries.deleteBoundGrants.execute({ sessionId })
}

export async function endGrantsOfUser(queries: Queries, userId: string): Promise<void> {
  await queries.tellOfUser.execute({ userId })
  await queries.deleteGrantsOfUser.execute({ userId })
}

export async function endGrant(queries: Queries, id: string): Promise<void> {
  await queries.tellOfGrant.execute({ id })
  await queries.deleteGrant.execute({ id })
}

/** Links, second factors, codes, consents under way: whatever is half done about an account. */
export async function endHalfStates(queries: Queries, userId: string): Promise<void> {
  await queries.deletePendingOfUser.execute({ userId })
  await queries.deleteHalfDoneOfUser.execute({ userId })
}
