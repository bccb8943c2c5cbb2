import { expect } from '@playwright/test'
import { begin, event, NO_LIMIT, newSession, proofOf, randomId, signUp, test } from '../../testing.ts'

const ODD = ['\0', 'a\0b', '\ud800', '\ufffd', '', "' or 1=1 --", '%', 'x'.repeat(100_000)]

/** What no honest caller sends: both stores answer it alike, and neither with an error of the database. */
export function oddInput(): void {
  test('an odd id is nobody’s', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const proof = proofOf(session)
    for (const id of ODD) {
      expect(await store.sessions.check(id)).toBeUndefined()
      expect(await store.sessions.find(id)).toBeUndefined()
      expect(await store.sessions.ended(id)).toBeUndefined()
      expect(await store.sessions.end(proof, id, null)).toBe('not-found')
      expect(await store.sessions.rename(proof, id, 'Kitchen')).toBe('not-found')
      expect(await store.sessions.list(id)).toEqual([])
      expect(await store.sessions.listEnded(id, 9)).toEqual([])
      expect(await store.sessions.knowsBrowser(id, session.digest)).toBe(false)
      expect(await store.sessions.endForUser(id, { endedBy: null })).toBe(0)
      expect(await store.users.find(id)).toBeUndefined()
      expect(await store.clients.find(id)).toBeUndefined()
      expect(await store.clients.remove('shell', id, null)).toBe('not-found')
      expect(await store.grants.check(id)).toBeUndefined()
      expect(await store.grants.list(id)).toEqual([])
      expect(await store.grants.end(proof, id, event('app-disconnected', alice))).toBe('not-found')
      expect(await store.grants.endAs(id, event('app-disconnected', alice))).toBe(false)
      expect(await store.artifacts.find(id, session.digest)).toBeUndefined()
      expect(await store.artifacts.spend(id, session.digest, 30)).toBe('unknown')
      expect(await store.events.list({ userId: id, kinds: [], before: null, most: 9 })).toEqual([])
    }
    expect(await store.sessions.check(session.id)).toBeDefined()
  })

  test('an odd address has no account', async ({ store }) => {
    await signUp(store, 'alice@example.org')
    for (const part of ODD.filter((text) => text !== '')) {
      expect(await store.users.findByEmail(`alice${part}@example.org`)).toBeUndefined()
      expect(await store.users.findByEmail(`${part}alice@example.org`)).toBeUndefined()
    }
  })

  test('an odd key is counted like any other', async ({ store }) => {
    const limiter = store.limiter({ name: 'odd', attempts: 1, seconds: 60, blockSeconds: 60 })
    for (const key of ODD.slice(0, 2)) {
      expect(await limiter.take(key)).toEqual({ allowed: true })
      expect(await limiter.take(key)).toMatchObject({ allowed: false })
      await limiter.giveBack(key)
    }
  })

  test('what a device says of itself is written down, whatever it is', async ({ store, alice }) => {
    const id = randomId()
    const begun = await store.sessions.begin(newSession(alice, { id, userAgent: 'a\0b', browser: '\0' }), NO_LIMIT)
    expect(begun.outcome).toBe('begun')
    expect(await store.sessions.find(id)).toMatchObject({ userAgent: expect.stringMatching(/^a.b$/s) })
  })

  test('a page of events begins anywhere', async ({ store, alice }) => {
    await store.events.append(event('signed-in', alice))
    const from = async (before: number) =>
      (await store.events.list({ userId: alice, kinds: ['signed-in'], before, most: 9 })).length
    for (const before of [Number.MAX_SAFE_INTEGER, 2 ** 63, 2 ** 64, 1e300]) expect(await from(before)).toBe(1)
    for (const before of [0, -1, Number.MIN_SAFE_INTEGER, -(2 ** 64), -1e300]) expect(await from(before)).toBe(0)
  })
}
