import 'server-only'
import type { EndedSession, EndReason, SessionProof, SessionStore } from '../contract.ts'
import { deviceName } from '../device-name.ts'
import { isAsSeen, isUnconditional, overBecause } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { endedRecord, replayedEvent } from '../records.ts'
import type { Queries } from './queries.ts'
import { type LiveValues, liveFrom } from './rows.ts'
import { end, live, liveOfUser, note, type Parts, step, stepBy } from './step.ts'

/** Rows that one step of ending everybody's sessions takes: the write lock is free again between two steps. */
const AT_ONCE = 500

/**
 * How sessions end. A session that has run out and waits for the sweep ends as what it is, `idle` or `expired`, and
 * is not counted among those that a person ended.
 */
export function ending(
  parts: Parts,
): Pick<SessionStore, 'signOut' | 'end' | 'endOthers' | 'endAll' | 'endAs' | 'endForUser' | 'endForEverybody'> {
  const { options } = parts

  function endAs(queries: Queries, session: LiveSession, reason: EndReason, endedBy: string | null): boolean {
    const over = overBecause(session, options)
    end(queries, { session, ending: over ? { reason: over, endedBy: null } : { reason, endedBy } })
    return over === null
  }

  function endEach(proof: SessionProof, alsoOwn: boolean, endedBy: string | null) {
    return stepBy(parts, proof, (queries, { userId, now }): readonly EndedSession[] => {
      const reason = alsoOwn ? 'signed-out-everywhere' : 'signed-out-elsewhere'
      const sessions = liveOfUser(queries, userId, now).filter(({ id }) => alsoOwn || id !== proof.sessionId)
      const ended = sessions.filter((session) => endAs(queries, session, reason, endedBy))
      return ended.map((session) => endedRecord(session, { reason, endedBy }))
    })
  }

  return {
    // Any proof of this session will do, an older one too: sign-out beats whatever is on its way.
    signOut: (proof) =>
      step(parts, (queries, now) => {
        const session = live(queries, proof.sessionId, now)
        if (session?.userId !== proof.userId) return
        end(queries, { session, ending: { reason: 'signed-out', endedBy: deviceName(session) } })
      }),

    end: (proof, id, endedBy) =>
      stepBy(parts, proof, (queries, { userId, now }) => {
        const session = live(queries, id, now)
        if (session?.userId !== userId) return 'not-found'
        return endAs(queries, session, 'signed-out-elsewhere', endedBy) ? 'ended' : 'not-found'
      }),

    endOthers: (proof, endedBy) => endEach(proof, false, endedBy),
    endAll: (proof, endedBy) => endEach(proof, true, endedBy),

    endAs: (seen, reason) =>
      step(parts, (queries, now) => {
        const session = live(queries, seen.id, now)
        if (!session || (!isUnconditional(reason) && !isAsSeen(session, seen))) return false
        if (reason === 'replayed') note(queries, replayedEvent(session), now)
        end(queries, { session, ending: { reason, endedBy: null } })
        return true
      }),

    endForUser: (userId, { reason, endedBy }) =>
      step(parts, (queries, now) => {
        const sessions = liveOfUser(queries, userId, now)
        return sessions.filter((session) => endAs(queries, session, reason, endedBy)).length
      }),

    endForEverybody({ reason, endedBy }) {
      const start = options.clock()
      let ended = 0
      for (let after: string | undefined = ''; after !== undefined; ) {
        after = step(parts, (queries, now) => {
          const rows = queries.liveAfter.values({ after, most: AT_ONCE }) as unknown as LiveValues[]
          const sessions = rows.map((values) => liveFrom(values, now)).filter(({ beganAt }) => beganAt <= start)
          ended += sessions.filter((session) => endAs(queries, session, reason, endedBy)).length
          return rows.at(-1)?.[0]
        })
      }
      return ended
    },
  }
}
