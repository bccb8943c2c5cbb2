import type { SignedIn } from '../in-process/people.ts'
import { requestBytes } from '../load/connection.ts'
import { load } from '../load/load.ts'
import { type Chapter, figure, withRange } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace, PASSWORD } from '../stage/place.ts'
import { type Server, startServer } from '../stage/server.ts'
import { quantile, spread } from '../statistics.ts'
import { AT_ONCE, floodOf, type Probed } from './flood.ts'

/** Signing in beside the password hash alone, and what a flood of sign-ins does to everybody else. */
export interface SignInExtent {
  readonly rounds: number
  readonly sliceMs: number
  readonly waves: number
}

export async function measureSignIn(folder: string, extent: SignInExtent): Promise<Chapter> {
  const place = await newPlace({ rows: 10_000, people: 401 })
  const server = await startServer(folder, place.env)
  try {
    // Whoever signs in again in the same browser has one session: the one who goes on working is none of them.
    const [working, ...people] = place.people
    const requestsOf = (cookieOf: (person: SignedIn) => string) =>
      people.map((person, i) => signInRequest(server, person, i, cookieOf(person)))
    const [known, unknown] = [requestsOf(browserOf), requestsOf(() => '')]
    const throughput = await throughputOf(server, { known, unknown }, extent)
    const flood = await floodOf(server, unknown, working?.cookie ?? '', extent.waves)
    return chapter(throughput, flood, extent)
  } finally {
    await server.stop()
  }
}

/** Each from a network of its own: what throttling answers is measured by nobody. */
function signInRequest({ origin }: Server, { email }: SignedIn, i: number, cookie: string): Buffer {
  const from = `10.${Math.floor(i / 250)}.${i % 250}.7`
  const json = { email, password: PASSWORD }
  return requestBytes({ method: 'POST', path: '/api/session', origin, cookie, from, json })
}

/** Without the session: somebody comes back in the browser that they have used before. */
function browserOf({ cookie }: SignedIn): string {
  return /__Host-browser=[^;]*/.exec(cookie)?.[0] ?? ''
}

interface Kinds<T> {
  readonly known: T
  readonly unknown: T
}

async function throughputOf(
  server: Server,
  { known, unknown }: Kinds<readonly Buffer[]>,
  { rounds, sliceMs }: SignInExtent,
) {
  const hashes: number[] = []
  const rates: Kinds<number[]> = { known: [], unknown: [] }
  const rate = async (requests: readonly Buffer[]) => {
    const signed = await load({ port: server.port, requests, connections: 4, milliseconds: sliceMs, expected: 201 })
    return signed.requests / signed.seconds
  }
  for (let round = 0; round <= rounds; round++) {
    const alone = await runChild<object, number>('hash', server.env, { milliseconds: sliceMs })
    const here = { known: await rate(known), unknown: await rate(unknown) }
    if (round === 0) continue
    hashes.push(alone)
    rates.known.push(here.known)
    rates.unknown.push(here.unknown)
  }
  const besides = (some: readonly number[]) => some.map((one, i) => one / (hashes[i] ?? Number.NaN))
  return { hashes, rates, ratios: { known: besides(rates.known), unknown: besides(rates.unknown) } }
}

type Throughput = Awaited<ReturnType<typeof throughputOf>>

function chapter({ hashes, rates, ratios }: Throughput, probed: Probed, { waves }: SignInExtent): Chapter {
  const milliseconds = (times: readonly number[], share: number) => figure(quantile(times, share) / 1000)
  const answers = [...probed.statuses].sort().map(([status, count]) => `${count} × ${status}`)
  return {
    title: 'Signing in',
    tables: [
      {
        columns: ['', 'a second'],
        rows: [
          ['password hashes alone, as many at once as the app allows', withRange(spread(hashes))],
          ['sign-ins in a browser that is known', withRange(spread(rates.known))],
          ['ratio', withRange(spread(ratios.known))],
          ['sign-ins in a new browser, each told by mail', withRange(spread(rates.unknown))],
          ['ratio', withRange(spread(ratios.unknown))],
        ],
      },
      {
        columns: ['GET /api/session of somebody else, ms', 'p50', 'p99', 'longest'],
        rows: [
          [
            'nobody signs in',
            milliseconds(probed.quiet, 0.5),
            milliseconds(probed.quiet, 0.99),
            milliseconds(probed.quiet, 1),
          ],
          [
            `${AT_ONCE} sign-ins at once`,
            milliseconds(probed.flooded, 0.5),
            milliseconds(probed.flooded, 0.99),
            milliseconds(probed.flooded, 1),
          ],
        ],
      },
    ],
    notes: [
      `The flood: ${waves} waves of ${AT_ONCE} sign-ins with the right password, each from another network; answered ` +
        `${answers.join(', ')}. A wave was over after ${withRange(spread(probed.waves))} ms.`,
    ],
    goals: [
      { what: 'sign-ins beside the hash alone', value: spread(ratios.known).median, unit: '×', atLeast: 0.9 },
      {
        what: 'others’ speed while 200 sign in at once, beside before',
        value: quantile(probed.quiet, 0.5) / quantile(probed.flooded, 0.5),
        unit: '×',
        atLeast: 0.5,
      },
    ],
  }
}
