import { expect } from '@playwright/test'
import type { LogoutNotice, Store } from '../../contract.ts'
import { begin, linked, proofOf, registered, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

export function logouts(): void {
  test('a notice says who is to be told of what', { tag: '@v5.0.0-7.6.1' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    const { clientId } = await linked(store, session)
    expect(await store.logouts.waiting()).toEqual({ count: 0, oldest: null })
    await store.sessions.signOut(proofOf(session))
    expect(await store.logouts.waiting()).toEqual({ count: 1, oldest: expect.any(Date) })
    const whose = { clientId, userId: alice, sessionId: session.id, uri: 'https://notes.example/logout' }
    const times = { id: expect.any(Number), failures: 0, refusals: 0, createdAt: expect.any(Date) }
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
    await store.logouts.failed(failed ?? 0, 300, false)
    await store.logouts.failed(hopeless ?? 0, null, true)
    expect(await store.logouts.waiting()).toMatchObject({ count: 1 })
    await place.ageLinked(295)
    expect(await store.logouts.claim(9, 60)).toEqual([])
    await place.ageLinked(5)
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ id: failed, failures: 1 }])
  })

  test('only a no counts as one', async ({ store, place, alice }) => {
    await ended(store, alice, 1)
    const [{ id } = { id: 0 }] = await store.logouts.claim(9, 60)
    for (const refused of [false, true, false, true]) await store.logouts.failed(id, 0, refused)
    await place.ageLinked(1)
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ id, failures: 4, refusals: 2 }])
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

  test('a long line lets others in, and a full one is left out', { tag: '@v5.0.0-7.6.1' }, async ({
    store,
    place,
    alice,
  }) => {
    const [slow, quick] = ['https://slow.example/logout', 'https://quick.example/logout']
    const first = await ended(store, alice, 6, slow)
    await place.ageLinked(1)
    const [last] = await ended(store, alice, 1, quick)
    const whose = (notices: readonly LogoutNotice[]) => notices.map(({ sessionId }) => sessionId)
    // Six were there before, and of these no more than two are taken.
    expect(whose(await store.logouts.claim(3, 60, { most: 2, full: [] }))).toEqual([...first.slice(0, 2), last])
    expect(whose(await store.logouts.claim(1, 60, { most: 2, full: [] }))).toEqual(first.slice(2, 3))
    expect(await store.logouts.claim(9, 60, { most: 2, full: [quick, slow] })).toEqual([])
    expect(whose(await store.logouts.claim(9, 60, { most: 9, full: [quick] }))).toEqual(first.slice(3))
  })

  test('two processes that claim short lines at once never get the same notice', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
    alice,
  }) => {
    await ended(store, alice, 20)
    const peer = await place.peer()
    const line = { most: 2, full: [] }
    const batches = await atOnce(10, (index) =>
      index % 2 ? peer.call('logouts.claim', 9, 60, line) : store.logouts.claim(9, 60, line),
    )
    const claimed = (batches as LogoutNotice[][]).flat()
    for (let round = 0; round < 10; round++) claimed.push(...(await store.logouts.claim(9, 60, line)))
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(20)
    expect(claimed).toHaveLength(20)
  })
}

/** Sessions that have ended, each with one application to be told. */
async function ended(store: Store, userId: string, count: number, uri?: string): Promise<string[]> {
  const clientId = uri === undefined ? undefined : await registered(store, { backchannelLogoutUri: uri })
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const session = await begin(store, userId)
    await linked(store, session, clientId === undefined ? {} : { clientId })
    await store.sessions.signOut(proofOf(session))
    ids.push(session.id)
  }
  return ids
}
