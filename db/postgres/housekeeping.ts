import 'server-only'
import type { SessionStore } from '../contract.ts'
import { isLocked, overBecause } from '../judgement.ts'
import type { LiveSession } from '../live.ts'
import { KEPT } from '../records.ts'
import { endedAlone } from '../what-ends.ts'
import type { Queries } from './queries.ts'
import { liveFrom } from './rows.ts'
import { end, lockSession, type Parts } from './step.ts'

/** Rows that a batch holds locked at most. */
const LARGEST_BATCH = 100

/** What is done by itself, in small batches, found by index. Several nodes may do it at once: each takes other rows. */
export function housekeeping({ connection, options }: Parts): Pick<SessionStore, 'sweep' | 'purge'> {
  /** Candidates, by what no session may exceed, locked. The rules decide about each. */
  async function candidates(queries: Queries, most: number): Promise<LiveSession[]> {
    const found = new Map<string, LiveSession>()
    for (const remembered of [false, true]) {
      const idle = { remembered, most, seconds: options.shortestInactivity(remembered) }
      const expired = { remembered, most, seconds: options.shortestLifetime(remembered) }
      const rows = [...(await queries.lockIdle.execute(idle)), ...(await queries.lockExpired.execute(expired))]
      for (const row of rows) found.set(row.id, liveFrom(row))
    }
    return [...found.values()]
  }

  return {
    sweep: (most) =>
      connection.write(async (queries) => {
        const batch = Math.min(most, LARGEST_BATCH)
        let ended = 0
        for (const session of await candidates(queries, batch)) {
          const reason = overBecause(session, options)
          if (ended === batch || (reason === null && (session.lockedAt || !isLocked(session, options)))) continue
          if (reason === null) await lockSession(queries, session)
          else await end(queries, endedAlone(reason, session))
          ended += 1
        }
        return ended
      }),

    purge: (most) =>
      connection.write(async (queries) => {
        const batch = Math.min(most, LARGEST_BATCH)
        const { rowCount: records } = await queries.purgeEnded.execute({ kept: KEPT, most: batch })
        const rest = batch - (records ?? 0)
        const { rowCount: events } = await queries.purgeEvents.execute({ kept: KEPT, most: rest })
        let left = rest - (events ?? 0)
        for (const query of [queries.purgePending, queries.purgeArtifacts, queries.purgeGrants, queries.purgeOnceIds]) {
          left -= (await query.execute({ most: left })).rowCount ?? 0
        }
        return batch - left
      }),
  }
}
