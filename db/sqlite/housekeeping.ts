import 'server-only'
import type { SessionStore } from '../contract.ts'
import { isLocked, overBecause } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { KEPT } from '../records.ts'
import { endedAlone } from '../what-ends.ts'
import type { Queries } from './queries.ts'
import { type LiveValues, liveFrom } from './rows.ts'
import { end, lock, type Parts, step } from './step.ts'

/** A batch holds the write lock and this thread for some milliseconds; from 500 rows up it would be tens of them. */
const LARGEST_BATCH = 100

/** What is done by itself, in small batches, found by index. */
export function housekeeping(parts: Parts): Pick<SessionStore, 'sweep' | 'purge'> {
  const { connection, options } = parts

  /** Candidates, by what no session may exceed. The rules decide about each. */
  function over(queries: Queries, now: Date, most: number): LiveSession[] {
    const found = new Map<string, LiveSession>()
    for (const remembered of [false, true]) {
      const idle = before(now, options.shortestInactivity(remembered))
      const expired = before(now, options.shortestLifetime(remembered))
      const kind = { remembered: remembered ? 1 : 0, most }
      const rows = [
        ...queries.idleSince.values({ ...kind, before: idle }),
        ...queries.expiredSince.values({ ...kind, before: expired }),
      ] as unknown as LiveValues[]
      for (const row of rows) found.set(row[0], liveFrom(row, now))
    }
    return [...found.values()].filter((session) => isDue(session)).slice(0, most)
  }

  /** Its own time has come: it ends, or it is locked. */
  function isDue(session: LiveSession): boolean {
    return overBecause(session, options) !== null || (!session.lockedAt && isLocked(session, options))
  }

  return {
    sweep(most) {
      const batch = Math.min(most, LARGEST_BATCH)
      // Mostly there is nothing to do; then nobody is made to wait for the write lock.
      if (connection.read((queries) => over(queries, options.clock(), 1)).length === 0) return 0
      return step(parts, (queries, now) => {
        const sessions = over(queries, now, batch)
        for (const session of sessions) {
          const reason = overBecause(session, options)
          if (reason) end(queries, endedAlone(reason, session))
          else lock(queries, session)
        }
        return sessions.length
      })
    },

    purge(most) {
      const batch = Math.min(most, LARGEST_BATCH)
      return connection.writeLightly((queries) => {
        const due = before(options.clock(), KEPT)
        const records = queries.purgeEnded.run({ before: due, most: batch }).changes
        const events = queries.purgeEvents.run({ before: due, most: batch - records }).changes
        let gone = records + events
        const now = options.clock().getTime()
        for (const query of [queries.purgePending, queries.purgeArtifacts, queries.purgeGrants, queries.purgeOnceIds]) {
          gone += query.run({ now, most: batch - gone }).changes
        }
        return gone
      })
    },
  }
}

function before(now: Date, seconds: number): number {
  return now.getTime() - seconds * 1000
}
