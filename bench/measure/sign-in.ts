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
  const place = await newPlace({ rows: 10_000, people: 400 })
  const server = await startServer(folder, place.env)
  try {
    const requests = place.people.map((person, i) => signInRequest(server, person, i))
    const throughput = await throughputOf(server, requests, extent)
    const flood = await floodOf(server, requests, place.people[0]?.cookie ?? '', extent.waves)
    return chapter(throughput, flood, extent)
  } finally {
    await server.stop()
  }
}

/** Each from a network of its own: what throttling answers is measured by nobody. */
function signInRequest({ origin }: Server, { email }: SignedIn, i: number): Buffer {
  const from = `10.${Math.floor(i / 250)}.${i % 250}.7`
  return requestBytes({ method: 'POST', path: '/api/session', origin, from, json: { email, password: PASSWORD } })
}

async function throughputOf(server: Server, requests: readonly Buffer[], { rounds, sliceMs }: SignInExtent) {
  const hashes: number[] = []
  const signIns: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const alone = await runChild<object, number>('hash', server.env, { milliseconds: sliceMs })
    const signed = await load({ port: server.port, requests, connections: 4, milliseconds: sliceMs, expected: 201 })
    if (round === 0) continue
    hashes.push(alone)
    signIns.push(signed.requests / signed.seconds)
  }
  return { hashes, signIns, ratios: signIns.map((rate, i) => rate / (hashes[i] ?? Number.NaN)) }
}

type Throughput = Awaited<ReturnType<typeof throughputOf>>

function chapter({ hashes, signIns, ratios }: Throughput, probed: Probed, { waves }: SignInExtent): Chapter {
  const milliseconds = (times: readonly number[], share: number) => figure(quantile(times, share) / 1000)
  const answers = [...probed.statuses].sort().map(([status, count]) => `${count} × ${status}`)
  return {
    title: 'Signing in',
    tables: [
      {
        columns: ['', 'a second'],
        rows: [
          ['password hashes alone, as many at once as the app allows', withRange(spread(hashes))],
          ['sign-ins', withRange(spread(signIns))],
          ['ratio', withRange(spread(ratios))],
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
      { what: 'sign-ins beside the hash alone', value: spread(ratios).median, unit: '×', atLeast: 0.9 },
      {
        what: 'others’ speed while 200 sign in at once, beside before',
        value: quantile(probed.quiet, 0.5) / quantile(probed.flooded, 0.5),
        unit: '×',
        atLeast: 0.5,
      },
    ],
  }
}
