import 'server-only'
import type { NewEvent, SessionChange, SessionProof, StoreOptions } from '../contract.ts'
import { type Ends, holds } from '../judgement.ts'
import { type LiveSession, locked } from '../live.ts'
import { type Ceiling, ceilingsOf, recipients } from '../notices.ts'
import { endedEvent, endedRecord, impersonal, lockedEvent } from '../records.ts'
import type { Changes } from './changes.ts'
import type { Connection } from './connection.ts'
import { endAllGrantsOfSession, endBoundGrants, endGrantsOfSession } from './lineage.ts'
import type { Queries } from './queries.ts'
import { liveFrom, rowFrom } from './rows.ts'

/** What the methods of the store are made of. */
export interface Parts {
  readonly connection: Connection
  readonly changes: Changes
  readonly options: StoreOptions
}

/**
 * A step by proof: the row is locked, the row decides again, and if the session is over nothing is changed.
 * @param other another session that the step may end or change: both are locked in the order of their ids
 */
export function stepBy<T>(
  { connection, options }: Parts,
  proof: SessionProof,
  work: (queries: Queries, session: LiveSession, other: LiveSession | undefined) => Promise<T>,
  other: string = proof.sessionId,
): Promise<T | 'session-over'> {
  return connection.write(async (queries) => {
    const rows = (await queries.lock.execute({ id: proof.sessionId, other })).map(liveFrom)
    const session = rows.find(({ id }) => id === proof.sessionId)
    if (!holds(session, proof, options)) return 'session-over'
    return work(
      queries,
      session,
      rows.find(({ id }) => id === other),
    )
  })
}

export async function lock(queries: Queries, id: string): Promise<LiveSession | undefined> {
  const [row] = await queries.lock.execute({ id, other: id })
  return row && liveFrom(row)
}

/** The user first, so that no session begins meanwhile; then the sessions, and `other`, whoever's it is. */
export async function lockOfUser(
  queries: Queries,
  userId: string,
  other: string | null = null,
): Promise<LiveSession[]> {
  await queries.lockUser.execute({ id: userId })
  return (await queries.lockOfUser.execute({ userId, other })).map(liveFrom)
}

/** From here on nothing opens the session: its row, and with it every digest, is gone, and what hung on it. The record stays. */
export async function end(queries: Queries, { session, ending, withApps }: Ends): Promise<void> {
  const record = endedRecord(session, ending)
  await queries.deleteSession.execute({ id: session.id })
  await queries.deletePendingOfSession.execute({ sessionId: session.id })
  if (withApps) await endAllGrantsOfSession(queries, session)
  else await endGrantsOfSession(queries, session)
  await queries.insertEnded.execute({ ...record })
  await note(queries, endedEvent(session, ending))
  await announce(queries, { type: 'ended', sessionId: session.id, reason: ending.reason, at: record.endedAt })
}

export async function announce(queries: Queries, change: SessionChange): Promise<void> {
  await queries.notify.execute({ change: JSON.stringify(change) })
}

/** From here on nothing but the unlock step opens it. */
export async function lockSession(queries: Queries, session: LiveSession, event = lockedEvent(session)): Promise<void> {
  await queries.saveSession.execute(rowFrom(locked(session)))
  await endBoundGrants(queries, session)
  await note(queries, event)
  await announce(queries, { type: 'locked', sessionId: session.id, at: session.now })
}

/** An event, and with it the mails that tell of it. */
export async function note(queries: Queries, { sealed = undefined, ...told }: NewEvent): Promise<void> {
  const [user] = told.userId === null ? [] : await queries.user.execute({ id: told.userId })
  const event = user?.deletedAt ? impersonal(told) : told
  const [noted] = await queries.insertEvent.execute({ ...event })
  for (const recipient of noted ? recipients(event, user, noted.at) : []) {
    if (!(await areBelow(queries, ceilingsOf(event, recipient)))) continue
    await queries.insertMail.execute({ eventSeq: noted?.seq, recipient, sealed: sealed ?? null, failures: 0 })
  }
}

async function areBelow(queries: Queries, ceilings: readonly Ceiling[]): Promise<boolean> {
  for (const { key, most, seconds } of ceilings) {
    const [counted] = await queries.take.execute({ key, seconds, blockSeconds: seconds, ceiling: most })
    if (!counted || counted.taken > most) return false
  }
  return true
}
