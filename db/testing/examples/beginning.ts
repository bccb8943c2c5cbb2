import { expect } from '@playwright/test'
import type { Store } from '../../contract.ts'
import { begin, isEnd, listen, MINUTE, NO_LIMIT, newSession, signUp, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

/** A session begins in one step, whatever has to end for it. */
export function beginning(): void {
  test('a session that began is found by its id, with a first token', { tag: '@v5.0.0-7.2.4' }, async ({
    store,
    alice,
  }) => {
    const wanted = newSession(alice)
    const begun = await store.sessions.begin(wanted, NO_LIMIT)
    expect(begun).toMatchObject({ outcome: 'begun', newDevice: true, endedByLimit: 0 })
    const check = await store.sessions.check(wanted.id)
    expect(check).toMatchObject({ id: wanted.id, userId: alice, generation: 1, successor: null, predecessor: null })
    expect(check?.digest.equals(wanted.digest)).toBe(true)
    expect(check?.authentications).toEqual([{ method: 'pwd', at: check?.beganAt }])
    expect(check?.lifetimeFrom).toEqual(check?.lastActiveAt)
    expect(await store.sessions.find(wanted.id)).toMatchObject({ browser: 'Firefox', ip: '192.0.2.1', name: null })
  })

  test('what a person sees of a session has no digest in it', async ({ store, alice }) => {
    const { id } = await begin(store, alice)
    for (const session of [await store.sessions.find(id), ...(await store.sessions.list(alice))]) {
      expect(Object.values(session ?? {}).some((value) => value instanceof Uint8Array)).toBe(false)
    }
  })

  test('signing in again in the same browser leaves one session', { tag: '@v5.0.0-7.2.4' }, async ({
    store,
    alice,
  }) => {
    const { browserDigest } = newSession(alice)
    const first = await begin(store, alice, { browserDigest })
    const second = await begin(store, alice, { browserDigest })
    expect((await store.sessions.list(alice)).map(({ id }) => id)).toEqual([second.id])
    expect(await store.sessions.ended(first.id)).toMatchObject({
      reason: 'signed-in-again',
      endedBy: 'Firefox on Linux',
    })
  })

  test('a session whose cookie came along ends, whoever’s it was', { tag: '@v5.0.0-7.2.4' }, async ({
    store,
    alice,
  }) => {
    const mallory = await signUp(store)
    const planted = await begin(store, mallory)
    await begin(store, alice, { replaces: planted.id })
    expect(await store.sessions.check(planted.id)).toBeUndefined()
    expect(await store.sessions.ended(planted.id)).toMatchObject({ userId: mallory, reason: 'signed-in-again' })
  })

  test('a browser is new once, also after its session has ended', async ({ store, alice }) => {
    const { browserDigest } = newSession(alice)
    expect(await store.sessions.knowsBrowser(alice, browserDigest)).toBe(false)
    await begin(store, alice, { browserDigest })
    await store.sessions.endForUser(alice, { endedBy: null })
    expect(await store.sessions.knowsBrowser(alice, browserDigest)).toBe(true)
    expect(await store.sessions.begin(newSession(alice, { browserDigest }), NO_LIMIT)).toMatchObject({
      newDevice: false,
    })
    expect(await store.sessions.knowsBrowser(await signUp(store), browserDigest)).toBe(false)
    expect(await store.sessions.knowsBrowser('nobody', browserDigest)).toBe(false)
  })

  test('at the limit the session with the oldest activity ends', { tag: '@v5.0.0-7.1.2' }, async ({
    store,
    alice,
    place,
  }) => {
    const [idle, busy] = [await begin(store, alice), await begin(store, alice)]
    await place.age(MINUTE, idle.id)
    const begun = await store.sessions.begin(newSession(alice), { most: 2, action: 'end-oldest' })
    expect(begun).toMatchObject({ outcome: 'begun', endedByLimit: 1 })
    expect(await store.sessions.ended(idle.id)).toMatchObject({ reason: 'limit' })
    expect(await store.sessions.check(busy.id)).toBeDefined()
  })

  for (const action of ['refuse', 'ask'] as const) {
    test(`at the limit, ${action} begins nothing and ends nothing`, { tag: '@v5.0.0-7.1.2' }, async ({
      store,
      alice,
    }) => {
      const own = await begin(store, alice)
      const before = await everything(store, alice)
      const wanted = newSession(alice)
      expect(await store.sessions.begin(wanted, { most: 1, action })).toEqual({ outcome: 'limit-reached' })
      expect(await store.sessions.check(wanted.id)).toBeUndefined()
      expect(await store.sessions.check(own.id)).toBeDefined()
      expect(await everything(store, alice)).toEqual(before)
    })
  }

  test('what was chosen ends for the new one, and only if that makes room', { tag: '@v5.0.0-7.1.2' }, async ({
    store,
    alice,
  }) => {
    const [kept, chosen, bobs] = [
      await begin(store, alice),
      await begin(store, alice),
      await begin(store, await signUp(store)),
    ]
    const limit = { most: 2, action: 'ask' } as const
    const foreign = { ...limit, chosen: [bobs.id, 'unknown'] }
    expect(await store.sessions.begin(newSession(alice), foreign)).toEqual({ outcome: 'limit-reached' })
    const tooFew = { ...limit, most: 1, chosen: [chosen.id] }
    expect(await store.sessions.begin(newSession(alice), tooFew)).toEqual({ outcome: 'limit-reached' })
    expect(await store.sessions.check(chosen.id), 'nothing begins, nothing ends').toBeDefined()
    const right = { ...limit, chosen: [chosen.id] }
    expect(await store.sessions.begin(newSession(alice), right)).toMatchObject({ outcome: 'begun', endedByLimit: 1 })
    expect(await store.sessions.ended(chosen.id)).toMatchObject({ reason: 'limit' })
    for (const { id } of [kept, bobs]) expect(await store.sessions.check(id)).toBeDefined()
  })

  test('sessions that have run out do not count, and end as what they are', async ({ store, alice, place }) => {
    const idle = await begin(store, alice)
    await place.age(15 * MINUTE)
    expect(await store.sessions.begin(newSession(alice), { most: 1, action: 'refuse' })).toMatchObject({
      outcome: 'begun',
    })
    expect(await store.sessions.ended(idle.id)).toMatchObject({ reason: 'idle', endedBy: null })
  })

  test('fifty sign-ins at once stay within the limit', { tag: '@v5.0.0-7.1.2' }, async ({ store, alice }) => {
    const limit = { most: 10, action: 'end-oldest' } as const
    await atOnce(50, () => store.sessions.begin(newSession(alice), limit))
    expect(await store.sessions.list(alice)).toHaveLength(10)
    expect(await store.sessions.listEnded(alice, 100)).toHaveLength(40)
  })

  test('of fifty sign-ins at once from two processes exactly the limit is let in', async ({ store, alice, place }) => {
    const other = await place.peer()
    const limit = { most: 10, action: 'refuse' } as const
    const outcomes = await atOnce(50, (index) =>
      index % 2
        ? other.call('sessions.begin', newSession(alice), limit)
        : store.sessions.begin(newSession(alice), limit),
    )
    expect(outcomes.filter((begun) => (begun as { outcome: string }).outcome === 'begun')).toHaveLength(10)
    expect(await store.sessions.list(alice)).toHaveLength(10)
  })

  test('a step that fails leaves nothing behind: no end, no event, no notice', async ({ store, alice }) => {
    const own = await begin(store, alice)
    const before = await everything(store, alice)
    const { heard, until } = listen(store)
    const impossible = newSession(alice, { id: own.id, replaces: own.id, kind: null as never })
    await expect(async () => store.sessions.begin(impossible, NO_LIMIT)).rejects.toThrow()
    expect(await everything(store, alice)).toEqual(before)
    const { id } = await begin(store, alice, { replaces: own.id })
    await until(isEnd(own.id))
    expect(heard.filter(({ type }) => type === 'ended')).toHaveLength(1)
    expect(id).not.toBe(own.id)
  })

  test('the account’s events tell of the beginning and of what ended for it', { tag: '@v5.0.0-16.3.1' }, async ({
    store,
    alice,
  }) => {
    const { browserDigest } = newSession(alice)
    await begin(store, alice, { browserDigest })
    const { id } = await begin(store, alice, { browserDigest })
    const [signedIn, ended, before] = await everything(store, alice)
    expect(signedIn).toMatchObject({ kind: 'signed-in', sessionId: id, detail: { method: 'pwd', newDevice: 'false' } })
    expect(ended).toMatchObject({ kind: 'session-ended', detail: { reason: 'signed-in-again' } })
    expect(before).toMatchObject({ kind: 'signed-in', detail: { newDevice: 'true' }, device: 'Firefox on Linux' })
  })
}

async function everything(store: Store, userId: string) {
  return store.events.list({ userId, kinds: [], before: null, most: 100 })
}
