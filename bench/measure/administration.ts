import type { AdministrationResult } from '../in-process/administration.ts'
import { type Chapter, figure } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace } from '../stage/place.ts'
import { quantile } from '../statistics.ts'

/** Milliseconds. */
const LONGEST = 200

/** What the pages of administration ask of the database, with many people and many sessions in it. */
export async function measureAdministration({
  rows,
  perUser,
  rounds,
}: {
  readonly rows: number
  readonly perUser: number
  readonly rounds: number
}): Promise<Chapter> {
  const { env } = await newPlace({ rows, perUser })
  const { pages, pauses } = await runChild<object, AdministrationResult>('administration', env, { rounds })
  const all = Object.entries(pages)
  return {
    title: 'Administration',
    tables: [
      {
        columns: ['ms, all queries of a page', 'p50', 'p99', 'processor, p50'],
        rows: [
          ...all.map(([name, { elapsed, processor }]) => [
            name,
            ...[quantile(elapsed, 0.5), quantile(elapsed, 0.99), quantile(processor, 0.5)].map(figure),
          ]),
          ['the event loop stood still for, at most, while figures are counted', '', figure(quantile(pauses, 1)), ''],
        ],
      },
    ],
    notes: [
      `${rows.toLocaleString('en')} sessions of ${(rows / perUser).toLocaleString('en')} people, half of them locked, and ` +
        `${(rows / 5).toLocaleString('en')} records of ended ones.`,
    ],
    goals: all.map(([name, { elapsed }]) => ({
      what: name,
      value: quantile(elapsed, 0.5),
      unit: 'ms',
      atMost: LONGEST,
    })),
  }
}
