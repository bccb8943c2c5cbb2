import { expect } from '@playwright/test'
import { begin, type Dialect, isEnd, listen, MINUTE, NO_LIMIT, newSession, proofOf, test } from '../../testing.ts'

const NOWHERE = { ip: null, place: null }

/** Open pages learn of a change within a second, wherever it was made, and once. */
export function watching(dialect: Dialect): void {
  test('an end is told once, after it was committed', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice, place }) => {
    const sessions = [await begin(store, alice), await begin(store, alice)]
    const elsewhere = await place.open()
    const seen: unknown[] = []
    store.sessions.watch(async ({ type, sessionId }) => {
      if (type === 'ended') seen.push(await elsewhere.sessions.check(sessionId))
    })
    const { heard, until } = listen(store)
    for (const session of sessions) await store.sessions.signOut(proofOf(session))
    for (const { id } of sessions) await until(isEnd(id))
    const ends = heard.filter(({ type }) => type === 'ended')
    // Once each; which comes first is not promised.
    expect(ends.map(({ sessionId }) => sessionId).sort()).toEqual(sessions.map(({ id }) => id).sort())
    expect(ends[0]).toMatchObject({ type: 'ended', reason: 'signed-out', at: expect.any(Date) })
    await expect.poll(() => seen).toEqual([undefined, undefined])
  })

  test('every session that one step ends is told', async ({ store, alice }) => {
    const [own, other] = [await begin(store, alice), await begin(store, alice)]
    const { until } = listen(store)
    await store.sessions.endAll(proofOf(own), null)
    for (const { id } of [own, other]) {
      expect(await until(isEnd(id))).toMatchObject({ reason: 'signed-out-everywhere' })
    }
  })

  test('activity and re-authentication move the timeouts', async ({ store, alice }) => {
    const [a, b] = [await begin(store, alice), await begin(store, alice)]
    const { until } = listen(store)
    await store.sessions.touch(proofOf(a), NOWHERE, 0)
    await until((change) => change.type === 'timeouts' && change.sessionId === a.id)
    const event = {
      kind: 'reauthenticated',
      userId: alice,
      sessionId: b.id,
      device: null,
      ...NOWHERE,
      detail: {},
    } as const
    await store.sessions.reauthenticate(proofOf(b), newSession(alice).digest, 'pwd', true, event)
    await until((change) => change.type === 'timeouts' && change.sessionId === b.id)
  })

  test('what another process does is told here, and what is done here, there', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    alice,
    place,
  }) => {
    const [a, b, c] = [await begin(store, alice), await begin(store, alice), await begin(store, alice)]
    const other = await place.peer()
    const { heard, until } = listen(store)
    await other.call('sessions.signOut', proofOf(a))
    expect(await until(isEnd(a.id))).toMatchObject({ reason: 'signed-out' })
    const there = other.change(isEnd(b.id))
    await store.sessions.signOut(proofOf(b))
    expect(await there).toMatchObject({ type: 'ended', reason: 'signed-out' })
    await other.call('sessions.touch', proofOf(c), NOWHERE, 0)
    await until((change) => change.type === 'timeouts' && change.sessionId === c.id)
    expect(heard.filter(({ type }) => type === 'ended')).toHaveLength(2)
  })

  test('a sign-in that was refused tells nothing', async ({ store, alice }) => {
    const own = await begin(store, alice)
    const { heard, until } = listen(store)
    await store.sessions.begin(newSession(alice), { most: 1, action: 'refuse' })
    await store.sessions.signOut(proofOf(own))
    await until(isEnd(own.id))
    expect(heard.filter(({ type }) => type === 'ended')).toHaveLength(1)
  })

  test('who stops listening hears nothing more; a listener that fails disturbs no other', async ({ store, alice }) => {
    const [a, b] = [await begin(store, alice), await begin(store, alice)]
    const early = listen(store)
    store.sessions.watch(() => {
      throw new Error('a listener’s own fault')
    })
    const late = listen(store)
    await store.sessions.signOut(proofOf(a))
    await Promise.all([early.until(isEnd(a.id)), late.until(isEnd(a.id))])
    early.stop()
    await store.sessions.signOut(proofOf(b))
    await late.until(isEnd(b.id))
    expect(early.heard.some(isEnd(b.id))).toBe(false)
  })

  test('what ended before somebody listened is not told', async ({ store, alice, place }) => {
    const [a, b] = [await begin(store, alice), await begin(store, alice)]
    await store.sessions.signOut(proofOf(a))
    await place.ageRecords(MINUTE)
    const { heard, until } = listen(store)
    await store.sessions.signOut(proofOf(b))
    await until(isEnd(b.id))
    expect(heard.some(({ type, sessionId }) => type === 'ended' && sessionId === a.id)).toBe(false)
  })

  test('ends are told of sessions of many people at once', async ({ store, alice }) => {
    for (let index = 0; index < 20; index++) await store.sessions.begin(newSession(alice), NO_LIMIT)
    const { heard, until } = listen(store)
    const last = await begin(store, alice)
    await store.sessions.endForEverybody({ endedBy: null })
    await until(isEnd(last.id))
    const ends = () => heard.filter(({ type }) => type === 'ended').map(({ sessionId }) => sessionId)
    await expect.poll(() => new Set(ends()).size).toBe(21)
    expect(ends()).toHaveLength(21)
  })

  // SQLite has no connection that could be cut.
  if (dialect === 'sqlite') return

  test('what ended while the listening connection was cut is told once', async ({ store, alice, place }) => {
    const sessions = await Promise.all([begin(store, alice), begin(store, alice), begin(store, alice)])
    const [before, during, after] = sessions
    const other = await place.open()
    const { heard, until } = listen(store)
    await other.sessions.signOut(proofOf(before))
    await until(isEnd(before.id))
    await place.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%'`)
    await other.sessions.signOut(proofOf(during))
    await until(isEnd(during.id))
    await other.sessions.signOut(proofOf(after))
    await until(isEnd(after.id))
    const ends = heard.filter(({ type }) => type === 'ended')
    expect(ends.map(({ sessionId }) => sessionId)).toEqual(sessions.map(({ id }) => id))
  })
}
