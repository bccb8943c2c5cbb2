import 'server-only'
import type { SessionProof } from '#db/contract.ts'
import { currentSession } from '#lib/session/current.ts'
import { openStoreOnce, store } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { quantile } from '../statistics.ts'
import { timeEach } from './clock.ts'
import { newUser, type SignedIn, signInOn } from './people.ts'

/** What the store's other steps cost, each on rows that no earlier one has touched. Microseconds: median and p99. */
export type Statements = Readonly<Record<string, readonly [p50: number, p99: number]>>

const { people } = await input<{ readonly people: readonly SignedIn[] }>()
await openStoreOnce()
const { sessions } = store()
const proofs: SessionProof[] = []
for (const { cookie } of people) {
  const current = await currentSession(cookie)
  if (current.state === 'standing') proofs.push(current.proof)
}
const user = await newUser('none')

answer({
  'list a person’s sessions': await time(proofs, ({ userId }) => sessions.list(userId)),
  'begin a session, seal it': await time(proofs.slice(0, 500), () => signInOn(user)),
  'note activity': await time(proofs, (proof) => sessions.touch(proof, { ip: '192.0.2.9', place: null }, 0)),
  'sign out': await time(proofs, (proof) => sessions.signOut(proof)),
  'sweep, nothing due': await time(proofs, () => sessions.sweep(100)),
  'purge, nothing due': await time(proofs, () => sessions.purge(100)),
} satisfies Statements)

async function time<T>(items: readonly T[], work: (item: T) => unknown): Promise<readonly [number, number]> {
  const times = await timeEach(items, work)
  return [quantile(times, 0.5), quantile(times, 0.99)]
}
