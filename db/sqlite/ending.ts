import 'server-only'
import { setImmediate } from 'node:timers/promises'
import type { EndedSession, Ending, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { endedBecause, endingOf, endsApps, endsOf } from '../ends.ts'
import { isAsSeen, isUnconditional } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import { type Cause, WHAT_ENDS } from '../what-ends.ts'
import { endGrantsOfUser, endHalfStates } from './lineage.ts'
import type { Queries } from './queries.ts'
import { type LiveValues, liveFrom } from './rows.ts'
import { end, live, liveOfUser, note, type Parts, step, stepBy } from './step.ts'

/** Rows that one step of ending everybody's sessions takes: lock and thread are free again between two steps. */
const AT_ONCE = 100

/**
 * How sessions end. A session that has run out and waits for the sweep ends as what it is, `idle` or `expired`, and
 * is not counted among those that a person ended.
 */
export function ending(
  parts: Parts,
): Pick<SessionStore, 'signOut' | 'end' | 'endOthers' | 'endAll' | 'endAs' | 'endForUser' | 'endForEverybody'> {
  const { options } = parts

  /** Ends the user's sessions as the table says for `cause`. */
  function endEach(proof: SessionProof, cause: Cause, endedBy: string | null, target: string | null = null) {
    return stepBy(parts, proof, (queries, { userId, now }): readonly EndedSession[] => {
      const scope = { thisSession: proof.sessionId, target, endedBy }
      const ends = endsOf(cause, liveOfUser(queries, userId, now), scope, options)
      for (const one of ends) end(queries, one)
      if (WHAT_ENDS[cause].halfStates === 'ends') endHalfStates(queries, userId)
      if (endsApps(cause, scope)) endGrantsOfUser(queries, userId, now)
      return endedBecause(cause, ends).map(({ session, ending }) => endedRecord(session, ending))
    })
  }

  function endOne(queries: Queries, session: LiveSession, wanted: Ending): boolean {
    const ending = endingOf(session, wanted, options)
    end(queries, { session, ending })
    return ending === wanted
  }

  /** What had been let outlive its session. False when there is no more. */
  function endSomeGrants(start: Date): boolean {
    const some = { start: start.getTime(), most: AT_ONCE }
    return step(parts, (queries, now) => {
      queries.tellOfSome.run({ ...some, now: now.getTime() })
      return queries.deleteSomeGrants.run(some).changes === AT_ONCE
    })
  }

  return {
    // Any proof of this session will do, an older one too: sign-out beats whatever is on its way.
    signOut: (proof) =>
      step(parts, (queries, now) => {
        const session = live(queries, proof.sessionId, now)
        if (session?.userId !== proof.userId) return
        end(queries, { session, ending: { reason: WHAT_ENDS['sign-out'].reason, endedBy: deviceName(session) } })
      }),

    end: (proof, id, endedBy) => {
      const ended = endEach(proof, 'sign-out-one', endedBy, id)
      return ended === 'session-over' ? ended : ended.length > 0 ? 'ended' : 'not-found'
    },
    endOthers: (proof, endedBy) => endEach(proof, 'sign-out-others', endedBy),
    endAll: (proof, endedBy) => endEach(proof, 'sign-out-everywhere', endedBy),

    endAs: (seen, reason, endedBy) =>
      step(parts, (queries, now) => {
        const session = live(queries, seen.id, now)
        if (!session || (!isUnconditional(reason) && !isAsSeen(session, seen))) return false
        if (reason === 'replayed') note(queries, replayedEvent(session), now)
        end(queries, { session, ending: { reason, endedBy: endedBy ?? null } })
        return true
      }),

    endForUser: (userId, ending) =>
      step(parts, (queries, now) => {
        const ended = liveOfUser(queries, userId, now).filter((session) => endOne(queries, session, ending)).length
        endHalfStates(queries, userId)
        endGrantsOfUser(queries, userId, now)
        return ended
      }),

    async endForEverybody(ending) {
      const start = options.clock()
      let ended = 0
      step(parts, (queries) => {
        queries.deleteAllPending.run()
        queries.deleteAllHalfDone.run()
      })
      for (let after: string | undefined = ''; after !== undefined; ) {
        after = step(parts, (queries, now) => {
          const rows = queries.liveAfter.values({ after, most: AT_ONCE }) as unknown as LiveValues[]
          const sessions = rows.map((values) => liveFrom(values, now)).filter(({ beganAt }) => beganAt <= start)
          ended += sessions.filter((session) => endOne(queries, session, ending)).length
          return rows.at(-1)?.[0]
        })
        // Whoever else uses this process goes first.
        await setImmediate()
      }
      while (endSomeGrants(start)) await setImmediate()
      return ended
    },
  }
}
