import { expect } from '@playwright/test'
import type { LogoutNotice, Store } from '../../contract.ts'
import { begin, linked, proofOf, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

export function logouts(): void {
  test('a notice says who is to be told of what', { tag: '@v5.0.0-7.6.1' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    const { clientId } = await linked(store, session)
    expect(await store.logouts.waiting()).toEqual({ count: 0, oldest: null })
    await store.sessions.signOut(proofOf(session))
    expect(await store.logouts.waiting()).toEqual({ count: 1, oldest: expect.any(Date) })
    const whose = { clientId, userId: alice, sessionId: session.id, uri: 'https://notes.example/logout' }
    const times = { id: expect.any(Number), failures: 0, createdAt: expect.any(Date) }
    expect(await store.logouts.claim(9, 60)).toEqual([{ ...whose, ...times }])
  })

  test('two processes that claim at once never get the same notice', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
    alice,
  }) => {
    await ended(store, alice, 30)
    const peer = await place.peer()
    const batches = await atOnce(20, (index) =>
      index % 2 ? peer.call('logouts.claim', 2, 60) : store.logouts.claim(2, 60),
    )
    const claimed = (batches as LogoutNotice[][]).flat()
    for (let round = 0; round < 5; round++) claimed.push(...(await store.logouts.claim(10, 60)))
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(30)
    expect(claimed).toHaveLength(30)
  })

  test('what was claimed by a sender that is gone comes up again when the lease is over', async ({
    store,
    place,
    alice,
  }) => {
    await ended(store, alice, 1)
    const [notice] = await store.logouts.claim(9, 60)
    await place.ageLinked(55)
    expect(await store.logouts.claim(9, 60)).toEqual([])
    await place.ageLinked(5)
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ id: notice?.id, failures: 0 }])
  })

  test('who was told is done, who could not be told is told later or given up', async ({ store, place, alice }) => {
    await ended(store, alice, 3)
    const [told, failed, hopeless] = (await store.logouts.claim(9, 60)).map(({ id }) => id)
    await store.logouts.sent(told ?? 0)
    await store.logouts.failed(failed ?? 0, 300)
    await store.logouts.failed(hopeless ?? 0, null)
    expect(await store.logouts.waiting()).toMatchObject({ count: 1 })
    await place.ageLinked(295)
    expect(await store.logouts.claim(9, 60)).toEqual([])
    await place.ageLinked(5)
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ id: failed, failures: 1 }])
  })

  test('the oldest is told first, and no more than asked for', async ({ store, place, alice }) => {
    const order: string[] = []
    for (let index = 0; index < 3; index++) {
      order.push(...(await ended(store, alice, 1)))
      await place.ageLinked(1)
    }
    expect((await store.logouts.claim(2, 60)).map(({ sessionId }) => sessionId)).toEqual(order.slice(0, 2))
    expect((await store.logouts.claim(2, 60)).map(({ sessionId }) => sessionId)).toEqual(order.slice(2))
  })
}

/** Sessions that have ended, each with one application to be told. */
async function ended(store: Store, userId: string, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const session = await begin(store, userId)
    await linked(store, session)
    await store.sessions.signOut(proofOf(session))
    ids.push(session.id)
  }
  return ids
}
