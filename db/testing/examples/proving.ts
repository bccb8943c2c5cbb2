import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { RecentProof, SessionCheck, Store } from '../../contract.ts'
import { begin, event, HOUR, MINUTE, proofOf, signUp, successorOf, test } from '../../testing.ts'

const NOWHERE = { ip: null, place: null }

/** The row decides again when an act is written: whoever acts by a proof may find that the session is over. */
export function proving(): void {
  test('no act by proof changes anything once the session is over', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    alice,
  }) => {
    const other = await begin(store, alice)
    const session = await begin(store, alice)
    const proof = proofOf(session)
    await store.sessions.endForUser(alice, { endedBy: null })
    await begin(store, alice, { id: `${other.id}-later` })
    const before = await trace(store, alice)
    for (const act of Object.values(acts(store, proof, `${other.id}-later`))) expect(await act()).toBe('session-over')
    await store.sessions.signOut(proof)
    expect(await trace(store, alice)).toEqual(before)
  })

  for (const [what, seconds] of [
    ['inactivity', 15 * MINUTE],
    ['age', 8 * HOUR],
  ] as const) {
    test(`no act by proof changes anything once ${what} has ended the session`, async ({ store, alice, place }) => {
      const other = await begin(store, alice)
      const session = await begin(store, alice)
      await place.age(seconds, session.id)
      const before = await trace(store, alice)
      for (const act of Object.values(acts(store, proofOf(session), other.id))) expect(await act()).toBe('session-over')
      expect(await trace(store, alice)).toEqual(before)
    })
  }

  test('a proof is worthless for another user or another session', async ({ store, alice }) => {
    const session = await begin(store, alice)
    const foreign = proofOf({ ...session, userId: await signUp(store) })
    const unknown = proofOf({ ...session, id: 'unknown' })
    for (const proof of [foreign, unknown]) {
      for (const act of Object.values(acts(store, proof, session.id))) expect(await act()).toBe('session-over')
      await store.sessions.signOut(proof)
    }
    expect(await store.sessions.check(session.id)).toMatchObject({ generation: 1 })
  })

  test('a timed renewal between proof and act does not fail the act', async ({ store, alice }) => {
    const session = await begin(store, alice)
    await renewed(store, session)
    expect(await store.sessions.touch(proofOf(session), NOWHERE, 0)).toBe('noted')
    expect(await store.sessions.endOthers(proofOf(session), null)).toEqual([])
  })

  test('a token that was retired by a renewal is good for no proof after the grace', async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    const check = await renewed(store, session)
    const late = new Date(check.now.getTime() + 31_000)
    expect(await store.sessions.touch(proofOf({ ...session, now: late }), NOWHERE, 0)).toBe('session-over')
    await place.age(MINUTE)
    const { now } = (await store.sessions.check(session.id)) ?? check
    expect(await store.sessions.touch(proofOf({ ...session, now }), NOWHERE, 0)).toBe('session-over')
  })

  test('an authentication retires every proof before it', { tag: '@v5.0.0-7.2.4' }, async ({ store, alice }) => {
    const session = await begin(store, alice)
    const older = proofOf(session)
    const next = await reauthenticate(store, older)
    if (typeof next === 'string') throw new Error(next)
    expect(next).toMatchObject({
      generation: 2,
      predecessor: { generation: 1, digest: null, retiredBy: 'authentication' },
    })
    for (const act of Object.values(acts(store, older, session.id))) expect(await act()).toBe('session-over')
    expect(await store.sessions.touch(proofOf(next), NOWHERE, 0)).toBe('noted')
  })

  test('a step-up moves inactivity, a full authentication the lifetime too', { tag: '@v5.0.0-7.3.2' }, async ({
    store,
    alice,
    place,
  }) => {
    const { id } = await begin(store, alice)
    await place.age(10 * MINUTE)
    const before = await store.sessions.check(id)
    const stepped = await reauthenticate(store, proofOf(before ?? never()), false)
    if (typeof stepped === 'string') throw new Error(stepped)
    expect(stepped.lifetimeFrom).toEqual(before?.lifetimeFrom)
    expect(stepped.lastActiveAt.getTime()).toBeGreaterThan(before?.lastActiveAt.getTime() ?? 0)
    const full = await reauthenticate(store, proofOf(stepped), true)
    if (typeof full === 'string') throw new Error(full)
    expect(full.lifetimeFrom).toEqual(full.lastActiveAt)
    expect(full.beganAt).toEqual(before?.beganAt)
  })

  test('only the present token can be exchanged, and only once', { tag: '@v5.0.0-7.2.4' }, async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    const other = await place.peer()
    const check = await renewed(store, session)
    expect(await reauthenticate(store, proofOf(session))).toBe('superseded')
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        reauthenticate(store, proofOf(check), true, index % 2 ? other : undefined),
      ),
    )
    expect(answers.filter((answer) => typeof answer !== 'string')).toHaveLength(1)
  })

  test('an offer under way bars the exchange: the browser could end up with either', async ({ store, alice }) => {
    const session = await begin(store, alice)
    await store.sessions.offer(session.id, session.generation, successorOf(session), new Date(0))
    expect(await reauthenticate(store, proofOf(session))).toBe('superseded')
    expect((await store.sessions.check(session.id))?.generation).toBe(session.generation)
  })

  test('factors that were shown at once are noted at once, under one new token', { tag: '@v5.0.0-7.5.1' }, async ({
    store,
    alice,
  }) => {
    const session = await begin(store, alice)
    const next = await reauthenticate(store, proofOf(session), true, undefined, 'pwd otp')
    if (typeof next === 'string') return never()
    expect(next.authentications.map(({ method }) => method)).toEqual(['pwd', 'otp'])
    expect(next.authentications.map(({ at }) => at)).toEqual([next.now, next.now])
    expect(next.generation).toBe(session.generation + 1)
  })

  test('the newest proof of each method is kept, and no more than eight', async ({ store, alice }) => {
    let session = await begin(store, alice)
    for (const method of ['otp', 'pwd', 'a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      const next = await reauthenticate(store, proofOf(session), false, undefined, method)
      if (typeof next !== 'string') session = next
    }
    const { authentications } = (await store.sessions.check(session.id)) ?? never()
    expect(authentications.map(({ method }) => method)).toEqual(['pwd', 'a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  test('activity is noted when it is due, with where it came from', { tag: '@v5.0.0-7.3.1' }, async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    const origin = { ip: '198.51.100.7', place: 'France' }
    expect(await store.sessions.touch(proofOf(session), origin, MINUTE)).toBe('not-due')
    await place.age(MINUTE)
    expect(await store.sessions.touch(proofOf(session), origin, MINUTE)).toBe('noted')
    expect(await store.sessions.touch(proofOf(session), origin, MINUTE)).toBe('not-due')
    expect(await store.sessions.touch(proofOf(session), origin, 0)).toBe('noted')
    expect(await store.sessions.find(session.id)).toMatchObject(origin)
  })

  test('a minute between two clocks changes no decision', async ({ alice, place, store }) => {
    const behind = await place.open({ clock: () => new Date(Date.now() - 60_000) })
    const session = await begin(store, alice)
    const check = (await behind.sessions.check(session.id)) ?? never()
    expect(await behind.sessions.touch(proofOf(check), NOWHERE, 0)).toBe('noted')
    expect((await store.sessions.check(session.id))?.lastActiveAt.getTime()).toBeGreaterThanOrEqual(
      session.lastActiveAt.getTime(),
    )
    expect(await behind.sessions.list(alice)).toHaveLength(1)
    expect(await behind.sessions.sweep(100)).toBe(0)
  })
}

/** All that a proof opens. Each is refused in the same word. */
function acts(store: Store, proof: RecentProof, other: string) {
  return {
    touch: () => store.sessions.touch(proof, NOWHERE, 0),
    reauthenticate: () => reauthenticate(store, proof),
    end: () => store.sessions.end(proof, other, null),
    endOthers: () => store.sessions.endOthers(proof, null),
    endAll: () => store.sessions.endAll(proof, null),
    rename: () => store.sessions.rename(proof, other, 'Kitchen'),
    renameUser: () => store.users.rename(proof, 'Mallory', event('profile-changed', proof.userId)),
  }
}

async function trace(store: Store, userId: string) {
  const events = await store.events.list({ userId, kinds: [], before: null, most: 100 })
  return { events, user: await store.users.find(userId), sessions: await store.sessions.list(userId) }
}

async function renewed(store: Store, session: SessionCheck): Promise<SessionCheck> {
  await store.sessions.offer(session.id, session.generation, successorOf(session), new Date(0))
  await store.sessions.confirm(session.id, session.generation + 1)
  return (await store.sessions.check(session.id)) ?? never()
}

async function reauthenticate(
  store: Store,
  proof: RecentProof,
  full = true,
  other?: { call(method: string, ...args: unknown[]): Promise<unknown> },
  method = 'pwd',
): Promise<SessionCheck | 'session-over' | 'superseded'> {
  const args = [proof, randomBytes(32), method, full, event('reauthenticated', proof.userId)] as const
  if (other)
    return (await other.call('sessions.reauthenticate', ...args)) as SessionCheck | 'session-over' | 'superseded'
  return store.sessions.reauthenticate(...args)
}

function never(): never {
  throw new Error('the session should be there')
}
