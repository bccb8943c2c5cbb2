import { expect } from '@playwright/test'
import type { Store } from '../../contract.ts'
import { begin, DAY, type Dialect, event, HOUR, isEnd, listen, MINUTE, proofOf, test } from '../../testing.ts'

/** What is done by itself goes in small batches, and finds what it looks for by an index. */
export function housekeeping(): void {
  test('the sweep ends what has run out, and only that', { tag: '@v5.0.0-7.3.1' }, async ({ store, alice, place }) => {
    const [idle, expired, busy] = [await begin(store, alice), await begin(store, alice), await begin(store, alice)]
    const remembered = await begin(store, alice, { remembered: true })
    await place.age(15 * MINUTE, idle.id)
    await place.age(8 * HOUR, expired.id)
    await place.age(DAY, remembered.id)
    const { until } = listen(store)
    expect(await store.sessions.sweep(100)).toBe(2)
    expect(await until(isEnd(idle.id))).toMatchObject({ reason: 'idle' })
    expect(await until(isEnd(expired.id))).toMatchObject({ reason: 'expired' })
    expect((await store.sessions.list(alice)).map(({ id }) => id)).toEqual([busy.id, remembered.id])
    expect(await store.sessions.sweep(100)).toBe(0)
  })

  test('a remembered session ends in its own time', async ({ store, alice, place }) => {
    const { id } = await begin(store, alice, { remembered: true })
    await place.age(7 * DAY)
    expect(await store.sessions.sweep(100)).toBe(1)
    expect(await store.sessions.ended(id)).toMatchObject({ reason: 'idle' })
  })

  test('a sweep takes a batch, however much there is', async ({ store, alice, place }) => {
    for (let index = 0; index < 120; index++) await begin(store, alice)
    await place.age(15 * MINUTE)
    expect(await store.sessions.sweep(10)).toBe(10)
    expect(await store.sessions.sweep(1000)).toBe(100)
    expect(await store.sessions.sweep(1000)).toBe(10)
  })

  test('sessions that have run out are in no list', async ({ store, alice, place }) => {
    await begin(store, alice)
    await place.age(15 * MINUTE)
    expect(await store.sessions.list(alice)).toEqual([])
  })

  test('records are kept for 28 days and deleted in batches', async ({ store, alice, place }) => {
    const ids = await endedSessions(store, alice, 120)
    await place.ageRecords(28 * DAY - HOUR)
    expect(await store.sessions.purge(1000)).toBe(0)
    expect(await store.sessions.listEnded(alice, 200)).toHaveLength(120)
    await place.ageRecords(HOUR)
    expect(await store.sessions.listEnded(alice, 200)).toEqual([])
    expect(await store.sessions.ended(ids[0] ?? '')).toBeUndefined()
    expect(await store.sessions.purge(10)).toBe(10)
    expect(await store.sessions.purge(1000)).toBe(100)
    expect(await store.sessions.purge(1000)).toBe(10)
    expect(Number((await place.query('select count(*) as n from ended_sessions'))[0]?.n)).toBe(0)
  })

  test('events of nobody are kept for 28 days and deleted in batches, those of a person stay', async ({
    store,
    alice,
    place,
  }) => {
    for (let index = 0; index < 120; index++) await store.events.append(event('sign-in-failed', null))
    await endedSessions(store, alice, 5)
    const own = await store.events.list({ userId: alice, kinds: [], before: null, most: 50 })
    await place.ageRecords(28 * DAY - HOUR)
    expect(await store.sessions.purge(1000)).toBe(0)
    await place.ageRecords(HOUR)
    await store.events.append(event('sign-in-failed', null))
    expect(await store.sessions.purge(10)).toBe(10)
    expect(await store.sessions.purge(1000)).toBe(100)
    expect(await store.sessions.purge(1000)).toBe(15)
    const nobodys = await place.query('select count(*) as n from events where user_id is null')
    expect(Number(nobodys[0]?.n)).toBe(1)
    expect(await store.events.list({ userId: alice, kinds: [], before: null, most: 50 })).toHaveLength(own.length)
  })

  test('the record of an end is newest first, and no more than asked for', async ({ store, alice }) => {
    const ids = await endedSessions(store, alice, 5)
    expect((await store.sessions.listEnded(alice, 3)).map(({ id }) => id)).toEqual(ids.reverse().slice(0, 3))
  })

  for (const [what, statement, index] of PLANS) {
    test(`${what} goes by an index`, async ({ store, alice, place, dialect }) => {
      await begin(store, alice)
      // So small a table would be read whole; what counts is that an index serves the query.
      const explain = dialect === 'sqlite' ? 'explain query plan' : 'set enable_seqscan = off; explain'
      const plan = JSON.stringify(await place.query(`${explain} ${statement(dialect)}`))
      expect(plan).toContain(index[dialect])
      expect(plan).not.toMatch(/SCAN|Seq Scan/)
    })
  }
}

const never = (dialect: Dialect) => (dialect === 'sqlite' ? 'remembered = 0' : 'remembered = false')
const instant = (dialect: Dialect) => (dialect === 'sqlite' ? '0' : `'epoch'::timestamptz`)

const PLANS: [string, (dialect: Dialect) => string, Record<Dialect, string>][] = [
  [
    'the check',
    () => `select * from sessions where id = 'a'`,
    { sqlite: 'sqlite_autoindex_sessions_1', postgres: 'sessions_pkey' },
  ],
  [
    'the list',
    () => `select * from sessions where user_id = 'a'`,
    { sqlite: 'sessions_one_for_each_browser', postgres: 'sessions_one_for_each_browser' },
  ],
  [
    'the sweep by activity',
    (dialect) =>
      `select * from sessions where ${never(dialect)} and locked_at is null and last_active_at <= ${instant(dialect)} order by last_active_at limit 100`,
    { sqlite: 'sessions_by_activity', postgres: 'sessions_by_activity' },
  ],
  [
    'the sweep by age',
    (dialect) =>
      `select * from sessions where ${never(dialect)} and lifetime_from <= ${instant(dialect)} order by lifetime_from limit 100`,
    { sqlite: 'sessions_by_lifetime', postgres: 'sessions_by_lifetime' },
  ],
  [
    'the purge',
    (dialect) => `select seq from ended_sessions where ended_at <= ${instant(dialect)} order by ended_at limit 100`,
    { sqlite: 'ended_by_time', postgres: 'ended_by_time' },
  ],
  [
    'the purge of events of nobody',
    () => 'select seq, at from events where user_id is null order by user_id, seq limit 100',
    { sqlite: 'events_by_user', postgres: 'events_by_user' },
  ],
  [
    'an account’s events',
    () => `select * from events where user_id = 'a' and seq < 100 order by seq desc limit 20`,
    { sqlite: 'events_by_user', postgres: 'events_by_user' },
  ],
]

async function endedSessions(store: Store, userId: string, count: number): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const session = await begin(store, userId)
    await store.sessions.signOut(proofOf(session))
    ids.push(session.id)
  }
  return ids
}
