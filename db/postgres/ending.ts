import 'server-only'
import type { EndedSession, EndReason, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { holds, isAsSeen, isUnconditional, overBecause } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import type { Queries } from './queries.ts'
import { liveFrom } from './rows.ts'
import { end, lock, lockOfUser, note, type Parts, stepBy } from './step.ts'

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

  async function endOne(queries: Queries, session: LiveSession, reason: EndReason, endedBy: string | null) {
    const over = overBecause(session, options)
    await end(queries, { session, ending: over ? { reason: over, endedBy: null } : { reason, endedBy } })
    return over === null
  }

  /** Answers those that ended for this reason. */
  async function endThese(queries: Queries, sessions: LiveSession[], reason: EndReason, endedBy: string | null) {
    const ended: EndedSession[] = []
    for (const session of sessions) {
      if (await endOne(queries, session, reason, endedBy)) ended.push(endedRecord(session, { reason, endedBy }))
    }
    return ended
  }

  function endEach(proof: SessionProof, alsoOwn: boolean, endedBy: string | null) {
    return connection.write(async (queries): Promise<readonly EndedSession[] | 'session-over'> => {
      const sessions = await lockOfUser(queries, proof.userId)
      const own = sessions.find(({ id }) => id === proof.sessionId)
      if (!holds(own, proof, options)) return 'session-over'
      const reason = alsoOwn ? 'signed-out-everywhere' : 'signed-out-elsewhere'
      return endThese(queries, alsoOwn ? sessions : sessions.filter((one) => one !== own), reason, endedBy)
    })
  }

  async function endForEverybody(start: Date, reason: EndReason, endedBy: string | null): Promise<number> {
    let ended = 0
    for (let after: string | undefined = ''; after !== undefined; ) {
      after = await connection.write(async (queries) => {
        const sessions = (await queries.lockAfter.execute({ after, start, most: AT_ONCE })).map(liveFrom)
        ended += (await endThese(queries, sessions, reason, endedBy)).length
        return sessions.at(-1)?.id
      })
    }
    return ended
  }

  return {
    // Any proof of this session will do, an older one too: sign-out beats whatever is on its way.
    signOut: (proof) =>
      connection.write(async (queries) => {
        const session = await lock(queries, proof.sessionId)
        if (session?.userId !== proof.userId) return
        await end(queries, { session, ending: { reason: 'signed-out', endedBy: deviceName(session) } })
      }),

    end: (proof, id, endedBy) =>
      stepBy(
        parts,
        proof,
        async (queries, { userId }, other) => {
          if (other?.userId !== userId) return 'not-found'
          return (await endOne(queries, other, 'signed-out-elsewhere', endedBy)) ? 'ended' : 'not-found'
        },
        id,
      ),

    endOthers: (proof, endedBy) => endEach(proof, false, endedBy),
    endAll: (proof, endedBy) => endEach(proof, true, endedBy),

    endAs: (seen, reason) =>
      connection.write(async (queries) => {
        const session = await lock(queries, seen.id)
        if (!session || (!isUnconditional(reason) && !isAsSeen(session, seen))) return false
        if (reason === 'replayed') await note(queries, replayedEvent(session))
        await end(queries, { session, ending: { reason, endedBy: null } })
        return true
      }),

    endForUser: (userId, { reason, endedBy }) =>
      connection.write(async (queries) => {
        const sessions = await lockOfUser(queries, userId)
        return (await endThese(queries, sessions, reason, endedBy)).length
      }),

    async endForEverybody({ reason, endedBy }) {
      const [clock] = await connection.read((queries) => queries.clock.execute())
      return endForEverybody(clock?.now as Date, reason, endedBy)
    },
  }
}
