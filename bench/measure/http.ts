import type { SignedIn } from '../in-process/people.ts'
import { requestBytes } from '../load/connection.ts'
import { type Chapter, figure, withRange } from '../report.ts'
import { ROUTES } from '../stage/app.ts'
import { newPlace } from '../stage/place.ts'
import { startServer } from '../stage/server.ts'
import { spread } from '../statistics.ts'
import { type Rounds, ratio, roundsTable, runRounds, type Turns } from './rounds.ts'
import { verify, verifyDeletion } from './verify.ts'

/** What a check costs over HTTP, beside a route that does nothing in the same server. */
interface Target {
  readonly name: string
  readonly path: string
  readonly cookies: boolean
}

const FLOOR = 'nothing'
const TARGETS: readonly Target[] = [
  { name: FLOOR, path: ROUTES.none, cookies: true },
  { name: 'nothing, without a cookie', path: ROUTES.none, cookies: false },
  { name: 'nothing, past the proxy', path: ROUTES.direct, cookies: true },
  { name: 'bare check', path: ROUTES.check, cookies: true },
  { name: 'GET /api/session', path: '/api/session', cookies: true },
]

export interface Extent extends Turns {
  readonly rows: number
}

export async function measureHttp(folder: string, extent: Extent): Promise<Chapter> {
  const place = await newPlace({ rows: extent.rows, people: 2020 })
  const server = await startServer(folder, place.env)
  try {
    const [spare, ...people] = place.people
    if (!spare) throw new Error('nobody is signed in')
    for (const path of [ROUTES.check, '/api/session']) await verify(server, path, people)
    await verifyDeletion(server, spare)
    const plans = TARGETS.map((target) => ({ ...target, requests: requestsFor(target, server.origin, people) }))
    const rounds = await runRounds(server, plans, extent)
    return chapter(rounds, extent)
  } finally {
    await server.stop()
  }
}

function requestsFor({ path, cookies }: Target, origin: string, people: readonly SignedIn[]): Buffer[] {
  if (!cookies) return [requestBytes({ path, origin })]
  return people.map(({ cookie }) => requestBytes({ path, origin, cookie }))
}

function chapter(rounds: Rounds, extent: Extent): Chapter {
  const floor = rounds.get(FLOOR) ?? []
  const proxy = spread(floor.map(({ cpu }, i) => cpu - (rounds.get('nothing, past the proxy')?.[i]?.cpu ?? Number.NaN)))
  return {
    title: 'The check over HTTP',
    tables: [roundsTable(rounds, FLOOR)],
    notes: [
      `${extent.rounds} rounds of ${extent.slices} interleaved slices; median, range in brackets; ${extent.rows} rows, ` +
        '2,000 valid cookies in turn; 16 connections, and one for c=1.',
      '“nothing” is a route that does nothing, asked with the same cookies behind the same proxy.',
      `The proxy itself: ${withRange(proxy)} µs of processor time for each request, or ${figure(
        1 / ratio(rounds, 'nothing, past the proxy', FLOOR).median,
      )} of the speed without it.`,
    ],
    goals: [
      {
        what: 'GET /api/session beside nothing',
        value: ratio(rounds, 'GET /api/session', FLOOR).median,
        unit: '×',
        atLeast: 0.7,
      },
      { what: 'bare check beside nothing', value: ratio(rounds, 'bare check', FLOOR).median, unit: '×', atLeast: 0.78 },
    ],
  }
}
