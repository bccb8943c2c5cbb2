import { expect } from '@playwright/test'
import { begin, MINUTE, proofOf, signUp, successorOf, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const CHROME = 'Chrome on Windows'

/** Whatever ends a session: its row is gone in the same step, and a record without any digest stays. */
export function ending(): void {
  test('sign-out ends the session, and again is no error', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    await store.sessions.signOut(proofOf(session))
    await store.sessions.signOut(proofOf(session))
    expect(await store.sessions.check(session.id)).toBeUndefined()
    expect(await store.sessions.find(session.id)).toBeUndefined()
    expect(await store.sessions.listEnded(alice, 10)).toHaveLength(1)
    expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'signed-out', browser: 'Firefox' })
  })

  test('a sign-out by a token that was retired meanwhile counts', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    alice,
  }) => {
    const session = await begin(store, alice)
    await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))
    await store.sessions.confirm(session.id, 2)
    await store.sessions.signOut(proofOf(session))
    expect(await store.sessions.check(session.id)).toBeUndefined()
  })

  test('nothing of a token is kept of an ended session', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    await store.sessions.signOut(proofOf(session))
    const kept = JSON.stringify([
      ...(await place.query('select * from sessions')),
      ...(await place.query('select * from ended_sessions')),
      ...(await place.query('select * from events')),
    ])
    expect(kept).toContain(session.id)
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      expect(kept).not.toContain(session.digest.toString(encoding))
    }
    expect(kept).not.toContain(JSON.stringify(session.digest))
  })

  test('one other session ends from here', { tag: '@v5.0.0-7.5.2' }, async ({ store, alice }) => {
    const [own, other] = [await begin(store, alice), await begin(store, alice)]
    expect(await store.sessions.end(proofOf(own), other.id, CHROME)).toBe('ended')
    expect(await store.sessions.check(other.id)).toBeUndefined()
    expect(await store.sessions.ended(other.id)).toMatchObject({ reason: 'signed-out-elsewhere', endedBy: CHROME })
    expect(await store.sessions.check(own.id)).toBeDefined()
  })

  test('unknown, foreign and ended sessions answer alike', { tag: '@v5.0.0-8.2.2' }, async ({
    store,
    alice,
    place,
  }) => {
    const proof = proofOf(await begin(store, alice))
    const foreign = await begin(store, await signUp(store))
    const gone = await begin(store, alice)
    const idle = await begin(store, alice)
    await store.sessions.end(proof, gone.id, null)
    await place.age(15 * MINUTE, idle.id)
    for (const id of ['unknown', foreign.id, gone.id, idle.id]) {
      expect(await store.sessions.rename(proof, id, 'Mine')).toBe('not-found')
      expect(await store.sessions.end(proof, id, null)).toBe('not-found')
    }
    expect(await store.sessions.find(foreign.id)).toMatchObject({ name: null })
  })

  test('the others end and this one stays', { tag: '@v5.0.0-7.4.3' }, async ({ store, alice }) => {
    const own = await begin(store, alice)
    const others = [await begin(store, alice), await begin(store, alice)]
    const foreign = await begin(store, await signUp(store))
    const ended = await store.sessions.endOthers(proofOf(own), CHROME)
    expect(ended === 'session-over' ? [] : ended.map(({ id }) => id).sort()).toEqual(others.map(({ id }) => id).sort())
    expect((await store.sessions.list(alice)).map(({ id }) => id)).toEqual([own.id])
    expect(await store.sessions.check(foreign.id)).toBeDefined()
  })

  test('all end, this one too', { tag: '@v5.0.0-7.4.3' }, async ({ store, alice }) => {
    const own = await begin(store, alice)
    await begin(store, alice)
    expect(await store.sessions.endAll(proofOf(own), CHROME)).toHaveLength(2)
    expect(await store.sessions.list(alice)).toEqual([])
    expect((await store.sessions.listEnded(alice, 10)).map(({ reason }) => reason)).toEqual([
      'signed-out-everywhere',
      'signed-out-everywhere',
    ])
  })

  test('a session that had run out is not counted as ended by a person', async ({ store, alice, place }) => {
    const [own, idle] = [await begin(store, alice), await begin(store, alice)]
    await place.age(15 * MINUTE, idle.id)
    expect(await store.sessions.endOthers(proofOf(own), CHROME)).toEqual([])
    expect(await store.sessions.ended(idle.id)).toMatchObject({ reason: 'idle', endedBy: null })
  })

  test('of fifty ends of one session at once, one ends it', async ({ store, alice, place }) => {
    const [own, target] = [proofOf(await begin(store, alice)), await begin(store, alice)]
    const other = await place.peer()
    const ends = await atOnce(50, (index) =>
      index % 2 ? other.call('sessions.end', own, target.id, CHROME) : store.sessions.end(own, target.id, CHROME),
    )
    expect(ends.filter((answer) => answer === 'ended')).toHaveLength(1)
    expect(await store.sessions.listEnded(alice, 10)).toHaveLength(1)
  })

  test('of two sessions that end each other at once, one is left', async ({ store, alice, place }) => {
    const other = await place.peer()
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await begin(store, alice), await begin(store, alice)]
      const answers = await Promise.all([
        store.sessions.end(proofOf(a), b.id, null),
        other.call('sessions.end', proofOf(b), a.id, null),
      ])
      expect(answers.sort()).toEqual(['ended', 'session-over'])
      await store.sessions.endForUser(alice, { endedBy: null })
    }
  })

  test('sign-out everywhere and a sign-in at once: the new session is ended or began after', async ({
    store,
    alice,
    place,
  }) => {
    const other = await place.peer()
    for (let round = 0; round < 10; round++) {
      const own = await begin(store, alice)
      const [ended] = await Promise.all([store.sessions.endAll(proofOf(own), null), begin(store, alice)])
      expect(ended).not.toBe('session-over')
      expect(await store.sessions.check(own.id)).toBeUndefined()
      expect((await store.sessions.list(alice)).length).toBeLessThanOrEqual(1)
      expect(await other.call('sessions.check', own.id)).toBeUndefined()
      await store.sessions.endForUser(alice, { endedBy: null })
    }
  })

  for (const reason of ['idle', 'expired'] as const) {
    test(`a session that is ${reason} ends as it was seen, unless somebody was active`, async ({
      store,
      alice,
      place,
    }) => {
      const session = await begin(store, alice)
      const proof = proofOf(session)
      await place.age(14 * MINUTE)
      const seen = (await store.sessions.check(session.id)) ?? never()
      await store.sessions.touch(proof, { ip: null, place: null }, 0)
      expect(await store.sessions.endAs(seen, reason)).toBe(false)
      const again = (await store.sessions.check(session.id)) ?? never()
      expect(await store.sessions.endAs(again, reason)).toBe(true)
      expect(await store.sessions.endAs(again, reason)).toBe(false)
      expect(await store.sessions.ended(session.id)).toMatchObject({ reason, endedBy: null })
    })
  }

  test('a replay ends the session whatever happened meanwhile, and is noted', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    alice,
  }) => {
    const seen = await begin(store, alice)
    await store.sessions.offer(seen.id, 1, successorOf(seen), new Date(0))
    await store.sessions.confirm(seen.id, 2)
    expect(await store.sessions.endAs(seen, 'replayed')).toBe(true)
    expect(await store.sessions.endAs(seen, 'replayed')).toBe(false)
    expect(await store.sessions.ended(seen.id)).toMatchObject({ reason: 'replayed' })
    const events = await store.events.list({ userId: alice, kinds: [], before: null, most: 2 })
    expect(events.map(({ kind }) => kind)).toEqual(['session-ended', 'session-replayed'])
    expect(events.every(({ sessionId }) => sessionId === seen.id)).toBe(true)
  })

  test('a session that an application ended says which', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    expect(await store.sessions.endAs(session, 'sign-out-one', 'the application Command line')).toBe(true)
    expect(await store.sessions.check(session.id)).toBeUndefined()
    const endedBy = 'the application Command line'
    expect(await store.sessions.ended(session.id)).toMatchObject({ reason: 'signed-out-elsewhere', endedBy })
  })

  test('an administrator ends one person’s sessions, or everybody’s', { tag: '@v5.0.0-7.4.5' }, async ({
    store,
    alice,
  }) => {
    const by = { endedBy: null, why: 'tokens may have leaked' }
    const bob = await signUp(store)
    for (const user of [alice, alice, bob]) await begin(store, user)
    expect(await store.sessions.endForUser(alice, by)).toBe(2)
    const [told] = await store.events.list({ userId: alice, kinds: ['session-ended'], before: null, most: 1 })
    expect(told?.detail).toEqual({ reason: 'administrator', why: by.why })
    expect(await store.sessions.list(bob)).toHaveLength(1)
    await begin(store, alice)
    expect(await store.sessions.endForEverybody(by)).toBe(2)
    expect([...(await store.sessions.list(alice)), ...(await store.sessions.list(bob))]).toEqual([])
  })

  test('an administrator ends one session by its id, if it is that person’s', { tag: '@v5.0.0-7.4.5' }, async ({
    store,
    alice,
  }) => {
    const [first, second] = [await begin(store, alice), await begin(store, alice)]
    const foreign = await begin(store, await signUp(store))
    for (const target of [foreign.id, 'unknown', '']) {
      expect(await store.sessions.endForUser(alice, { endedBy: null, target })).toBe(0)
    }
    expect(await store.sessions.endForUser(alice, { endedBy: null, target: first.id })).toBe(1)
    expect(await store.sessions.check(first.id)).toBeUndefined()
    for (const { id } of [second, foreign]) expect(await store.sessions.check(id)).toBeDefined()
  })

  test('another process finds a session ended at once', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice, place }) => {
    const [first, second] = [await begin(store, alice), await begin(store, alice)]
    const other = await place.peer()
    expect(await other.call('sessions.check', first.id)).toMatchObject({ id: first.id })
    await store.sessions.signOut(proofOf(first))
    expect(await other.call('sessions.check', first.id)).toBeUndefined()
    await other.call('sessions.signOut', proofOf(second))
    expect(await store.sessions.check(second.id)).toBeUndefined()
  })
}

function never(): never {
  throw new Error('the session should be there')
}
