import type { LinkInput } from '../in-process/link.ts'
import type { SignedIn } from '../in-process/people.ts'
import type { TokenInput, TokenResult } from '../in-process/token.ts'
import { requestBytes, sendOnce } from '../load/connection.ts'
import { type Chapter, withRange } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace, type Place } from '../stage/place.ts'
import { type Server, startServer } from '../stage/server.ts'
import { type Rounds, ratio, roundsTable, runRounds, type Turns } from './rounds.ts'

/** What a signed token costs: in one process, and over HTTP beside the cookie of the same people in the same run. */
export interface TokenExtent extends Turns {
  readonly rows: number
  readonly passes: number
}

const PATH = '/api/session'
const COOKIE = 'a cookie'
const TOKEN = 'a token'
const NEW_TOKEN = 'a new token'

/** More of each person's than are remembered: each has been forgotten before it comes again. */
const EACH = 8

export async function measureTokens(folder: string, extent: TokenExtent): Promise<Chapter> {
  const { env, people } = await newPlace({ rows: extent.rows, people: 2000 })
  const { passes } = extent
  const inProcess = await runChild<TokenInput, TokenResult>('token', env, { people, passes })
  return chapter(inProcess, await overHttp(folder, await newPlace({ rows: extent.rows, people: 2000 }), extent), extent)
}

async function overHttp(folder: string, { env, people }: Place, turns: Turns): Promise<Rounds> {
  // Good for five minutes: made last.
  const tokens = await runChild<LinkInput, string[]>('link', env, { people, each: EACH })
  const server = await startServer(folder, env)
  try {
    await verify(server, tokens, people)
    const { origin } = server
    const few = tokens.slice(0, people.length)
    return await runRounds(
      server,
      [
        { name: COOKIE, requests: people.map(({ cookie }) => requestBytes({ path: PATH, origin, cookie })) },
        { name: TOKEN, requests: few.map((token) => requestBytes({ path: PATH, origin, token })) },
        { name: NEW_TOKEN, requests: tokens.map((token) => requestBytes({ path: PATH, origin, token })) },
      ],
      turns,
    )
  } finally {
    await server.stop()
  }
}

/** A figure is worth nothing if the check behind it is wrong. */
async function verify(
  { port, origin }: Server,
  [token = '', other = '']: readonly string[],
  [one]: readonly SignedIn[],
) {
  const status = async (parts: { token: string; cookie?: string }) =>
    (await sendOnce(port, { path: PATH, origin, ...parts })).status
  const swapped = [...token.split('.').slice(0, 2), other.split('.')[2]].join('.')
  const found = [
    await status({ token }),
    await status({ token: swapped }),
    await status({ token, cookie: one?.cookie ?? '' }),
  ]
  if (found.join() !== '200,401,400') throw new Error(`tokens are not checked as they should be: ${found}`)
}

function chapter(found: TokenResult, rounds: Rounds, { rows, passes, ...turns }: TokenExtent): Chapter {
  const cells: [string, keyof TokenResult][] = [
    ['a token seen before (ES256)', 'seen'],
    ['a new token, ES256', 'unseen'],
    ['a new token, EdDSA', 'unseenEdDsa'],
    ['of a new ES256 one: verified, signature and claims', 'verified'],
    ['of that the signature alone', 'signature'],
    ['the same by the library, through its threads', 'library'],
    ['the rows of grant and session alone', 'row'],
  ]
  return {
    title: 'Signed tokens',
    tables: [
      {
        columns: ['µs, from the header to a proof', 'median'],
        rows: cells.map(([what, key]) => [what, withRange(found[key])]),
      },
      roundsTable(rounds, COOKIE),
    ],
    notes: [
      `${rows.toLocaleString('en')} rows; 2,000 people with a grant each. In one process: the median of each of ${passes} passes, range in brackets.`,
      `Over HTTP: GET ${PATH}, ${turns.rounds} rounds of ${turns.slices} interleaved slices, 16 connections, and one for c=1. “A token”: 2,000 in ` +
        'turn; “a new token”: 16,000 in turn, each forgotten before it comes again.',
    ],
    goals: [
      { what: 'a new ES256 token verified in process', value: found.verified.median, unit: 'µs', atMost: 120 },
      {
        what: 'requests with a token beside those with a cookie',
        value: ratio(rounds, TOKEN, COOKIE).median,
        unit: '×',
        atLeast: 0.8,
      },
      {
        what: 'with tokens that are all new, likewise',
        value: ratio(rounds, NEW_TOKEN, COOKIE).median,
        unit: '×',
        atLeast: 0.8,
      },
    ],
  }
}
