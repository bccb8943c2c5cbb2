import { expect } from '@playwright/test'
import { StoreUnavailable } from '../../contract.ts'
import { begin, type Dialect, isEnd, listen, NO_LIMIT, newSession, proofOf, test } from '../../testing.ts'

/** A database that is away is never an open door, and no reason for a restart. */
export function outage(dialect: Dialect): void {
  test('every call says that the store is unavailable, and works again when it is back', async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    await place.takeAway()
    const calls = [
      () => store.sessions.signOut(proofOf(session)),
      () => store.sessions.check(session.id),
      () => store.sessions.begin(newSession(alice), NO_LIMIT),
      () => store.users.find(alice),
      () => store.limiter({ name: 'x', attempts: 1, seconds: 1, blockSeconds: 1 }).take('k'),
      () => store.ping(),
    ]
    for (const call of calls) await expect(async () => call()).rejects.toThrow(StoreUnavailable)
    await place.bringBack()
    await expect.poll(async () => (await Promise.resolve(store.ping()).catch(() => 'away')) ?? 'back').toBe('back')
    expect(await store.sessions.check(session.id)).toMatchObject({ id: session.id })
    await store.sessions.signOut(proofOf(session))
    expect(await store.sessions.check(session.id)).toBeUndefined()
  })

  test('a table that is missing is an outage, and over when it is there again', { tag: '@v5.0.0-16.5.3' }, async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    await place.query('alter table sessions rename to lost')
    const calls = [
      () => store.sessions.check(session.id),
      () => store.sessions.list(alice),
      () => store.sessions.signOut(proofOf(session)),
      () => store.sessions.begin(newSession(alice), NO_LIMIT),
      () => store.ping(),
    ]
    for (const call of calls) await expect(async () => call()).rejects.toThrow(StoreUnavailable)
    await place.query('alter table lost rename to sessions')
    expect(await store.sessions.check(session.id)).toMatchObject({ id: session.id })
    await store.sessions.signOut(proofOf(session))
    expect(await store.sessions.check(session.id)).toBeUndefined()
  })

  test('changes are told again after an outage', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const { until } = listen(store)
    await place.takeAway()
    await expect(async () => store.ping()).rejects.toThrow(StoreUnavailable)
    await place.bringBack()
    const other = await place.peer()
    await other.call('sessions.signOut', proofOf(session))
    expect(await until(isEnd(session.id))).toMatchObject({ type: 'ended' })
  })

  test('the log tells when the database goes and when it comes back, and no secret', async ({ alice, place }) => {
    const lines: string[] = []
    const store = await place.open({ log: (message, details) => lines.push(JSON.stringify([message, details])) })
    const session = await begin(store, alice)
    await place.takeAway()
    for (let call = 0; call < 3; call++) {
      await expect(async () =>
        store.sessions.begin(newSession(alice, { digest: session.digest }), NO_LIMIT),
      ).rejects.toThrow()
    }
    await place.bringBack()
    await store.ping()
    expect(lines.filter((line) => line.includes('unavailable'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('again'))).toHaveLength(1)
    expect(lines.join()).not.toContain(session.digest.toString('hex'))
  })

  test('two processes that open a new database at once both get it', async ({ place }) => {
    const [a, b] = await Promise.all([place.peer(), place.peer()])
    expect(await a.call('ping')).toBeUndefined()
    expect(await b.call('ping')).toBeUndefined()
  })

  test('a closed store answers nothing', async ({ place }) => {
    const store = await place.open()
    await store.close()
    await expect(async () => store.sessions.check('a')).rejects.toThrow(StoreUnavailable)
  })

  test('the clock is the one that decides', async ({ store, alice }) => {
    const before = await store.clock()
    const { now } = await begin(store, alice)
    const after = await store.clock()
    expect(now.getTime()).toBeGreaterThanOrEqual(before.getTime())
    expect(now.getTime()).toBeLessThanOrEqual(after.getTime())
  })

  // Where there is no file, SQLite makes one.
  if (dialect === 'sqlite') return

  test('a store opens while its database is away', async ({ place, alice }) => {
    await place.takeAway()
    const store = await place.open()
    await expect(async () => store.users.find(alice)).rejects.toThrow(StoreUnavailable)
    await place.bringBack()
    expect(await store.users.find(alice)).toMatchObject({ id: alice })
  })
}
