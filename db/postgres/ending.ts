import 'server-only'
import type { EndedSession, Ending, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { endedBecause, endingOf, endsApps, endsOf } from '../ends.ts'
import { holds, isAsSeen, isUnconditional } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import { type Cause, WHAT_ENDS } from '../what-ends.ts'
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

  /** Answers those that ended for this reason, and not by their own time. */
  async function endThese(queries: Queries, sessions: readonly LiveSession[], wanted: Ending): Promise<number> {
    let ended = 0
    for (const session of sessions) {
      const ending = endingOf(session, wanted, options)
      await end(queries, { session, ending })
      if (ending === wanted) ended += 1
    }
    return ended
  }

  /** Ends the user's sessions as the table says for `cause`. */
  function endEach(proof: SessionProof, cause: Cause, endedBy: string | null, target: string | null = null) {
    return connection.write(async (queries): Promise<readonly EndedSession[] | 'session-over'> => {
      const sessions = await lockOfUser(queries, proof.userId)
      const own = sessions.find(({ id }) => id === proof.sessionId)
      if (!holds(own, proof, options)) return 'session-over'
      const scope = { thisSession: proof.sessionId, target, endedBy }
      const ends = endsOf(cause, sessions, scope, options)
      for (const one of ends) await end(queries, one)
      if (WHAT_ENDS[cause].halfStates === 'ends') await endHalfStates(queries, proof.userId)
      if (endsApps(cause, scope)) await endGrantsOfUser(queries, proof.userId)
      return endedBecause(cause, ends).map(({ session, ending }) => endedRecord(session, ending))
    })
  }

  async function endForEverybody(start: Date, ending: Ending): Promise<number> {
    let ended = 0
    for (let after: string | undefined = ''; after !== undefined; ) {
      after = await connection.write(async (queries) => {
        const sessions = (await queries.lockAfter.execute({ after, start, most: AT_ONCE })).map(liveFrom)
        ended += await endThese(queries, sessions, ending)
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
        await end(queries, { session, ending: { reason: WHAT_ENDS['sign-out'].reason, endedBy: deviceName(session) } })
      }),

    async end(proof, id, endedBy) {
      const ended = await endEach(proof, 'sign-out-one', endedBy, id)
      return ended === 'session-over' ? ended : ended.length > 0 ? 'ended' : 'not-found'
    },
    endOthers: (proof, endedBy) => endEach(proof, 'sign-out-others', endedBy),
    endAll: (proof, endedBy) => endEach(proof, 'sign-out-everywhere', endedBy),

    endAs: (seen, reason, endedBy) =>
      connection.write(async (queries) => {
        const session = await lock(queries, seen.id)
        if (!session || (!isUnconditional(reason) && !isAsSeen(session, seen))) return false
        if (reason === 'replayed') await note(queries, replayedEvent(session))
        await end(queries, { session, ending: { reason, endedBy: endedBy ?? null } })
        return true
      }),

    endForUser: (userId, ending) =>
      connection.write(async (queries) => {
        const sessions = await lockOfUser(queries, userId)
        const ended = await endThese(queries, sessions, ending)
        await endHalfStates(queries, userId)
        await endGrantsOfUser(queries, userId)
        return ended
      }),

    async endForEverybody(ending) {
      const [clock] = await connection.read((queries) => queries.clock.execute())
      await connection.write(async (queries) => {
        await queries.deleteAllPending.execute()
        await queries.deleteAllHalfDone.execute()
      })
      return endForEverybody(clock?.now as Date, ending)
    },
  }
}
