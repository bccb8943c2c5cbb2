import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { SessionCheck, Store } from '../../contract.ts'
import {
  begin,
  byPerson,
  DAY,
  event,
  HOUR,
  LOCKING,
  listen,
  MINUTE,
  NO_LIMIT,
  newSession,
  proofOf,
  randomId,
  signUp,
  successorOf,
  test,
} from '../../testing.ts'
import { atOnce } from '../at-once.ts'
import type { Place } from '../place.ts'

/** A session that inactivity locks (level 2): half a session, which nothing but the unlock step opens. */
export function locking(): void {
  test('a lock is told to whoever listens on another connection, late listeners too', { tag: '@v5.0.0-7.3.1' }, async ({
    place,
    alice,
  }) => {
    const [here, there] = [await place.open(LOCKING), await place.open(LOCKING)]
    const session = await begin(here, alice)
    const heard = listen(there)
    await place.age(15 * MINUTE, session.id)
    expect(await here.sessions.lock((await here.sessions.check(session.id)) ?? session)).toBe(true)
    await heard.until((change) => change.type === 'locked' && change.sessionId === session.id)
    heard.stop()
  })

  test('a locked session opens nothing, is listed, and is told', { tag: '@v5.0.0-7.3.1' }, async ({ place, alice }) => {
    const { store, session } = await lockable(place, alice)
    const { until } = listen(store)
    expect(await store.sessions.lock(session), 'active').toBe(false)
    const seen = await inactive(store, place, session)
    expect(await store.sessions.lock(seen)).toBe(true)
    expect(await store.sessions.lock(seen), 'again').toBe(false)
    expect(await until(({ type }) => type === 'locked')).toMatchObject({ sessionId: session.id })
    expect(await store.sessions.check(session.id)).toMatchObject({ lockedAt: expect.any(Date) })
    expect(await store.sessions.list(alice)).toMatchObject([{ id: session.id, lockedAt: expect.any(Date) }])
    expect(await store.sessions.touch(proofOf(session), { ip: null, place: null }, 0)).toBe('session-over')
    expect(await store.sessions.endAll(proofOf(session), null)).toBe('session-over')
    expect(await store.users.rename(proofOf(session), 'Mallory', event('profile-changed', alice))).toBe('session-over')
    expect(await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))).toBeUndefined()
    const removed = { kind: 'totp-removed', endOthers: true } as const
    expect(await store.users.change(byPerson(session), removed, event('totp-removed', alice))).toEqual({
      outcome: 'session-over',
    })
    const [noted] = await store.events.list({ userId: alice, kinds: ['session-locked'], before: null, most: 9 })
    expect(noted).toMatchObject({ sessionId: session.id })
  })

  test('a session in which somebody was active meanwhile is not locked', async ({ place, alice }) => {
    const { store, session } = await lockable(place, alice)
    await place.age(14 * MINUTE)
    const seen = (await store.sessions.check(session.id)) ?? never()
    await store.sessions.touch(proofOf(session), { ip: null, place: null }, 0)
    await place.age(15 * MINUTE)
    expect(await store.sessions.lock(seen)).toBe(false)
  })

  test('sign-out ends a locked session', { tag: '@v5.0.0-7.4.1' }, async ({ place, alice }) => {
    const { store, session } = await locked(place, alice)
    await store.sessions.signOut(proofOf(session))
    expect(await store.sessions.check(session.id)).toBeUndefined()
    expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'signed-out' })
  })

  test('one factor opens it again, under a new token, and moves no lifetime', {
    tag: ['@v5.0.0-7.3.1', '@v5.0.0-7.2.4'],
  }, async ({ place, alice }) => {
    const { store, session } = await locked(place, alice)
    const digest = randomBytes(32)
    const opened = await store.sessions.unlock(session.id, 1, by(alice, digest), unlocked(alice, session.id))
    expect(await store.sessions.find(session.id)).toMatchObject(TABLET)
    expect(opened).toMatchObject({ generation: 2, lockedAt: null, lifetimeFrom: session.lifetimeFrom })
    expect(opened?.digest.equals(digest)).toBe(true)
    expect(opened?.authentications.map(({ method }) => method)).toEqual(['pwd'])
    expect(await store.sessions.touch(proofOf(session), { ip: null, place: null }, 0)).toBe('session-over')
    expect(await store.sessions.touch(proofOf(opened ?? never()), { ip: null, place: null }, 0)).toBe('noted')
    const events = await store.events.list({ userId: alice, kinds: ['session-unlocked'], before: null, most: 9 })
    expect(events).toHaveLength(1)
  })

  for (const [which, generation] of [
    ['the token before a successor that nobody has shown', 1],
    ['that successor', 2],
  ] as const) {
    test(`${which} opens it, and neither counts afterwards`, { tag: ['@v5.0.0-7.2.4', '@v5.0.0-7.3.1'] }, async ({
      place,
      alice,
    }) => {
      const { store, session } = await lockable(place, alice)
      expect(await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))).toMatchObject({
        generation: 2,
      })
      expect(await store.sessions.lock(await inactive(store, place, session))).toBe(true)
      const shown = by(alice, randomBytes(32))
      const opened = await store.sessions.unlock(session.id, generation, shown, unlocked(alice, session.id))
      const retired = { digest: null, retiredBy: 'authentication' }
      expect(opened).toMatchObject({ generation: 3, successor: null, predecessor: retired, lockedAt: null })
      for (const old of [1, 2]) {
        expect(await store.sessions.touch(proofOf(session, old), { ip: null, place: null }, 0)).toBe('session-over')
      }
    })
  }

  const refused: [string, (store: Store, place: Place, session: SessionCheck) => unknown, Partial<Unlock>][] = [
    ['by somebody else', async (store) => ({ userId: await signUp(store) }), {}],
    ['by an older token', () => ({}), { generation: 0 }],
    ['by a token that was never made', () => ({}), { generation: 2 }],
    ['with a factor from before a change', () => ({}), { securityVersion: 0 }],
    ['past its lifetime', (_, place) => place.age(8 * HOUR), {}],
    [
      'when the account is disabled',
      (_, place, { userId }) => place.query(`update users set disabled_at = created_at where id = '${userId}'`),
      {},
    ],
    ['when it has ended', (store, _, session) => store.sessions.signOut(proofOf(session)), {}],
  ]
  for (const [how, spoil, other] of refused) {
    test(`${how}, nothing is unlocked`, { tag: '@v5.0.0-7.3.2' }, async ({ place, alice }) => {
      const { store, session } = await locked(place, alice)
      const told = await spoil(store, place, session)
      const userId = (told as { userId?: string } | undefined)?.userId ?? alice
      const before = await place.dump()
      const { generation, securityVersion } = { generation: 1, securityVersion: 1, ...other }
      const shown = { ...by(userId, randomBytes(32)), securityVersion }
      expect(await store.sessions.unlock(session.id, generation, shown, unlocked(alice, session.id))).toBeUndefined()
      expect(await place.dump()).toEqual(before)
    })
  }

  test('an open session is not unlocked, nor one that there is not', async ({ place, alice }) => {
    const { store, session } = await lockable(place, alice)
    const args = [1, by(alice, randomBytes(32)), unlocked(alice, session.id)] as const
    expect(await store.sessions.unlock(session.id, ...args)).toBeUndefined()
    expect(await store.sessions.unlock(randomId(), ...args)).toBeUndefined()
    expect(await store.sessions.check(session.id)).toMatchObject({ generation: 1 })
  })

  test('of twenty that unlock at once, one does', { tag: '@v5.0.0-15.4.2' }, async ({ place, alice }) => {
    const { store, session } = await locked(place, alice)
    const opened = await atOnce(20, () =>
      store.sessions.unlock(session.id, 1, by(alice, randomBytes(32)), unlocked(alice, session.id)),
    )
    expect(opened.filter(Boolean)).toHaveLength(1)
    expect(await store.sessions.check(session.id)).toMatchObject({ generation: 2 })
  })

  test('locked sessions count to no limit, and are evicted by nobody', { tag: '@v5.0.0-7.1.2' }, async ({
    place,
    alice,
  }) => {
    const { store, session } = await locked(place, alice)
    const one = { most: 1, action: 'refuse' } as const
    expect(await store.sessions.begin(newSession(alice), one)).toMatchObject({ outcome: 'begun', endedByLimit: 0 })
    expect(await store.sessions.check(session.id)).toBeDefined()
    expect(await store.sessions.begin(newSession(alice), one)).toEqual({ outcome: 'limit-reached' })
  })

  test('the sweep locks what is inactive, once, and ends what is expired', { tag: '@v5.0.0-7.3.2' }, async ({
    place,
    alice,
  }) => {
    const { store, session } = await lockable(place, alice)
    const other = await begin(store, alice)
    await place.age(15 * MINUTE, session.id)
    expect(await store.sessions.sweep(100)).toBe(1)
    expect(await store.sessions.check(session.id)).toMatchObject({ lockedAt: expect.any(Date) })
    expect(await store.sessions.check(other.id)).toMatchObject({ lockedAt: null })
    expect(await store.sessions.sweep(100)).toBe(0)
    await place.age(8 * HOUR, session.id)
    expect(await store.sessions.sweep(100)).toBe(1)
    expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'expired' })
  })

  test('however many are locked, the sweep gets to those behind them', { tag: '@v5.0.0-7.3.1' }, async ({
    place,
    alice,
  }) => {
    const { store } = await lockable(place, alice)
    for (let index = 0; index < 30; index++) await begin(store, alice)
    await place.age(7 * HOUR)
    expect(await swept(store, 10)).toBe(31)
    const late = await begin(store, alice)
    await place.age(20 * MINUTE, late.id)
    expect(await store.sessions.sweep(10)).toBe(1)
    expect(await store.sessions.check(late.id)).toMatchObject({ lockedAt: expect.any(Date) })
    const expired = await begin(store, alice)
    await place.age(DAY, expired.id)
    expect(await store.sessions.sweep(10)).toBe(1)
    expect(await store.sessions.ended(expired.id)).toMatchObject({ reason: 'expired' })
  })

  test('a session of an earlier epoch is over: looked at, acted from, and left', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-7.4.5'],
  }, async ({ place, alice }) => {
    let epoch = 1
    const store = await place.open({ epoch: () => epoch })
    const session = await begin(store, alice)
    epoch = 2
    expect(await store.sessions.check(session.id)).toMatchObject({ epoch: 1 })
    expect(await store.sessions.list(alice)).toEqual([])
    const before = await place.dump()
    expect(await store.sessions.touch(proofOf(session), { ip: null, place: null }, 0)).toBe('session-over')
    expect(await store.sessions.endOthers(proofOf(session), null)).toBe('session-over')
    expect(await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))).toBeUndefined()
    const again = await store.sessions.reauthenticate(
      proofOf(session),
      randomBytes(32),
      'pwd',
      true,
      event('reauthenticated', alice),
    )
    expect(again).toBe('session-over')
    const removed = { kind: 'totp-removed', endOthers: true } as const
    expect(await store.users.change(byPerson(session), removed, event('totp-removed', alice))).toEqual({
      outcome: 'session-over',
    })
    expect(await place.dump()).toEqual(before)
    const one = { most: 1, action: 'refuse' } as const
    expect(await store.sessions.begin(newSession(alice, { epoch: 2 }), one)).toMatchObject({ outcome: 'begun' })
    expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'epoch' })
  })

  test('nothing begins in an epoch that is over', { tag: '@v5.0.0-7.4.1' }, async ({ place, alice }) => {
    const store = await place.open({ epoch: () => 2 })
    expect(await store.sessions.begin(newSession(alice, { epoch: 1 }), NO_LIMIT)).toEqual({ outcome: 'refused' })
    expect(await store.sessions.begin(newSession(alice, { epoch: 2 }), NO_LIMIT)).toMatchObject({ outcome: 'begun' })
  })

  test('a locked session of an earlier epoch is not unlocked', { tag: '@v5.0.0-7.4.1' }, async ({ place, alice }) => {
    let epoch = 1
    const { store, session } = await locked(place, alice, () => epoch)
    epoch = 2
    const shown = by(alice, randomBytes(32))
    expect(await store.sessions.unlock(session.id, 1, shown, unlocked(alice, session.id))).toBeUndefined()
  })

  test('the number of ends never falls, though their records are deleted', async ({ place, store, alice }) => {
    const { id, lastEnd } = await store.state()
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(lastEnd).toBe(0)
    for (let index = 1; index <= 5; index++) {
      await store.sessions.signOut(proofOf(await begin(store, alice)))
      expect(await store.state()).toEqual({ id, lastEnd: index, lastRecord: index })
    }
    await place.ageRecords(28 * DAY)
    expect(await store.sessions.purge(100)).toBe(5)
    expect(await store.state()).toEqual({ id, lastEnd: 5, lastRecord: 0 })
    expect(await (await place.open()).state()).toEqual({ id, lastEnd: 5, lastRecord: 0 })
    await store.sessions.signOut(proofOf(await begin(store, alice)))
    expect(await store.state()).toEqual({ id, lastEnd: 6, lastRecord: 6 })
  })
}

interface Unlock {
  readonly generation: number
  readonly securityVersion: number
}

async function lockable(place: Place, userId: string, epoch = () => 1) {
  const store = await place.open({ ...LOCKING, epoch })
  return { store, session: await begin(store, userId) }
}

async function locked(place: Place, userId: string, epoch?: () => number) {
  const { store, session } = await lockable(place, userId, epoch)
  expect(await store.sessions.lock(await inactive(store, place, session))).toBe(true)
  return { store, session: (await store.sessions.check(session.id)) ?? never() }
}

async function inactive(store: Store, place: Place, { id }: SessionCheck): Promise<SessionCheck> {
  await place.age(15 * MINUTE, id)
  return (await store.sessions.check(id)) ?? never()
}

const TABLET = {
  browser: 'Safari',
  os: 'iOS',
  kind: 'tablet',
  userAgent: 'iPad',
  ip: '192.0.2.7',
  place: 'Peru',
} as const

function by(userId: string, digest: Buffer) {
  return { userId, method: 'pwd', digest, securityVersion: 1, limit: NO_LIMIT, in: TABLET }
}

function unlocked(userId: string, sessionId: string) {
  return { ...event('session-unlocked', userId), sessionId }
}

/** As housekeeping does it: until a batch is not full. */
async function swept(store: Store, batch: number): Promise<number> {
  for (let total = 0, rounds = 0; ; rounds++) {
    const done = await store.sessions.sweep(batch)
    total += done
    if (done < batch || rounds > 20) return total
  }
}

function never(): never {
  throw new Error('it should be there')
}
