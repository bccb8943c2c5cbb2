import type { HousekeepingResult } from '../in-process/housekeeping.ts'
import { type Chapter, figure } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace } from '../stage/place.ts'
import { quantile } from '../statistics.ts'

/** The sweep of sessions that have run out and the purge of old records: they must keep nobody waiting. */
export async function measureHousekeeping({
  rows,
  due,
}: {
  readonly rows: number
  readonly due: number
}): Promise<Chapter> {
  const { env } = await newPlace({ rows })
  const { swept, purged, seconds, pauses } = await runChild<object, HousekeepingResult>('housekeeping', env, { due })
  const steps = pauses.filter((pause) => pause >= 0.5)
  return {
    title: 'Housekeeping',
    tables: [
      {
        columns: ['', ''],
        rows: [
          ['sessions ended that had run out', figure(swept)],
          ['records deleted', figure(purged)],
          ['seconds, with the pauses between the steps', figure(seconds)],
          ['the event loop stood still for, p50 of the steps, ms', figure(quantile(steps, 0.5))],
          ['p99, ms', figure(quantile(steps, 0.99))],
          ['longest, ms', figure(quantile(steps, 1))],
        ],
      },
    ],
    notes: [`${rows} rows; a step takes at most 100.`],
    goals: [],
  }
}
