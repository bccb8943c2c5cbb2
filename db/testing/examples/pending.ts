import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { PendingKind } from '../../contract.ts'
import { begin, event, newPending, proofOf, randomId, signUp, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const KINDS: readonly PendingKind[] = ['sign-in', 'challenge', 'totp', 'act', 'application', 'reset', 'email']

/** What is half done: found by its own secret and kind, for its own time, taken once. */
export function pending(): void {
  test('a half-state is found by its secret and kind, and by nothing else', { tag: '@v5.0.0-6.5.5' }, async ({
    store,
    alice,
  }) => {
    const wanted = newPending('sign-in', alice, { detail: { method: 'pwd' }, securityVersion: 7 })
    const { lifetime, ...known } = wanted
    const begun = await store.pending.begin(wanted, null)
    expect(begun).toMatchObject(known)
    expect(begun.expiresAt.getTime() - begun.createdAt.getTime()).toBe(lifetime * 1000)
    expect(await store.pending.find('sign-in', wanted.secretDigest)).toEqual(begun)
    expect(await store.pending.find('sign-in', wanted.secretDigest, wanted.id)).toEqual(begun)
    expect(await store.pending.find('sign-in', wanted.secretDigest, 'another')).toBeUndefined()
    expect(await store.pending.find('sign-in', randomBytes(32), wanted.id)).toBeUndefined()
    expect(await store.pending.find('sign-in', Buffer.alloc(0))).toBeUndefined()
    for (const kind of KINDS.filter((one) => one !== 'sign-in')) {
      expect(await store.pending.find(kind, wanted.secretDigest, wanted.id), kind).toBeUndefined()
    }
  })

  test('one browser has several, and the newest comes first', async ({ store, place, alice }) => {
    const secretDigest = randomBytes(32)
    const first = await store.pending.begin(newPending('challenge', alice, { secretDigest }), null)
    await place.ageWaiting(1)
    const second = await store.pending.begin(newPending('challenge', alice, { secretDigest }), null)
    expect(await store.pending.find('challenge', secretDigest)).toEqual(second)
    expect(await store.pending.find('challenge', secretDigest, first.id)).toMatchObject({ id: first.id })
  })

  test('its time passes to the millisecond, for looking and for taking', { tag: '@v5.0.0-6.5.5' }, async ({
    store,
    place,
    alice,
  }) => {
    const wanted = newPending('sign-in', alice)
    await store.pending.begin(wanted, null)
    await place.ageWaiting(wanted.lifetime - 30)
    expect(await store.pending.find('sign-in', wanted.secretDigest)).toBeDefined()
    await place.ageWaiting(30)
    expect(await store.pending.find('sign-in', wanted.secretDigest)).toBeUndefined()
    expect(await store.pending.find('sign-in', wanted.secretDigest, wanted.id)).toBeUndefined()
    expect(await store.pending.take(wanted.id)).toBeUndefined()
  })

  test('of fifty that take it at once, one gets it', { tag: ['@v5.0.0-6.5.1', '@v5.0.0-15.4.2'] }, async ({
    store,
    place,
    alice,
  }) => {
    const other = await place.peer()
    const wanted = newPending('challenge', alice, { detail: { challenge: 'c' } })
    await store.pending.begin(wanted, null)
    const taken = await atOnce(50, (index) =>
      index % 2 ? other.call('pending.take', wanted.id) : store.pending.take(wanted.id),
    )
    expect(taken.filter(Boolean)).toEqual([expect.objectContaining({ id: wanted.id, detail: { challenge: 'c' } })])
    expect(await store.pending.find('challenge', wanted.secretDigest)).toBeUndefined()
  })

  for (const kind of ['reset', 'email'] as const) {
    test(`the latest ${kind} link wins`, { tag: '@v5.0.0-6.4.3' }, async ({ store, alice }) => {
      const bob = await signUp(store)
      const [first, second, foreign] = [newPending(kind, alice), newPending(kind, alice), newPending(kind, bob)]
      for (const one of [first, foreign, second]) await store.pending.begin(one, null)
      expect(await store.pending.find(kind, first.secretDigest)).toBeUndefined()
      expect(await store.pending.take(first.id)).toBeUndefined()
      expect(await store.pending.find(kind, second.secretDigest)).toMatchObject({ id: second.id })
      expect(await store.pending.find(kind, foreign.secretDigest)).toMatchObject({ id: foreign.id })
    })

    test(`of twenty ${kind} links asked for at once, one is left`, { tag: '@v5.0.0-15.4.2' }, async ({
      store,
      place,
      alice,
    }) => {
      const other = await place.peer()
      await atOnce(20, (index) => {
        const args = [newPending(kind, alice), null] as const
        return index % 2 ? other.call('pending.begin', ...args) : store.pending.begin(...args)
      })
      expect((await place.dump()).pending).toHaveLength(1)
    })
  }

  test('other kinds stand beside each other, and links of nobody too', async ({ store, place, alice }) => {
    for (const kind of ['sign-in', 'challenge', 'totp'] as const) {
      for (const _ of [1, 2]) await store.pending.begin(newPending(kind, alice), null)
    }
    for (const kind of ['reset', 'email'] as const) {
      for (const _ of [1, 2]) await store.pending.begin(newPending(kind, null), null)
    }
    expect((await place.dump()).pending).toHaveLength(10)
  })

  test('what cannot be begun leaves no event, and what cannot be noted is not begun', async ({
    store,
    place,
    alice,
  }) => {
    const wanted = newPending('reset', alice)
    await store.pending.begin(wanted, null)
    const before = await place.dump()
    const again = Promise.resolve().then(() => store.pending.begin({ ...wanted, userId: null }, requested(alice)))
    await expect(again).rejects.toThrow()
    const unnoted = Promise.resolve().then(() => store.pending.begin(newPending('reset', alice), requested('nobody')))
    await expect(unnoted).rejects.toThrow()
    expect(await place.dump()).toEqual(before)
  })

  test('of a session that is over nothing begins, not even what was asked for before', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-7.2.4'],
  }, async ({ store, place, alice }) => {
    const [session, superseded, stranger] = [
      await begin(store, alice),
      await begin(store, alice),
      await begin(store, await signUp(store)),
    ]
    const begun = await store.pending.beginBy(proofOf(session), newPending('challenge', alice), requested(alice))
    expect(begun).toMatchObject({ kind: 'challenge', userId: alice })
    await store.sessions.reauthenticate(
      proofOf(superseded),
      randomBytes(32),
      'pwd',
      true,
      event('reauthenticated', alice),
    )
    await store.sessions.signOut(proofOf(session))
    const before = await place.dump()
    const foreign = { ...proofOf(stranger), userId: alice } as ReturnType<typeof proofOf>
    for (const proof of [proofOf(session), proofOf(superseded), foreign]) {
      for (const kind of ['totp', 'email'] as const) {
        expect(await store.pending.beginBy(proof, newPending(kind, alice), requested(alice))).toBe('session-over')
      }
    }
    expect(await place.dump()).toEqual(before)
  })

  test('those whose time has passed are deleted in batches, and only those', async ({ store, place, alice }) => {
    for (let index = 0; index < 120; index++) await store.pending.begin(newPending('challenge', null), null)
    await place.ageWaiting(600)
    const fresh = newPending('sign-in', alice)
    await store.pending.begin(fresh, null)
    expect(await store.sessions.purge(10)).toBe(10)
    expect(await store.sessions.purge(1000)).toBe(100)
    expect(await store.sessions.purge(1000)).toBe(10)
    expect((await place.dump()).pending).toMatchObject([{ id: fresh.id }])
  })

  test('odd input finds nothing and breaks nothing', async ({ store }) => {
    for (const id of ['', '\0', '\ud800', "'; drop table pending; --", 'x'.repeat(100_000), randomId()]) {
      expect(await store.pending.take(id)).toBeUndefined()
      expect(await store.pending.find('reset', randomBytes(32), id)).toBeUndefined()
    }
  })
}

function requested(userId: string) {
  return { ...event('reset-requested', userId), sealed: 'a sealed token' }
}
