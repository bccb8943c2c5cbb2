import type { SignedIn } from '../in-process/people.ts'
import { requestBytes } from '../load/connection.ts'
import { load } from '../load/load.ts'
import { type Chapter, figure, withRange } from '../report.ts'
import { ROUTES } from '../stage/app.ts'
import { newPlace } from '../stage/place.ts'
import { type Server, startServer } from '../stage/server.ts'
import { median, quantile, type Spread, spread } from '../statistics.ts'
import { verify, verifyDeletion } from './verify.ts'

/**
 * What a check costs over HTTP, beside a route that does nothing in the same server. The targets take turns in short
 * slices within every round, so that whatever else the machine does meets all of them alike; ratios are taken in
 * a round.
 */
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

interface Round {
  readonly perSecond: number
  /** Processor time of the server for a request, all threads, µs. */
  readonly cpu: number
  readonly single: readonly number[]
}

export interface Extent {
  readonly rows: number
  readonly rounds: number
  readonly slices: number
  readonly sliceMs: number
}

export async function measureHttp(folder: string, extent: Extent): Promise<Chapter> {
  const place = await newPlace({ rows: extent.rows, people: 2020 })
  const server = await startServer(folder, place.env)
  try {
    const [spare, ...people] = place.people
    if (!spare) throw new Error('nobody is signed in')
    for (const path of [ROUTES.check, '/api/session']) await verify(server, path, people)
    await verifyDeletion(server, spare)
    const rounds = await runRounds(server, people, extent)
    return chapter(rounds, extent)
  } finally {
    await server.stop()
  }
}

type Rounds = ReadonlyMap<string, readonly Round[]>

async function runRounds(server: Server, people: readonly SignedIn[], extent: Extent): Promise<Rounds> {
  const plans = TARGETS.map((target) => ({ target, requests: requestsFor(target, server.origin, people) }))
  const rounds = new Map<string, Round[]>(TARGETS.map(({ name }) => [name, []]))
  // The first round warms up, and with it the memory of opened seals.
  for (let round = 0; round <= extent.rounds; round++) {
    const found = await runRound(server, plans, extent)
    if (round > 0) for (const [name, one] of found) rounds.get(name)?.push(one)
  }
  return rounds
}

type Plan = { readonly target: Target; readonly requests: readonly Buffer[] }

async function runRound(server: Server, plans: readonly Plan[], { slices, sliceMs }: Extent) {
  const sums = new Map(
    plans.map(({ target }) => [target.name, { requests: 0, seconds: 0, cpu: 0, single: [] as number[] }]),
  )
  for (let slice = 0; slice < slices; slice++) {
    // Another order each time: nobody always comes after the same neighbour.
    for (const i of plans.keys()) {
      const plan = plans[(i * (1 + (slice % 2) * 2) + slice) % plans.length]
      const sum = plan && sums.get(plan.target.name)
      if (!plan || !sum) continue
      const common = { port: server.port, requests: plan.requests, expected: 200 }
      sum.single.push(...(await load({ ...common, connections: 1, milliseconds: sliceMs / 3 })).times)
      const before = server.cpu()
      const full = await load({ ...common, connections: 16, milliseconds: sliceMs })
      sum.cpu += server.cpu() - before
      sum.requests += full.requests
      sum.seconds += full.seconds
    }
  }
  return new Map(
    [...sums].map(([name, { requests, seconds, cpu, single }]): [string, Round] => [
      name,
      { perSecond: requests / seconds, cpu: (cpu * 1000) / requests, single },
    ]),
  )
}

function requestsFor({ path, cookies }: Target, origin: string, people: readonly SignedIn[]): Buffer[] {
  if (!cookies) return [requestBytes({ path, origin })]
  return people.map(({ cookie }) => requestBytes({ path, origin, cookie }))
}

function chapter(rounds: Rounds, extent: Extent): Chapter {
  const floor = rounds.get(FLOOR) ?? []
  const ratio = (name: string): Spread =>
    spread((rounds.get(name) ?? []).map(({ perSecond }, i) => perSecond / (floor[i]?.perSecond ?? Number.NaN)))
  const rows = [...rounds].map(([name, all]) => {
    const single = all.map((round) => round.single)
    return [
      name,
      withRange(spread(all.map(({ perSecond }) => perSecond))),
      withRange(ratio(name)),
      figure(median(single.map((times) => quantile(times, 0.5)))),
      figure(median(single.map((times) => quantile(times, 0.99)))),
      withRange(spread(all.map(({ cpu }) => cpu))),
    ]
  })
  const proxy = spread(floor.map(({ cpu }, i) => cpu - (rounds.get('nothing, past the proxy')?.[i]?.cpu ?? Number.NaN)))
  return {
    title: 'The check over HTTP',
    tables: [
      {
        columns: ['target', 'requests/s', '× nothing', 'c=1 p50 µs', 'c=1 p99 µs', 'processor µs/request'],
        rows,
      },
    ],
    notes: [
      `${extent.rounds} rounds of ${extent.slices} interleaved slices; median, range in brackets; ${extent.rows} rows, ` +
        '2,000 valid cookies in turn; 16 connections, and one for c=1.',
      '“nothing” is a route that does nothing, asked with the same cookies behind the same proxy.',
      `The proxy itself: ${withRange(proxy)} µs of processor time for each request, or ${figure(
        1 / ratio('nothing, past the proxy').median,
      )} of the speed without it.`,
    ],
    goals: [
      { what: 'GET /api/session beside nothing', value: ratio('GET /api/session').median, unit: '×', atLeast: 0.7 },
      { what: 'bare check beside nothing', value: ratio('bare check').median, unit: '×', atLeast: 0.78 },
    ],
  }
}
