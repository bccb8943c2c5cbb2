import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import { begin, event, MINUTE, proofOf, successorOf, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const LONG_AGO = new Date(0)

/** A token is offered, shown, and retires the one before it. Every step is a compare-and-set. */
export function renewal(): void {
  test('an offered token changes nothing until it is shown', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const successor = successorOf(session)
    expect(await store.sessions.offer(session.id, 1, successor, LONG_AGO)).toMatchObject({ generation: 2 })
    const check = await store.sessions.check(session.id)
    expect(check).toMatchObject({ generation: 1, predecessor: null, successor: { generation: 2 } })
    expect(check?.successor?.wrapped.equals(successor.wrapped)).toBe(true)
  })

  test('a token that was shown takes the place of the one before', { tag: '@v5.0.0-7.2.4' }, async ({
    store,
    alice,
  }) => {
    const session = await begin(store, alice)
    const successor = successorOf(session)
    await store.sessions.offer(session.id, 1, successor, LONG_AGO)
    expect(await store.sessions.confirm(session.id, 2)).toBe(true)
    const check = await store.sessions.check(session.id)
    expect(check).toMatchObject({ generation: 2, successor: null })
    expect(check?.digest.equals(successor.digest)).toBe(true)
    expect(check?.predecessor).toMatchObject({ generation: 1, retiredBy: 'renewal', retiredAt: check?.renewedAt })
    expect(check?.predecessor?.digest?.equals(session.digest)).toBe(true)
  })

  test('a renewal moves no limit', { tag: '@v5.0.0-7.3.2' }, async ({ store, alice, place }) => {
    const { id } = await begin(store, alice)
    await place.age(5 * MINUTE)
    const before = await store.sessions.check(id)
    await store.sessions.offer(id, 1, successorOf(before ?? never()), LONG_AGO)
    await store.sessions.confirm(id, 2)
    const { lastActiveAt, lifetimeFrom } = before ?? never()
    expect(await store.sessions.check(id)).toMatchObject({ lastActiveAt, lifetimeFrom })
  })

  test('fifty requests at once are offered one and the same token', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const offers = await atOnce(50, () => store.sessions.offer(session.id, 1, successorOf(session), LONG_AGO))
    expect(new Set(offers.map((offer) => offer?.digest.toString('hex'))).size).toBe(1)
  })

  test('of fifty requests at once that show it, one confirms it', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const other = await place.peer()
    await store.sessions.offer(session.id, 1, successorOf(session), LONG_AGO)
    const confirmed = await atOnce(50, (index) =>
      index % 2 ? other.call('sessions.confirm', session.id, 2) : store.sessions.confirm(session.id, 2),
    )
    expect(confirmed.filter(Boolean)).toHaveLength(1)
  })

  test('an offer that lapsed gives way to a newer one, and can no longer be confirmed', async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    await store.sessions.offer(session.id, 1, successorOf(session, 2), LONG_AGO)
    const young = await store.sessions.offer(session.id, 1, successorOf(session, 3), LONG_AGO)
    expect(young?.generation).toBe(2)
    await place.age(MINUTE)
    const { now } = (await store.sessions.check(session.id)) ?? never()
    const lapsedBefore = new Date(now.getTime() - 30_000)
    const next = await store.sessions.offer(session.id, 1, successorOf(session, 3), lapsedBefore)
    expect(next?.generation).toBe(3)
    expect(await store.sessions.confirm(session.id, 2)).toBe(false)
    expect(await store.sessions.confirm(session.id, 3)).toBe(true)
  })

  test('a generation is never handed out twice', async ({ store, alice }) => {
    const session = await begin(store, alice)
    await store.sessions.offer(session.id, 1, successorOf(session, 5), LONG_AGO)
    const future = new Date(Date.now() + 60 * 60_000)
    const same = await store.sessions.offer(session.id, 1, successorOf(session, 5), future)
    expect(same?.digest.equals((await store.sessions.check(session.id))?.successor?.digest ?? Buffer.alloc(0))).toBe(
      true,
    )
    await store.sessions.confirm(session.id, 5)
    const check = (await store.sessions.check(session.id)) ?? never()
    const renewed = await store.sessions.reauthenticate(
      proofOf(check),
      randomBytes(32),
      'pwd',
      true,
      event('reauthenticated', alice),
    )
    expect(renewed).toMatchObject({ generation: 6 })
  })

  test('a retired or unknown token is offered nothing', async ({ store, alice }) => {
    const session = await begin(store, alice)
    await store.sessions.offer(session.id, 1, successorOf(session), LONG_AGO)
    await store.sessions.confirm(session.id, 2)
    expect(await store.sessions.offer(session.id, 1, successorOf(session, 3), LONG_AGO)).toBeUndefined()
    expect(await store.sessions.offer('unknown', 1, successorOf(session), LONG_AGO)).toBeUndefined()
    expect(await store.sessions.confirm(session.id, 2)).toBe(false)
  })

  test('sign-out beats a renewal in flight', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice, place }) => {
    const other = await place.peer()
    for (let round = 0; round < 20; round++) {
      const session = await begin(store, alice)
      await store.sessions.offer(session.id, 1, successorOf(session), LONG_AGO)
      await Promise.all([
        other.call('sessions.confirm', session.id, 2),
        store.sessions.signOut(proofOf(session)),
        other.call('sessions.offer', session.id, 2, successorOf(session, 3), LONG_AGO),
      ])
      expect(await store.sessions.check(session.id)).toBeUndefined()
      expect(await store.sessions.confirm(session.id, 2)).toBe(false)
    }
  })
}

function never(): never {
  throw new Error('the session should be there')
}
