import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { Federation, NewIdentity, SignedOutElsewhere, Store } from '../../contract.ts'
import {
  begin,
  byPerson,
  event,
  HOUR,
  NO_LIMIT,
  newPending,
  newSession,
  proofOf,
  randomId,
  signUp,
  test,
} from '../../testing.ts'
import { atOnce } from '../at-once.ts'
import { LOCKING } from '../rules.ts'

const ISSUER = 'https://login.example.org'
const AT = new Date('2026-01-01T12:00:00Z')
const later = (seconds: number) => new Date(AT.getTime() + seconds * 1000)

function newIdentity(other: Partial<NewIdentity> = {}): NewIdentity {
  return { id: randomId(), issuer: ISSUER, subject: randomId(), label: 'alice@example.org', ...other }
}

function federation(other: Partial<Federation> = {}): Federation {
  const lifetimeFrom = new Date(Date.now() - HOUR * 1000)
  return { issuer: ISSUER, subject: 'alice', sid: 'one', sealed: 'sealed', issuedAt: AT, lifetimeFrom, ...other }
}

/** A session that rests on a provider's word. */
function resting(store: Store, userId: string, other: Partial<Federation> = {}) {
  return begin(store, userId, { federation: federation(other) })
}

/** By a token that has not come before. */
function by(what: Omit<SignedOutElsewhere, 'token'>): SignedOutElsewhere {
  return { ...what, token: { id: randomId(), lifetime: HOUR } }
}

async function link(store: Store, userId: string, identity: NewIdentity) {
  const { securityVersion = 1 } = (await store.users.find(userId)) ?? {}
  const by = byPerson(await begin(store, userId, { securityVersion }))
  return store.users.change(
    by,
    { kind: 'identity-linked', identity, endOthers: false },
    event('identity-linked', userId),
  )
}

async function unlink(store: Store, userId: string, id: string) {
  const { securityVersion = 1 } = (await store.users.find(userId)) ?? {}
  const by = byPerson(await begin(store, userId, { securityVersion }))
  return store.users.change(by, { kind: 'identity-unlinked', id, endOthers: false }, event('identity-unlinked', userId))
}

/** Accounts elsewhere that open an account here, and sessions that rest on them. */
export function identities(): void {
  test('a new account that only an account elsewhere opens', async ({ store }) => {
    const [id, identity] = [randomId(), newIdentity()]
    const made = await store.identities.create(
      { id, name: 'Alice', email: 'alice@example.org' },
      identity,
      event('account-created', id),
    )
    expect(made).toMatchObject({ id, passwordHash: null, securityVersion: 1 })
    expect(await store.identities.find(ISSUER, identity.subject)).toMatchObject({ ...identity, userId: id })
    expect(await store.identities.find('https://other.example.org', identity.subject)).toBeUndefined()
    expect(await store.users.factors(id)).toMatchObject({ password: false, identities: 1 })
    expect(await store.events.list({ userId: id, kinds: [], before: null, most: 9 })).toHaveLength(1)
  })

  test('an address that has an account makes no other one, and links nothing', { tag: '@v5.0.0-10.5.2' }, async ({
    store,
    place,
  }) => {
    await signUp(store, 'alice@example.org')
    const before = await place.dump()
    const user = { id: randomId(), name: 'Alice', email: 'alice@example.org' }
    const made = await store.identities.create(user, newIdentity(), event('account-created', user.id))
    expect(made).toBe('email-taken')
    expect(await place.dump()).toEqual(before)
  })

  test('of twenty who come with one account elsewhere at once, one makes an account', {
    tag: '@v5.0.0-15.4.2',
  }, async ({ store, place }) => {
    const peer = await place.peer()
    const made = await atOnce(20, (index) => {
      const user = { id: randomId(), name: 'Alice', email: `${randomId()}@example.org` }
      const identity = newIdentity({ subject: 'same' })
      const given = [user, identity, event('account-created', user.id)] as const
      return index % 2 ? peer.call('identities.create', ...given) : store.identities.create(...given)
    })
    expect(made.filter((one) => one === 'identity-taken')).toHaveLength(19)
  })

  test('what opens one account is linked to no other one', async ({ store, alice }) => {
    const identity = newIdentity()
    expect(await link(store, alice, identity)).toMatchObject({ outcome: 'changed' })
    const bob = await signUp(store)
    expect(await link(store, bob, { ...identity, id: randomId() })).toEqual({ outcome: 'identity-taken' })
    expect(await store.identities.list(bob)).toEqual([])
    expect(await store.identities.list(alice)).toMatchObject([{ ...identity, userId: alice, lastUsedAt: null }])
    await store.identities.used(identity.id)
    expect((await store.identities.list(alice))[0]?.lastUsedAt).toBeInstanceOf(Date)
  })

  test('the last way in stays; another one may go, and nobody else’s', async ({ store, alice }) => {
    const [id, identity] = [randomId(), newIdentity()]
    await store.identities.create({ id, name: 'Bob', email: 'bob@example.org' }, identity, event('account-created', id))
    expect(await unlink(store, id, identity.id)).toEqual({ outcome: 'last-identity' })
    expect(await unlink(store, alice, identity.id)).toEqual({ outcome: 'not-found' })
    const second = newIdentity()
    await link(store, id, second)
    expect(await unlink(store, id, identity.id)).toMatchObject({ outcome: 'changed' })
    expect(await store.identities.list(id)).toMatchObject([{ id: second.id }])
  })

  test('with an account goes what opened it, and it may open another one', async ({ store, alice }) => {
    const identity = newIdentity()
    await link(store, alice, identity)
    await store.users.change(
      { by: 'shell', userId: alice },
      { kind: 'account-deleted' },
      event('account-deleted', alice),
    )
    expect(await store.identities.find(ISSUER, identity.subject)).toBeUndefined()
    expect(await link(store, await signUp(store), identity)).toMatchObject({ outcome: 'changed' })
  })

  test('the lifetime counts from what the session rests on, never from later than now', {
    tag: '@v5.0.0-7.1.3',
  }, async ({ store, alice }) => {
    const { lifetimeFrom } = federation()
    const session = await resting(store, alice, { lifetimeFrom })
    expect((await store.sessions.check(session.id))?.lifetimeFrom).toEqual(lifetimeFrom)
    const future = await resting(store, alice, { lifetimeFrom: new Date(Date.now() + HOUR * 1000) })
    expect((await store.sessions.check(future.id))?.lifetimeFrom).toEqual(future.beganAt)
  })

  test('a session goes on resting on what its person has shown last', async ({ store, alice }) => {
    const session = await resting(store, alice)
    expect(await store.identities.federation(session.id)).toEqual({
      issuer: ISSUER,
      subject: 'alice',
      sid: 'one',
      sealed: 'sealed',
      issuedAt: AT,
    })
    const newer = federation({ sid: 'two', issuedAt: later(60), sealed: 'newer' })
    const shown = event('reauthenticated', alice)
    await store.sessions.reauthenticate(proofOf(session), Buffer.alloc(32, 1), 'fed', true, shown, newer)
    expect(await store.identities.federation(session.id)).toMatchObject({ sid: 'two', sealed: 'newer' })
    expect((await store.sessions.check(session.id))?.lifetimeFrom).toEqual(newer.lifetimeFrom)
    expect(await store.identities.federation((await begin(store, alice)).id)).toBeUndefined()
  })

  test('a full proof at a provider lasts as long as that lets it, whatever the session rests on', {
    tag: ['@v5.0.0-7.1.3', '@v5.0.0-7.3.2'],
  }, async ({ store, alice }) => {
    const { lifetimeFrom } = federation()
    const shown = event('reauthenticated', alice)
    const other = { issuer: 'https://other.example.org' }
    for (const session of [await begin(store, alice), await resting(store, alice, other)]) {
      const before = await store.identities.federation(session.id)
      const limit = { lifetimeFrom }
      await store.sessions.reauthenticate(proofOf(session), randomBytes(32), 'fed', true, shown, limit)
      expect((await store.sessions.check(session.id))?.lifetimeFrom).toEqual(lifetimeFrom)
      expect(await store.identities.federation(session.id)).toEqual(before)
    }
  })

  test('the word of a provider that moves no lifetime may still cut it short', { tag: '@v5.0.0-7.1.3' }, async ({
    store,
    alice,
  }) => {
    const shorter = federation({ lifetimeFrom: new Date(Date.now() - 2 * HOUR * 1000) })
    const longer = federation({ lifetimeFrom: new Date() })
    const shown = event('reauthenticated', alice)
    let session = await resting(store, alice)
    const before = session.lifetimeFrom
    for (const [given, counts] of [
      [longer, before],
      [shorter, shorter.lifetimeFrom],
    ] as const) {
      const next = await store.sessions.reauthenticate(proofOf(session), randomBytes(32), 'fed', false, shown, given)
      if (typeof next === 'string') throw new Error(next)
      session = next
      expect(session.lifetimeFrom).toEqual(counts)
    }
  })

  test('whom a provider signs out is out, of exactly the sessions that rest on it', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    alice,
  }) => {
    const bob = await signUp(store)
    const one = await resting(store, alice)
    const two = await resting(store, alice, { sid: 'two' })
    const other = await resting(store, alice, { issuer: 'https://other.example.org' })
    const bobs = await resting(store, bob, { subject: 'bob', sid: 'one' })
    const own = await begin(store, alice)
    const isOver = async ({ id }: { readonly id: string }) => (await store.sessions.check(id)) === undefined
    const over = () => Promise.all([one, two, other, bobs, own].map(isOver))

    const sid = { issuer: ISSUER, subject: 'alice', sid: 'one', issuedAt: later(1) }
    expect(await store.identities.signedOutElsewhere(by(sid))).toBe(1)
    expect(await over()).toEqual([true, false, false, false, false])
    expect((await store.sessions.ended(one.id))?.reason).toBe('provider')
    expect(await store.identities.federation(one.id)).toBeUndefined()
    expect(await store.identities.signedOutElsewhere(by({ ...sid, subject: null }))).toBe(1)
    expect(await over()).toEqual([true, false, false, true, false])
    expect(await store.identities.signedOutElsewhere(by({ ...sid, sid: null }))).toBe(1)
    expect(await over()).toEqual([true, true, false, true, false])
    expect(await store.identities.signedOutElsewhere(by(sid))).toBe(0)
  })

  test('what was issued after a sign-out is not ended by it', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
    const session = await resting(store, alice, { issuedAt: later(1) })
    const whom = { issuer: ISSUER, subject: 'alice', sid: null }
    expect(await store.identities.signedOutElsewhere(by({ ...whom, issuedAt: AT }))).toBe(0)
    expect(await store.sessions.check(session.id)).toBeDefined()
    expect(await store.identities.signedOutElsewhere(by({ ...whom, issuedAt: later(1) }))).toBe(1)
  })

  test('a sign-out that comes before the session which it means leaves it no beginning', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-10.5.5'],
  }, async ({ store, alice }) => {
    const tries = async (other: Partial<Federation> = {}) => {
      const wanted = newSession(alice, { federation: federation(other) })
      return (await store.sessions.begin(wanted, NO_LIMIT)).outcome
    }
    const session = { issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) }
    await store.identities.signedOutElsewhere(by(session))
    expect(await tries()).toBe('refused')
    expect(await tries({ issuedAt: later(2) }), 'a newer answer').toBe('begun')
    expect(await tries({ sid: 'two' }), 'another session there').toBe('begun')
    expect(await tries({ issuer: 'https://other.example.org' })).toBe('begun')

    const person = { ...session, subject: 'alice', sid: null, issuedAt: later(5) }
    await store.identities.signedOutElsewhere(by(person))
    expect(await tries({ sid: 'three', issuedAt: later(5) })).toBe('refused')
    expect(await tries({ sid: null, issuedAt: later(4) })).toBe('refused')
    await store.identities.signedOutElsewhere(by({ ...person, issuedAt: later(3) }))
    expect(await tries({ issuedAt: later(4) }), 'an older sign-out that comes late takes nothing back').toBe('refused')
    await store.identities.signedOutElsewhere(by({ ...session, subject: 'bob', sid: 'four' }))
    expect(await tries({ sid: 'four', issuedAt: later(6) }), 'somebody else there').toBe('begun')
    const both = { ...session, subject: 'alice', sid: 'five', issuedAt: later(7) }
    await store.identities.signedOutElsewhere(by(both))
    expect(await tries({ sid: 'five', issuedAt: later(7) })).toBe('refused')
  })

  test('that sign-out is still known when everybody’s sessions have ended', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-7.4.5'],
  }, async ({ store, alice }) => {
    const sid = { issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) }
    await store.identities.signedOutElsewhere(by(sid))
    await store.sessions.endForEverybody({ endedBy: null })
    const { securityVersion = 1 } = (await store.users.find(alice)) ?? {}
    const wanted = (other: Partial<Federation>) => newSession(alice, { securityVersion, federation: federation(other) })
    expect((await store.sessions.begin(wanted({}), NO_LIMIT)).outcome).toBe('refused')
    expect((await store.sessions.begin(wanted({ sid: 'two' }), NO_LIMIT)).outcome, 'for no other reason').toBe('begun')
  })

  test('nor does it lengthen one, or open one that is locked', { tag: '@v5.0.0-7.4.1' }, async ({
    store,
    place,
    alice,
  }) => {
    const own = await begin(store, alice)
    await store.identities.signedOutElsewhere(by({ issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) }))
    const proof = proofOf(own)
    const reauthentication = [randomBytes(32), 'fed', true, event('reauthenticated', alice), federation()] as const
    expect(await store.sessions.reauthenticate(proof, ...reauthentication)).toBe('session-over')
    expect(await store.identities.federation(own.id)).toBeUndefined()

    await place.age(901, own.id)
    const level2 = await place.open(LOCKING)
    const seen = await level2.sessions.check(own.id)
    expect(seen && (await level2.sessions.lock(seen))).toBe(true)
    const unlocking = {
      userId: alice,
      securityVersion: 1,
      digest: randomBytes(32),
      method: 'fed',
      in: { browser: null, os: null, kind: 'tablet', userAgent: null, ip: null, place: null } as const,
      limit: NO_LIMIT,
      federation: federation(),
    }
    expect(await level2.sessions.unlock(own.id, 1, unlocking, event('session-unlocked', alice))).toBeUndefined()
  })

  test('sign-outs and beginnings at once leave no session', { tag: ['@v5.0.0-15.4.2', '@v5.0.0-7.4.1'] }, async ({
    store,
    place,
    alice,
  }) => {
    const peer = await place.peer()
    for (const round of Array.from({ length: 8 }, (_, index) => index)) {
      const sid = `round ${round}`
      const what = by({ issuer: ISSUER, subject: null, sid, issuedAt: later(1) })
      const wanted = () => newSession(alice, { federation: federation({ sid }) })
      await atOnce(10, (index) =>
        index === 5 ? peer.call('identities.signedOutElsewhere', what) : store.sessions.begin(wanted(), NO_LIMIT),
      )
    }
    expect(await store.sessions.list(alice)).toEqual([])
  })

  test('what puts somebody out, or locks their session, is remembered; what runs out is not', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-7.6.2'],
  }, async ({ store, place, alice }) => {
    const [here, elsewhere] = [randomBytes(32), randomBytes(32)]
    const since = async (browser = here) => (await store.identities.askedAnewSince(alice, browser))?.getTime() ?? null
    await store.sessions.signOut(proofOf(await begin(store, alice)))
    await begin(store, alice)
    await store.sessions.begin(newSession(alice), { most: 1, action: 'end-oldest' })
    expect(await since()).toBeNull()

    const locked = await begin(store, alice, { browserDigest: here })
    await place.age(901, locked.id)
    const level2 = await place.open(LOCKING)
    expect(await level2.sessions.lock((await store.sessions.check(locked.id)) ?? locked)).toBe(true)
    expect(await since()).toBe((await store.sessions.check(locked.id))?.lockedAt?.getTime())
    expect(await since(elsewhere), 'a lock is a matter of its browser').toBeNull()

    const [own, other] = [await begin(store, alice), await begin(store, alice)]
    await store.sessions.end(proofOf(own), other.id, null)
    const end = (await store.sessions.ended(other.id))?.endedAt.getTime()
    expect(await since(elsewhere)).toBe(end)
    await store.sessions.signOut(proofOf(own))
    expect(await since(elsewhere), 'what comes later asks for no less').toBe(end)

    const change = { kind: 'password-changed', passwordHash: 'new', endOthers: false } as const
    const by = byPerson(await begin(store, alice))
    expect(await store.users.change(by, change, event('password-changed', alice))).toMatchObject({ ended: 0 })
    expect(await since(elsewhere)).toBeGreaterThan(end ?? 0)
    expect(await store.identities.askedAnewSince(await signUp(store), here)).toBeNull()
  })

  test('a token signs out once, and of twenty at once one', { tag: ['@v5.0.0-10.5.5', '@v5.0.0-15.4.2'] }, async ({
    store,
    place,
    alice,
  }) => {
    const peer = await place.peer()
    const session = await resting(store, alice)
    const what = by({ issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) })
    const done = await atOnce(20, (index) =>
      index % 2 ? peer.call('identities.signedOutElsewhere', what) : store.identities.signedOutElsewhere(what),
    )
    expect(done.filter((one) => one === 'again')).toHaveLength(19)
    expect(await store.sessions.check(session.id)).toBeUndefined()
    const next = await resting(store, alice, { issuedAt: later(2) })
    expect(await store.identities.signedOutElsewhere(what)).toBe('again')
    expect(await store.sessions.check(next.id)).toBeDefined()
    // Another provider may call its own the same.
    expect(await store.identities.signedOutElsewhere({ ...what, issuer: 'https://other.example.org' })).toBe(0)
  })

  test('a token whose sessions could not be ended is not used up', { tag: '@v5.0.0-16.5.3' }, async ({
    store,
    place,
    alice,
  }) => {
    const session = await resting(store, alice)
    const what = by({ issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) })
    await place.query('alter table ended_sessions rename to away')
    await expect(async () => store.identities.signedOutElsewhere(what)).rejects.toThrow()
    await place.query('alter table away rename to ended_sessions')
    expect(await store.sessions.check(session.id)).toBeDefined()
    expect(await store.identities.signedOutElsewhere(what)).toBe(1)
  })

  test('half a sign-in from there goes with it, and no other half', async ({ store, alice }) => {
    const half = (sid: string, issuedAt = AT) => {
      const detail = { issuer: ISSUER, subject: 'alice', sid, issuedAt: issuedAt.toISOString() }
      return store.pending.begin(newPending('sign-in', alice, { detail }), null)
    }
    const [gone, other, newer] = [await half('one'), await half('two'), await half('one', later(60))]
    const own = await store.pending.begin(newPending('sign-in', alice), null)
    await store.identities.signedOutElsewhere(by({ issuer: ISSUER, subject: null, sid: 'one', issuedAt: later(1) }))
    const left = await Promise.all([gone, other, newer, own].map(({ id }) => store.pending.take(id)))
    expect(left.map((one) => one !== undefined)).toEqual([false, true, true, true])
  })

  test('a session that another one has to make room for takes with it what it rested on', async ({ store, alice }) => {
    const session = await resting(store, alice)
    await store.sessions.begin(newSession(alice), { most: 1, action: 'end-oldest' })
    expect(await store.identities.federation(session.id)).toBeUndefined()
  })
}
