import 'server-only'
import { closeStore, openStoreOnce } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { linkAll, mint } from './linked.ts'
import type { SignedIn } from './people.ts'

/** People let an application in; it gets so many tokens of each. */
export interface LinkInput {
  readonly people: readonly SignedIn[]
  readonly each: number
}

const { people, each } = await input<LinkInput>()
await openStoreOnce()
const linked = await linkAll(people)
await closeStore()
const tokens: string[] = []
// In turn: one person's tokens are far apart.
for (let i = 0; i < each; i++) for (const one of linked) tokens.push(await mint(one))
answer(tokens)
