import 'server-only'
import { verify } from 'node:crypto'
import { compactVerify } from 'jose'
import { readAccessToken } from '#lib/api-token/access-token.ts'
import { currentToken } from '#lib/api-token/current.ts'
import { signingKeys } from '#lib/keys/signing.ts'
import { openStoreOnce, store } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { quantile, type Spread, spread } from '../statistics.ts'
import { shuffled, timeEach } from './clock.ts'
import { linkAll, mint } from './linked.ts'
import type { SignedIn } from './people.ts'

/** From the header to a token's proof, in one process, with nothing of HTTP around it. */
export interface TokenInput {
  readonly people: readonly SignedIn[]
  readonly passes: number
}

/** Microseconds; the spread is of the medians of the passes. */
export interface TokenResult {
  readonly seen: Spread
  readonly unseen: Spread
  readonly unseenEdDsa: Spread
  /** Of a new one: its text verified, without any row. */
  readonly verified: Spread
  /** The signature of a new token alone. */
  readonly signature: Spread
  /** The same by the library, which goes through the threads of WebCrypto. */
  readonly library: Spread
  readonly row: Spread
}

const { people, passes } = await input<TokenInput>()
await openStoreOnce()
const linked = await linkAll(people)
const of = (count: number) => Array.from({ length: count }, (_, i) => linked[i % linked.length] ?? never())
const { publicKey } = signingKeys().current('ES256')

answer({
  // Each pass has tokens that were never shown.
  unseen: await measure(() => requests('ES256', 4000), check),
  unseenEdDsa: await measure(() => requests('EdDSA', 4000), check),
  verified: await measure(() => texts('ES256', 4000), verified),
  seen: await measure(async () => {
    const few = await requests('ES256', 2000)
    return [...few, ...few, ...few, ...few, ...few]
  }, check),
  signature: await measure(() => texts('ES256', 4000), byPlatform),
  library: await measure(
    () => texts('ES256', 4000),
    (text) => compactVerify(text, publicKey, { algorithms: ['ES256'] }),
  ),
  row: await measure(
    async () => linked.map(({ grantId }) => grantId),
    (id) => store().grants.check(id),
  ),
} satisfies TokenResult)

/** Tokens live for five minutes, so each pass has new ones; making them is not timed. */
async function measure<T>(made: () => Promise<readonly T[]>, work: (item: T) => unknown): Promise<Spread> {
  const p50: number[] = []
  // The first pass warms up.
  for (let pass = 0; pass <= passes; pass++) {
    const items = await made()
    const times = await timeEach(shuffled(items), work)
    if (pass > 0) p50.push(quantile(times, 0.5))
  }
  return spread(p50)
}

function texts(alg: 'ES256' | 'EdDSA', count: number): Promise<string[]> {
  return Promise.all(of(count).map((one) => mint(one, alg)))
}

async function requests(alg: 'ES256' | 'EdDSA', count: number): Promise<Request[]> {
  const all = await texts(alg, count)
  return all.map(
    (text) => new Request('http://localhost/api/session', { headers: { authorization: `Bearer ${text}` } }),
  )
}

async function check(request: Request): Promise<void> {
  const proof = await currentToken(request)
  if (proof === null || typeof proof === 'string') throw new Error(`a good token gave no proof: ${proof}`)
}

function verified(text: string): void {
  if (!readAccessToken(text)) throw new Error('a good token was refused')
}

function byPlatform(text: string): void {
  const at = text.lastIndexOf('.')
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
  const good = verify('sha256', Buffer.from(text.slice(0, at)), key, Buffer.from(text.slice(at + 1), 'base64url'))
  if (!good) throw new Error('a good signature was refused')
}

function never(): never {
  throw new Error('nobody is linked')
}
