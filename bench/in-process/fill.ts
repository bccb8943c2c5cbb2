import 'server-only'
import { join } from 'node:path'
import { hashPassword } from '#lib/authentication/password.ts'
import { settings } from '#lib/config.ts'
import { SESSION_COOKIE } from '#lib/http/cookies.ts'
import { type SessionSeal, sealSession } from '#lib/session/seal.ts'
import { closeStore, openStoreOnce } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { newUser, type SignedIn, signInOn, signInPeople } from './people.ts'
import { rowWriter } from './rows.ts'

/**
 * Fills a new database. People who are signed in come in between the rows of others, so that their rows lie
 * all over the file and not side by side at its end.
 */
export interface Filling {
  /** Sessions of others. */
  readonly rows: number
  /** People with one session each, who signed in through the store. */
  readonly people: number
  /** Sessions of others whose cookies are wanted: too many to sign them in one by one. */
  readonly crowd: number
  /** Sessions of one more person. */
  readonly ofOne: number
  readonly password: string
  /** How many of the others' sessions are of one user. */
  readonly perUser: number
}

export interface Filled {
  readonly people: readonly SignedIn[]
  readonly one: readonly SignedIn[]
  readonly crowd: readonly { readonly sessionId: string; readonly cookie: string }[]
}

const STEPS = 20

const { rows, people, crowd, ofOne, password, perUser } = await input<Filling>()
await openStoreOnce()
const hash = await hashPassword(password)
const writer = rowWriter(join(settings().dataDir, 'signet.db'), perUser)
const signedIn: SignedIn[] = []
const seals: SessionSeal[] = []
for (let step = 0; step < STEPS; step++) {
  writer.add(Math.ceil(rows / STEPS))
  seals.push(...writer.addKnown(Math.ceil(crowd / STEPS)))
  signedIn.push(...(await signInPeople(Math.ceil(people / STEPS), hash)))
}
const user = await newUser(hash)
const one: SignedIn[] = []
while (one.length < ofOne) one.push(await signInOn(user))
writer.finish()
await closeStore()
const sealed = []
for (const seal of seals) {
  sealed.push({ sessionId: seal.id, cookie: `${SESSION_COOKIE}=${await sealSession(seal)}` })
}
answer({ people: signedIn, one, crowd: sealed } satisfies Filled)
