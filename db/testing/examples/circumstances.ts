import { expect } from '@playwright/test'
import type { NewEvent } from '../../contract.ts'
import { begin, event, LOCKING, listen, MINUTE, proofOf, test } from '../../testing.ts'

const TABLET = {
  browser: 'Safari',
  os: 'iOS',
  kind: 'tablet',
  userAgent: 'iPad',
  ip: '192.0.2.7',
  place: 'Peru',
} as const

/** A session that goes on in other circumstances: the event and what is done about it are one step. */
export function circumstances(): void {
  test('what is noted is written down, and goes on under its token', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const changed = changedEvent(alice, session.id, 'noted')
    expect(await store.sessions.changeCircumstances(proofOf(session), TABLET, 'noted', changed)).toBe('done')
    expect(await store.sessions.find(session.id)).toMatchObject({ ...TABLET, lastActiveAt: session.lastActiveAt })
    expect(await store.sessions.check(session.id)).toMatchObject({ generation: 1, digest: session.digest })
    expect(await kindsOf()).toEqual(['circumstances-changed', 'signed-in', 'account-created'])
    expect(await store.outbox.waiting()).toMatchObject({ count: 0 })

    async function kindsOf() {
      const events = await store.events.list({ userId: alice, kinds: [], before: null, most: 9 })
      return events.map(({ kind }) => kind)
    }
  })

  test('a session is locked at once, and told by mail', { tag: '@v5.0.0-7.4.1' }, async ({ place, alice }) => {
    const store = await place.open(LOCKING)
    const session = await begin(store, alice)
    const { until } = listen(store)
    const changed = changedEvent(alice, session.id, 'locked')
    expect(await store.sessions.changeCircumstances(proofOf(session), TABLET, 'locked', changed)).toBe('done')
    expect(await until(({ type }) => type === 'locked')).toMatchObject({ sessionId: session.id })
    expect(await store.sessions.check(session.id)).toMatchObject({ lockedAt: expect.any(Date) })
    expect(await store.sessions.touch(proofOf(session), TABLET, 0)).toBe('session-over')
    expect(await store.sessions.find(session.id)).toMatchObject({ browser: 'Firefox' })
    expect(await store.outbox.claim(9, 60)).toMatchObject([{ event: { kind: 'circumstances-changed' } }])
    const idle = await store.events.list({ userId: alice, kinds: ['session-locked'], before: null, most: 9 })
    expect(idle, 'it was not inactivity').toEqual([])
  })

  for (const done of ['ended', 'locked'] as const) {
    test(`${done}: where nothing locks, the session ends`, { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
      const session = await begin(store, alice)
      const { until } = listen(store)
      const changed = changedEvent(alice, session.id, done)
      expect(await store.sessions.changeCircumstances(proofOf(session), TABLET, done, changed)).toBe('done')
      expect(await until(({ type }) => type === 'ended')).toMatchObject({ reason: 'circumstances' })
      expect(await store.sessions.check(session.id)).toBeUndefined()
      expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'circumstances', browser: 'Firefox' })
    })
  }

  test('a session that is over is not changed, and nothing is noted', async ({ store, place, alice }) => {
    const session = await begin(store, alice)
    await place.age(15 * MINUTE)
    const before = await place.dump()
    for (const done of ['noted', 'locked', 'ended'] as const) {
      const changed = changedEvent(alice, session.id, done)
      expect(await store.sessions.changeCircumstances(proofOf(session), TABLET, done, changed)).toBe('session-over')
    }
    expect(await place.dump()).toEqual(before)
  })
}

function changedEvent(userId: string, sessionId: string, done: string): NewEvent {
  return { ...event('circumstances-changed', userId), sessionId, detail: { signals: 'browser', done } }
}
