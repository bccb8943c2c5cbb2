import 'server-only'
import type { NewEvent, SessionProof, StoreOptions } from '../contract.ts'
import { type Ends, holds } from '../judgement.ts'
import { type LiveSession, locked } from '../live.ts'
import { type Ceiling, ceilingsOf, recipients } from '../notices.ts'
import { endedEvent, endedRecord, impersonal, lockedEvent } from '../records.ts'
import type { Changes } from './changes.ts'
import type { Connection } from './connection.ts'
import { endAllGrantsOfSession, endBoundGrants, endGrantsOfSession } from './lineage.ts'
import type { Queries } from './queries.ts'
import { type LiveValues, liveFrom, rowFrom, userFrom } from './rows.ts'

/** What the methods of the store are made of. */
export interface Parts {
  readonly connection: Connection
  readonly changes: Changes
  readonly options: StoreOptions
}

/**
 * One atomic step. The clock is read when the write lock is held, so that `now` is never older than what the step
 * reads. Ends are told after the commit.
 */
export function step<T>({ connection, changes, options }: Parts, work: (queries: Queries, now: Date) => T): T {
  const result = connection.write((queries) => work(queries, options.clock()))
  changes.ended()
  return result
}

/** A step by proof: the row decides again, and if the session is over nothing is changed. */
export function stepBy<T>(
  parts: Parts,
  proof: SessionProof,
  work: (queries: Queries, session: LiveSession) => T,
): T | 'session-over' {
  return step(parts, (queries, now) => {
    const session = live(queries, proof.sessionId, now)
    return holds(session, proof, parts.options) ? work(queries, session) : 'session-over'
  })
}

export function live(queries: Queries, id: string, now: Date): LiveSession | undefined {
  const [values] = queries.live.values({ id }) as unknown as LiveValues[]
  return values && liveFrom(values, now)
}

export function liveOfUser(queries: Queries, userId: string, now: Date): LiveSession[] {
  return (queries.liveOfUser.values({ userId }) as unknown as LiveValues[]).map((values) => liveFrom(values, now))
}

/** From here on nothing opens the session: its row, and with it every digest, is gone, and what hung on it. The record stays. */
export function end(queries: Queries, { session, ending, withApps }: Ends): void {
  const record = endedRecord(session, ending)
  const { beganAt, lastActiveAt, endedAt } = record
  queries.deleteSession.run({ id: session.id })
  queries.deletePendingOfSession.run({ sessionId: session.id })
  if (withApps) endAllGrantsOfSession(queries, session)
  else endGrantsOfSession(queries, session)
  queries.insertEnded.run({
    ...record,
    beganAt: beganAt.getTime(),
    lastActiveAt: lastActiveAt.getTime(),
    endedAt: endedAt.getTime(),
  })
  note(queries, endedEvent(session, ending), session.now)
}

/** From here on nothing but the unlock step opens it. */
export function lock(queries: Queries, session: LiveSession, event = lockedEvent(session)): void {
  queries.saveSession.run(rowFrom(locked(session)))
  endBoundGrants(queries, session)
  note(queries, event, session.now)
}

/** An event, and with it the mails that tell of it. */
export function note(queries: Queries, { sealed, ...told }: NewEvent, at: Date): void {
  const now = at.getTime()
  const row = told.userId === null ? undefined : queries.user.get({ id: told.userId })
  const user = row && userFrom(row)
  const event = user?.deletedAt ? impersonal(told) : told
  const { seq } = queries.insertEvent.get({ ...event, at: now, detail: JSON.stringify(event.detail) })
  for (const recipient of recipients(event, user, at)) {
    if (!ceilingsOf(event, recipient).every((ceiling) => isBelow(queries, ceiling, now))) continue
    const mail = { eventSeq: seq, recipient, sealed: sealed ?? null, failures: 0 }
    queries.insertMail.run({ ...mail, dueAt: now, createdAt: now })
  }
}

function isBelow(queries: Queries, { key, most, seconds }: Ceiling, now: number): boolean {
  const windowEnd = now + seconds * 1000
  const counted = queries.take.get({ key, now, windowEnd, blockEnd: windowEnd, ceiling: most })
  return counted !== undefined && counted.taken <= most
}
