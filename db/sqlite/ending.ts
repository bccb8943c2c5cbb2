import 'server-only'
import { setImmediate } from 'node:timers/promises'
import type { EndedSession, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { endedBecause, endsApps, endsOf } from '../ends.ts'
import { type Ends, isAsSeen, isUnconditional } from '../judgement.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import { type Cause, endedAlone, type Scope, WHAT_ENDS } from '../what-ends.ts'
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

  /** Ends what is the user's as the table says for `cause`. Answers the sessions that it ended. */
  function endOf(queries: Queries, userId: string, cause: Cause, scope: Scope, now: Date): readonly Ends[] {
    const ends = endsOf(cause, liveOfUser(queries, userId, now), scope, options)
    for (const one of ends) end(queries, one)
    if (WHAT_ENDS[cause].halfStates === 'ends') endHalfStates(queries, userId)
    if (endsApps(cause, scope)) endGrantsOfUser(queries, userId, now)
    return endedBecause(cause, ends)
  }

  function endEach(proof: SessionProof, cause: Cause, endedBy: string | null, target: string | null = null) {
    return stepBy(parts, proof, (queries, { userId, now }): readonly EndedSession[] => {
      const scope = { thisSession: proof.sessionId, target, endedBy }
      return endOf(queries, userId, cause, scope, now).map(({ session, ending }) => endedRecord(session, ending))
    })
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
        end(queries, endedAlone('sign-out', session, deviceName(session)))
      }),

    end: (proof, id, endedBy) => {
      const ended = endEach(proof, 'sign-out-one', endedBy, id)
      return ended === 'session-over' ? ended : ended.length > 0 ? 'ended' : 'not-found'
    },
    endOthers: (proof, endedBy) => endEach(proof, 'sign-out-others', endedBy),
    endAll: (proof, endedBy) => endEach(proof, 'sign-out-everywhere', endedBy),

    endAs: (seen, cause, endedBy = null) =>
      step(parts, (queries, now) => {
        const session = live(queries, seen.id, now)
        if (!session || (!isUnconditional(cause) && !isAsSeen(session, seen))) return false
        if (cause === 'replayed') note(queries, replayedEvent(session), now)
        end(queries, endedAlone(cause, session, endedBy))
        return true
      }),

    endForUser: (userId, by) =>
      step(parts, (queries, now) => {
        const scope = { thisSession: null, target: null, ...by }
        return endOf(queries, userId, 'ended-by-administrator', scope, now).length
      }),

    async endForEverybody(by) {
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
          const ends = endsOf('everybody-ended', sessions, { thisSession: null, ...by }, options)
          for (const one of ends) end(queries, one)
          ended += endedBecause('everybody-ended', ends).length
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
