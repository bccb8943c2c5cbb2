import 'server-only'
import { performance } from 'node:perf_hooks'
import type { SessionProof } from '#db/contract.ts'
import { eventOf } from '#db/records.ts'
import { finishTelling, startLogoutSender } from '#lib/openid-provider/logout-sender.ts'
import { type RelyingParties, relyingParties } from '#lib/openid-provider/testing/relying-parties.ts'
import { randomId } from '#lib/random.ts'
import { currentSession } from '#lib/session/current.ts'
import { openStoreOnce, store } from '#lib/store.ts'
import { answer, input } from '../stage/child.ts'
import { newUser, signInOn } from './people.ts'

/** Somebody signs out who was signed in at many applications, some of which are dead: when the last that lives knows. */
export interface LogoutResult {
  /** From the end of the session until the last living relying party was told, milliseconds; one for each round. */
  readonly last: readonly number[]
  /** The same for half of them. */
  readonly half: readonly number[]
  /** How often the dead were knocked at. */
  readonly knocks: number
}

const { alive, dead, rounds } = await input<Readonly<Record<'alive' | 'dead' | 'rounds', number>>>()
await openStoreOnce()
startLogoutSender()
const parties = await relyingParties(alive, dead)
const clients = await register(parties)
const user = await newUser('none')
const [last, half]: [number[], number[]] = [[], []]
for (let round = 1; round <= rounds; round++) {
  const proof = await signedInEverywhere()
  const toldBy = (count: number) =>
    [...parties.told.values()].filter((tokens) => tokens.length >= round).length >= count
  const from = performance.now()
  const first = parties.until(() => toldBy(alive / 2)).then(() => half.push(performance.now() - from))
  const all = parties.until(() => toldBy(alive)).then(() => last.push(performance.now() - from))
  await store().sessions.signOut(proof)
  await Promise.all([first, all])
}
const knocks = parties.knocks()
await parties.close()
await finishTelling()
answer({ last, half, knocks } satisfies LogoutResult)

async function register({ alive, dead }: RelyingParties): Promise<string[]> {
  const ids: string[] = []
  // The dead come first, and would be waited for first.
  for (const backchannelLogoutUri of [...dead, ...alive]) {
    const id = randomId()
    const addresses = { redirectUris: ['https://app.example/'], postLogoutRedirectUris: [], backchannelLogoutUri }
    await store().clients.add('shell', {
      id,
      name: 'App',
      secretDigest: null,
      publicKeys: [],
      ...addresses,
      scope: 'openid',
      device: false,
    })
    ids.push(id)
  }
  return ids
}

async function signedInEverywhere(): Promise<SessionProof> {
  const { cookie } = await signInOn(user)
  const current = await currentSession(cookie)
  if (current.state !== 'standing') throw new Error('nobody is signed in')
  const { proof } = current
  for (const clientId of clients) {
    const shown = { authenticatedAt: proof.now, methods: 'pwd' }
    const grant = { id: randomId(), clientId, scope: 'openid', offline: false, ...shown, lifetime: 3600 }
    await store().grants.begin(proof, grant, eventOf('app-linked', user.id))
  }
  return proof
}
