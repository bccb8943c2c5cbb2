import 'server-only'
import type { EndedSession, Ending, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { endedBecause, endsApps, endsOf } from '../ends.ts'
import { type Ends, holds, isAsSeen, isUnconditional } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import { type Cause, endedAlone, type Scope, WHAT_ENDS } from '../what-ends.ts'
import { endGrantsOfUser, endHalfStates } from './lineage.ts'
import type { Queries } from './queries.ts'
import { liveFrom } from './rows.ts'
import { end, lock, lockOfUser, note, type Parts } from './step.ts'

/** Rows that one step of ending everybody's sessions takes. */
const AT_ONCE = 500

/**
 * How sessions end. A session that has run out and waits for the sweep ends as what it is, `idle` or `expired`, and
 * is not counted among those that a person ended.
 */
export function ending(
  parts: Parts,
): Pick<SessionStore, 'signOut' | 'end' | 'endOthers' | 'endAll' | 'endAs' | 'endForUser' | 'endForEverybody'> {
  const { connection, options } = parts

  /** Ends those of these sessions that the table says for `cause`. Answers which it ended. */
  async function endThese(queries: Queries, sessions: readonly LiveSession[], cause: Cause, scope: Scope) {
    const ends = endsOf(cause, sessions, scope, options)
    for (const one of ends) await end(queries, one)
    return endedBecause(cause, ends)
  }

  /** The same with what else is the user's. */
  async function endOf(
    queries: Queries,
    userId: string,
    sessions: readonly LiveSession[],
    cause: Cause,
    scope: Scope,
  ): Promise<readonly Ends[]> {
    const ended = await endThese(queries, sessions, cause, scope)
    if (WHAT_ENDS[cause].halfStates === 'ends') await endHalfStates(queries, userId)
    if (endsApps(cause, scope)) await endGrantsOfUser(queries, userId)
    return ended
  }

  function endEach(proof: SessionProof, cause: Cause, endedBy: string | null, target: string | null = null) {
    return connection.write(async (queries): Promise<readonly EndedSession[] | 'session-over'> => {
      const sessions = await lockOfUser(queries, proof.userId)
      const own = sessions.find(({ id }) => id === proof.sessionId)
      if (!holds(own, proof, options)) return 'session-over'
      const scope = { thisSession: proof.sessionId, target, endedBy }
      const ended = await endOf(queries, proof.userId, sessions, cause, scope)
      return ended.map(({ session, ending }) => endedRecord(session, ending))
    })
  }

  async function endForEverybody(start: Date, by: Omit<Ending, 'reason'>): Promise<number> {
    const scope = { thisSession: null, ...by }
    let ended = 0
    for (let after: string | undefined = ''; after !== undefined; ) {
      after = await connection.write(async (queries) => {
        const sessions = (await queries.lockAfter.execute({ after, start, most: AT_ONCE })).map(liveFrom)
        ended += (await endThese(queries, sessions, 'everybody-ended', scope)).length
        return sessions.at(-1)?.id
      })
    }
    while (await endSomeGrants(start));
    return ended
  }

  /** What had been let outlive its session. False when there is no more. */
  function endSomeGrants(start: Date): Promise<boolean> {
    return connection.write(async (queries) => {
      const ids = (await queries.lockSomeGrants.execute({ start, most: AT_ONCE })).map(({ id }) => id)
      await queries.tellOfSome.execute({ ids })
      await queries.deleteSomeGrants.execute({ ids })
      return ids.length === AT_ONCE
    })
  }

  return {
    // Any proof of this session will do, an older one too: sign-out beats whatever is on its way.
    signOut: (proof) =>
      connection.write(async (queries) => {
        const session = await lock(queries, proof.sessionId)
        if (session?.userId !== proof.userId) return
        await end(queries, endedAlone('sign-out', session, deviceName(session)))
      }),

    async end(proof, id, endedBy) {
      const ended = await endEach(proof, 'sign-out-one', endedBy, id)
      return ended === 'session-over' ? ended : ended.length > 0 ? 'ended' : 'not-found'
    },
    endOthers: (proof, endedBy) => endEach(proof, 'sign-out-others', endedBy),
    endAll: (proof, endedBy) => endEach(proof, 'sign-out-everywhere', endedBy),

    endAs: (seen, cause, endedBy = null) =>
      connection.write(async (queries) => {
        const session = await lock(queries, seen.id)
        if (!session || (!isUnconditional(cause) && !isAsSeen(session, seen))) return false
        if (cause === 'replayed') await note(queries, replayedEvent(session))
        await end(queries, endedAlone(cause, session, endedBy))
        return true
      }),

    endForUser: (userId, by) =>
      connection.write(async (queries) => {
        const sessions = await lockOfUser(queries, userId)
        const scope = { thisSession: null, target: null, ...by }
        return (await endOf(queries, userId, sessions, 'ended-by-administrator', scope)).length
      }),

    async endForEverybody(by) {
      const [clock] = await connection.read((queries) => queries.clock.execute())
      await connection.write(async (queries) => {
        await queries.deleteAllPending.execute()
        await queries.deleteAllHalfDone.execute()
      })
      return endForEverybody(clock?.now as Date, by)
    },
  }
}
