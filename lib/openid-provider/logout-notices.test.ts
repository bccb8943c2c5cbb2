import { expect } from '@playwright/test'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import type { LogoutNotice, LogoutOutbox, Store } from '#db/contract.ts'
import { test as base, begin, linked, proofOf, registered } from '#db/testing.ts'
import { signingKeys } from '#lib/keys/signing.ts'
import { MINUTE, secondsAfter } from '#lib/time.ts'
import { LEASE, type Office, openTeller } from './logout-notices.ts'
import { type Post, poster, type Told } from './logout-post.ts'
import { logoutToken } from './logout-token.ts'
import { type RelyingParties, relyingParties } from './testing/relying-parties.ts'

process.env.SESSION_KEYS ||= 'logouts:Wq7Zt2mXv9LcRb4KdYh6NsPf8GgJ3aTeU'

const ORIGIN = 'http://localhost:3000'
/** Milliseconds: longer than any test. Nobody who lives is given up, on however slow a machine. */
const PATIENTLY = 600_000

const test = base.extend<{ readonly parties: (...args: Parameters<typeof relyingParties>) => Promise<RelyingParties> }>(
  {
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    parties: async ({}, use) => {
      const opened: RelyingParties[] = []
      await use(async (...args) => {
        const parties = await relyingParties(...args)
        opened.push(parties)
        return parties
      })
      for (const parties of opened) await parties.close()
    },
  },
)

function office(store: Store, other: Partial<Office> = {}): Office {
  return {
    logouts: () => store.logouts,
    sign: (notice) => logoutToken(notice, ORIGIN, new Date()),
    post: poster(PATIENTLY),
    clock: () => new Date(),
    log: () => undefined,
    ...other,
  }
}

/** Somebody signs in at all of them, and out again. */
async function signedOutAt(store: Store, userId: string, uris: readonly string[]) {
  const session = await begin(store, userId)
  for (const backchannelLogoutUri of uris) {
    await linked(store, session, { clientId: await registered(store, { backchannelLogoutUri }) })
  }
  await store.sessions.signOut(proofOf(session))
  return session
}

test('of a hundred relying parties the ninety that live are told, and the ten dead are tried again', {
  tag: '@v5.0.0-7.6.1',
}, async ({ store, alice, place, parties }) => {
  test.slow()
  const { alive, dead, told, until, knocks } = await parties(90, 10)
  await signedOutAt(store, alice, [...dead, ...alive])
  let giveUp = new AbortController()
  const post: Post = (uri, token, signal) => poster(PATIENTLY)(uri, token, dead.includes(uri) ? giveUp.signal : signal)
  const teller = openTeller(office(store, { post }), new AbortController().signal)
  expect(await teller.take()).toBe(100)
  // The living are told while the dead are waited for.
  await until(() => alive.every((uri) => told.has(uri)))
  giveUp.abort()
  await teller.idle()
  expect([...told.values()].every((tokens) => tokens.length === 1)).toBe(true)
  expect(await store.logouts.waiting()).toMatchObject({ count: 10 })
  giveUp = new AbortController()
  await place.ageLinked(10)
  expect(await teller.take()).toBe(10)
  await until(() => knocks() === 10)
  giveUp.abort()
  await teller.idle()
  expect(told.size).toBe(90)
})

test('what they are told is signed, for each alone, and names the session', {
  tag: ['@v5.0.0-9.1.1', '@v5.0.0-9.2.2', '@v5.0.0-9.2.3'],
}, async ({ store, alice, parties }) => {
  const { alive, told } = await parties(3, 0)
  const session = await signedOutAt(store, alice, alive)
  const teller = openTeller(office(store), new AbortController().signal)
  await teller.take()
  await teller.idle()
  const keys = createLocalJWKSet(signingKeys().publicJwks as Parameters<typeof createLocalJWKSet>[0])
  const jtis = new Set<unknown>()
  for (const { id: audience, backchannelLogoutUri } of await store.clients.list()) {
    const [token = ''] = told.get(backchannelLogoutUri ?? '') ?? []
    const { payload } = await jwtVerify(token, keys, { issuer: ORIGIN, audience, typ: 'logout+jwt' })
    const { iat = 0, exp = 0, jti, events, ...rest } = payload
    expect(rest).toEqual({ iss: ORIGIN, aud: audience, sub: alice, sid: session.id })
    expect(events).toEqual({ 'http://schemas.openid.net/event/backchannel-logout': {} })
    expect(exp - iat).toBe(120)
    expect(Object.keys(decodeProtectedHeader(token)).sort()).toEqual(['alg', 'kid', 'typ'])
    jtis.add(jti)
  }
  expect(jtis.size).toBe(3)
})

for (const [status, outcome, left] of [
  [200, 'told', 0],
  [204, 'told', 0],
  [302, 'refused', 1],
  [400, 'refused', 1],
  [429, 'away', 1],
  [500, 'away', 1],
] as const) {
  test(`an answer of ${status} leaves ${left === 0 ? 'nothing' : 'it'} to be told again, and nobody is sent elsewhere`, async ({
    store,
    alice,
    parties,
  }) => {
    const { alive, told } = await parties(1, 0, () => status)
    await signedOutAt(store, alice, alive)
    const teller = openTeller(office(store), new AbortController().signal)
    await teller.take()
    await teller.idle()
    expect([...told.keys()]).toEqual(alive)
    expect(await store.logouts.waiting()).toMatchObject({ count: left })
    expect(await poster()(alive[0] ?? '', 'token', new AbortController().signal)).toMatchObject({ outcome })
  })
}

test('whoever takes a connection and says nothing is given up', async ({ parties }) => {
  const { dead } = await parties(0, 1)
  const told = await poster(50)(dead[0] ?? '', 'token', new AbortController().signal)
  expect(told).toEqual({ outcome: 'away', why: 'TimeoutError' })
})

/** Without a database or a network: who is asked when, and what becomes of it. */
class Desk implements Pick<Office, 'logouts' | 'post' | 'clock'> {
  private next = 1
  readonly due: LogoutNotice[] = []
  readonly done: [kind: 'sent' | 'failed', id: number, after?: number | null, refused?: boolean][] = []
  readonly asked: { readonly uri: string; answer(told: Told): void }[] = []
  now = new Date('2026-01-01T12:00:00Z')
  clock = () => this.now

  notice(uri: string, other: Partial<LogoutNotice> = {}): number {
    const id = this.next++
    const whose = { clientId: uri, userId: 'alice', sessionId: `session-${id}` }
    this.due.push({ id, uri, ...whose, failures: 0, refusals: 0, createdAt: this.now, ...other })
    return id
  }

  logouts = (): LogoutOutbox => ({
    claim: (most, _lease, { most: each, full } = { most, full: [] }) => {
      const taken: LogoutNotice[] = []
      for (const notice of this.due) {
        const before = taken.filter(({ uri }) => uri === notice.uri).length
        if (taken.length < most && before < each && !full.includes(notice.uri)) taken.push(notice)
      }
      for (const notice of taken) this.due.splice(this.due.indexOf(notice), 1)
      return taken
    },
    sent: (id) => void this.done.push(['sent', id]),
    failed: (id, after, refused) => void this.done.push(['failed', id, after, refused]),
    waiting: () => ({ count: 0, oldest: null }),
  })

  post: Post = (uri) => new Promise((answer) => this.asked.push({ uri, answer }))

  open(signal = new AbortController().signal) {
    const { logouts, post, clock } = this
    return openTeller({ logouts, post, clock, sign: async () => 'token', log: () => undefined }, signal)
  }

  /** Lets everything happen that can. */
  settled = () => new Promise((resolve) => setImmediate(resolve))

  of(uri: string) {
    return this.asked.filter((one) => one.uri === uri)
  }
}

test('whoever does not answer holds up nobody else, and is not asked again for the others of its line', async () => {
  const desk = new Desk()
  const dead = Array.from({ length: 20 }, () => desk.notice('dead'))
  const alive = desk.notice('alive')
  const teller = desk.open()
  await teller.take()
  await desk.settled()
  expect(desk.of('dead')).toHaveLength(8)
  desk.of('alive')[0]?.answer({ outcome: 'told' })
  await desk.settled()
  expect(desk.done).toEqual([['sent', alive]])
  for (const { answer } of desk.of('dead')) answer({ outcome: 'away', why: 'TimeoutError' })
  await teller.idle()
  expect(desk.of('dead')).toHaveLength(8)
  const failed = desk.done.filter(([kind]) => kind === 'failed')
  expect(failed.map(([, id]) => id).sort()).toEqual(dead.sort())
  expect(failed.every(([, , after, refused]) => after === 5 && !refused)).toBe(true)
})

test('a no is believed the fifth time, whatever went before', { tag: '@v5.0.0-7.6.1' }, async () => {
  const desk = new Desk()
  const first = desk.notice('strict', { failures: 9, refusals: 0 })
  const fifth = desk.notice('strict', { failures: 9, refusals: 4 })
  const away = desk.notice('elsewhere', { failures: 9, refusals: 4 })
  const teller = desk.open()
  await teller.take()
  await desk.settled()
  for (const { answer } of desk.of('strict')) answer({ outcome: 'refused', why: 'it answered 400' })
  desk.of('elsewhere')[0]?.answer({ outcome: 'away', why: 'TimeoutError' })
  await teller.idle()
  const quarter = 15 * MINUTE
  expect(desk.done.sort(([, one], [, other]) => one - other)).toEqual([
    ['failed', first, quarter, true],
    ['failed', fifth, null, true],
    ['failed', away, quarter, false],
  ])
})

test('a refusal says nothing about the others of the line', async () => {
  const desk = new Desk()
  for (let index = 0; index < 9; index++) desk.notice('strict')
  const teller = desk.open()
  await teller.take()
  await desk.settled()
  desk.of('strict')[0]?.answer({ outcome: 'refused', why: 'it answered 400' })
  await desk.settled()
  expect(desk.of('strict')).toHaveLength(9)
  for (const { answer } of desk.of('strict').slice(1)) answer({ outcome: 'told' })
  await teller.idle()
  expect(desk.done.filter(([kind]) => kind === 'sent')).toHaveLength(8)
})

test('a long line of one that answers slowly holds up no other, in the outbox or here', {
  tag: '@v5.0.0-7.6.1',
}, async () => {
  const desk = new Desk()
  for (let index = 0; index < 1500; index++) desk.notice('slow')
  const teller = desk.open()
  for (let round = 0; round < 3; round++) {
    const quick = desk.notice('quick')
    while ((await teller.take()) > 0);
    await desk.settled()
    desk.of('quick').at(-1)?.answer({ outcome: 'told' })
    // The line moves on, and fills up again.
    desk.of('slow').at(-1)?.answer({ outcome: 'told' })
    await desk.settled()
    expect(desk.done).toContainEqual(['sent', quick])
  }
  // What is not held here is left to other processes.
  expect(desk.due.length).toBeGreaterThanOrEqual(1100)
})

test('no more is taken than can be held, and what stood in line for too long is left to others', async () => {
  const desk = new Desk()
  for (let index = 0; index < 1200; index++) desk.notice('slow')
  const teller = desk.open()
  expect([await teller.take(), await teller.take()]).toEqual([200, 0])
  await desk.settled()
  desk.now = secondsAfter(desk.now, LEASE / 2 + 1)
  for (const { answer } of desk.asked) answer({ outcome: 'told' })
  await teller.idle()
  expect(desk.asked).toHaveLength(8)
  expect(desk.done).toHaveLength(8)
  expect(await teller.take()).toBe(200)
})

test('when the process ends, what is under way is left to the next one at once', async () => {
  const desk = new Desk()
  const id = desk.notice('slow', { failures: 7 })
  const cut = new AbortController()
  const teller = desk.open(cut.signal)
  await teller.take()
  await desk.settled()
  cut.abort()
  desk.asked[0]?.answer({ outcome: 'away', why: 'AbortError' })
  await teller.idle()
  expect(desk.done).toEqual([['failed', id, 0, false]])
  desk.notice('slow')
  expect(await teller.take()).toBe(0)
})
