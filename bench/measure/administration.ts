import type { AdministrationResult } from '../in-process/administration.ts'
import { openConnection, requestBytes } from '../load/connection.ts'
import { type Chapter, figure } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace } from '../stage/place.ts'
import { startServer } from '../stage/server.ts'
import { quantile } from '../statistics.ts'

/** Milliseconds. */
const LONGEST = 200

export interface AdministrationExtent {
  readonly rows: number
  readonly perUser: number
  readonly rounds: number
}

/** The pages of administration with many people and many sessions in the database, and what they ask of it. */
export async function measureAdministration(folder: string, extent: AdministrationExtent): Promise<Chapter> {
  const { rows, perUser, rounds } = extent
  const { env } = await newPlace({ rows, perUser })
  const { pages, pauses, ...who } = await runChild<object, AdministrationResult>('administration', env, { rounds })
  const whole = await wholePages(folder, env, who, rounds)
  const all = Object.entries(pages)
  return {
    title: 'Administration',
    tables: [
      {
        columns: ['ms, the whole page over HTTP', 'p50', 'p99'],
        rows: [...whole].map(([name, times]) => [name, ...[0.5, 0.99].map((share) => figure(quantile(times, share)))]),
      },
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
    goals: [...whole].map(([what, times]) => ({ what, value: quantile(times, 0.5), unit: 'ms', atMost: LONGEST })),
  }
}

/** Milliseconds from the request to the last byte, one page after the other. */
async function wholePages(
  folder: string,
  env: Readonly<Record<string, string>>,
  { cookie, userIds }: Pick<AdministrationResult, 'cookie' | 'userIds'>,
  rounds: number,
): Promise<ReadonlyMap<string, number[]>> {
  const server = await startServer(folder, env)
  const connection = openConnection(server.port)
  const times = new Map<string, number[]>()
  for (let round = 0; round <= rounds; round++) {
    for (const [name, path] of Object.entries(paths(userIds[(round * 7919) % userIds.length] ?? ''))) {
      const request = requestBytes({ path, origin: server.origin, cookie })
      const from = performance.now()
      const { status } = await connection.send(request)
      if (status !== 200) throw new Error(`${status} from ${path}`)
      // The first of each kind is made while the server warms up.
      if (round > 0) times.set(name, [...(times.get(name) ?? []), performance.now() - from])
    }
  }
  connection.close()
  await server.stop()
  return times
}

function paths(userId: string): Readonly<Record<string, string>> {
  return {
    '/admin/users': '/admin/users',
    '/admin/users, a search that finds nobody': '/admin/users?q=nobody%20at%20all',
    '/admin/users/{id}': `/admin/users/${userId}`,
    '/admin/sessions': '/admin/sessions',
    '/admin/clients': '/admin/clients',
  }
}
