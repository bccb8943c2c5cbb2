import 'server-only'
import { currentSession } from '#lib/session/current.ts'
import { openStoreOnce, store } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { quantile, type Spread, spread } from '../statistics.ts'
import { shuffled, timeEach } from './clock.ts'
import type { SignedIn } from './people.ts'

/** From cookie text to proof, in one process, with nothing of HTTP around it. */
export interface CheckInput {
  readonly people: readonly Pick<SignedIn, 'sessionId' | 'cookie'>[]
  /** How often everything is measured. */
  readonly passes: number
}

/** Microseconds; the spread is over the passes. */
export interface Timed {
  readonly p50: Spread
  readonly p99: Spread
}

export interface CheckResult {
  readonly seen: Timed
  readonly seenMany: Timed
  readonly unseen: Timed
  readonly row: Timed
}

/** What the memory of opened seals holds is a little less than this many. */
const MEMORY = 10_000

const { people, passes } = await input<CheckInput>()
await openStoreOnce()
const cookies = shuffled(people.map(({ cookie }) => cookie))
if (cookies.length <= MEMORY) throw new Error('more cookies are needed than the memory holds')
const few = cookies.slice(0, 2000)
const many = cookies.slice(0, MEMORY - 500)
const ids = people.map(({ sessionId }) => sessionId)

answer({
  // In an order that the memory cannot follow: each cookie was dropped just before it comes again.
  unseen: await measure(cookies, check, (items) => items),
  seenMany: await measure(many, check),
  seen: await measure([...few, ...few, ...few, ...few, ...few], check),
  row: await measure(ids, (id) => store().sessions.check(id)),
} satisfies CheckResult)

async function measure(
  items: readonly string[],
  work: (item: string) => unknown,
  order: (items: readonly string[]) => readonly string[] = shuffled,
): Promise<Timed> {
  const p50: number[] = []
  const p99: number[] = []
  // The first pass warms up.
  for (let pass = 0; pass <= passes; pass++) {
    const times = await timeEach(order(items), work)
    if (pass === 0) continue
    p50.push(quantile(times, 0.5))
    p99.push(quantile(times, 0.99))
  }
  return { p50: spread(p50), p99: spread(p99) }
}

function check(cookie: string): unknown {
  const current = currentSession(cookie)
  return current instanceof Promise ? current.then(proven) : proven(current)
}

function proven(current: { readonly state: string }): void {
  if (current.state !== 'standing') throw new Error('a valid cookie gave no proof')
}
