import { expect } from '@playwright/test'
import {
  begin,
  event,
  HOUR,
  LOCKING,
  linked,
  MINUTE,
  newArtifact,
  newGrant,
  proofOf,
  registered,
  signUp,
  test,
} from '../../testing.ts'
import { atOnce } from '../at-once.ts'

export function grants(): void {
  test('a grant is what the person consented to, in their session', { tag: '@v5.0.0-10.4.11' }, async ({
    store,
    alice,
  }) => {
    const session = await begin(store, alice)
    const wanted = newGrant(await registered(store), {
      scope: 'openid sessions:read',
      offline: true,
      methods: 'pwd otp',
    })
    const grant = await store.grants.begin(proofOf(session), wanted, event('app-linked', alice))
    const { lifetime, ...kept } = wanted
    const where = { userId: alice, sessionId: session.id, madeIn: session.id, epoch: 1 }
    expect(grant).toMatchObject({ ...kept, ...where })
    const check = await store.grants.check(wanted.id)
    expect(check?.grant).toEqual(grant)
    expect(check?.session).toMatchObject({ id: session.id, generation: 1, digest: session.digest })
    expect(check?.now).toBeInstanceOf(Date)
    const { expiresAt = new Date(0), createdAt = new Date(0) } = check?.grant ?? {}
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(lifetime * 1000)
    expect(await store.grants.list(alice)).toEqual([{ ...check?.grant, clientName: 'Notes' }])
    const [told] = await store.events.list({ userId: alice, kinds: ['app-linked'], before: null, most: 1 })
    expect(told).toBeDefined()
  })

  test('nothing is granted from a session that is over, nor to an unknown application', async ({
    store,
    alice,
    place,
  }) => {
    const session = await begin(store, alice)
    const clientId = await registered(store)
    const link = (id: string) => store.grants.begin(proofOf(session), newGrant(id), event('app-linked', alice))
    const before = await place.dump()
    expect(await link('unknown')).toBe('unknown-client')
    expect(await place.dump()).toEqual(before)
    await store.sessions.signOut(proofOf(session))
    const after = await place.dump()
    expect(await link(clientId)).toBe('session-over')
    expect(await place.dump()).toEqual(after)
  })

  test('a newer grant takes the place of an older one of its application and session, and of no other', async ({
    store,
    alice,
  }) => {
    const [session, elsewhere] = [await begin(store, alice), await begin(store, alice)]
    const clientId = await registered(store)
    const older = await linked(store, session, { clientId })
    const others = [await linked(store, session), await linked(store, elsewhere, { clientId })]
    const token = newArtifact('RefreshToken', { grantId: older.id })
    await store.artifacts.save(token)
    for (const { id: replaces } of [older, ...others]) await linked(store, session, { clientId, replaces })
    expect(await store.grants.check(older.id)).toBeUndefined()
    expect(await store.artifacts.find('RefreshToken', token.digest)).toBeUndefined()
    for (const { id } of others) expect(await store.grants.check(id)).toBeDefined()
    expect(await store.logouts.waiting()).toMatchObject({ count: 0 })
  })

  test('a grant that has run out is none, and its tokens with it', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const grant = await linked(store, session, { lifetime: HOUR, offline: true })
    const token = newArtifact('RefreshToken', { grantId: grant.id, lifetime: 9 * HOUR })
    await store.artifacts.save(token)
    await place.ageLinked(HOUR - 5)
    expect(await store.grants.check(grant.id)).toBeDefined()
    await place.ageLinked(5)
    expect(await store.grants.check(grant.id)).toBeUndefined()
    expect(await store.grants.list(alice)).toEqual([])
    expect(await store.artifacts.find('RefreshToken', token.digest)).toBeUndefined()
    expect(await store.artifacts.spend('RefreshToken', token.digest, 30)).toBe('unknown')
    expect(await store.artifacts.save(newArtifact('RefreshToken', { grantId: grant.id }))).toBe(false)
    expect(await store.grants.end(proofOf(session), grant.id, event('app-disconnected', alice))).toBe('not-found')
    expect(await store.grants.endAs(grant.id, event('app-token-reused', alice))).toBe(false)
  })

  test('disconnecting ends the grant and its tokens, and the relying party will be told', {
    tag: ['@v5.0.0-7.4.2', '@v5.0.0-10.7.3'],
  }, async ({ store, alice }) => {
    const [own, other] = [await begin(store, alice), await begin(store, alice)]
    const grant = await linked(store, other)
    const token = newArtifact('RefreshToken', { grantId: grant.id })
    await store.artifacts.save(token)
    const disconnected = { ...event('app-disconnected', alice), detail: { app: 'Notes' } }
    expect(await store.grants.end(proofOf(own), grant.id, disconnected)).toBe('ended')
    expect(await store.grants.check(grant.id)).toBeUndefined()
    expect(await store.artifacts.find('RefreshToken', token.digest)).toBeUndefined()
    const notice = { clientId: grant.clientId, uri: 'https://notes.example/logout', userId: alice, failures: 0 }
    expect(await store.logouts.claim(9, 60)).toMatchObject([{ ...notice, sessionId: other.id }])
    const kinds = ['app-disconnected'] as const
    expect(await store.events.list({ userId: alice, kinds, before: null, most: 9 })).toHaveLength(1)
    expect(await store.grants.end(proofOf(own), grant.id, disconnected)).toBe('not-found')
    expect(await store.sessions.check(other.id)).toBeDefined()
  })

  test('nobody disconnects what is somebody else’s', { tag: '@v5.0.0-8.2.2' }, async ({ store, alice, place }) => {
    const grant = await linked(store, await begin(store, alice))
    const mallory = await begin(store, await signUp(store))
    const before = await place.dump()
    const disconnected = event('app-disconnected', mallory.userId)
    expect(await store.grants.end(proofOf(mallory), grant.id, disconnected)).toBe('not-found')
    expect(await place.dump()).toEqual(before)
    await store.sessions.signOut(proofOf(mallory))
    expect(await store.grants.end(proofOf(mallory), grant.id, disconnected)).toBe('session-over')
  })

  test('a token that was used twice ends the grant without anybody’s session', { tag: '@v5.0.0-10.4.5' }, async ({
    store,
    alice,
  }) => {
    const session = await begin(store, alice)
    const grant = await linked(store, session, { offline: true })
    await store.sessions.signOut(proofOf(session))
    expect(await store.grants.endAs(grant.id, event('app-token-reused', alice))).toBe(true)
    expect(await store.grants.check(grant.id)).toBeUndefined()
    expect(await store.grants.endAs(grant.id, event('app-token-reused', alice))).toBe(false)
    const kinds = ['app-token-reused'] as const
    expect(await store.events.list({ userId: alice, kinds, before: null, most: 9 })).toHaveLength(1)
    expect((await store.outbox.claim(9, 60)).map(({ event: { kind } }) => kind)).toContain('app-token-reused')
  })

  test('of parallel ends one ends it, and one notice is written', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
    alice,
  }) => {
    const session = await begin(store, alice)
    const grant = await linked(store, session)
    const peer = await place.peer()
    const used = event('app-token-reused', alice)
    const answers = await atOnce(20, (index) =>
      index % 2 ? peer.call('grants.endAs', grant.id, used) : store.grants.endAs(grant.id, used),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await store.logouts.waiting()).toMatchObject({ count: 1 })
  })

  test('the last use is noted, now and then', async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const [first, second] = [await linked(store, session), await linked(store, session)]
    await place.ageLinked(MINUTE)
    await store.grants.used(second.id, 2 * MINUTE)
    const { lastUsedAt } = (await store.grants.check(second.id))?.grant ?? second
    expect(lastUsedAt.getTime()).toBe(second.lastUsedAt.getTime() - MINUTE * 1000)
    await store.grants.used(first.id, MINUTE)
    expect((await store.grants.list(alice)).map(({ id }) => id)).toEqual([first.id, second.id])
    const noted = (await store.grants.check(first.id))?.grant
    expect(noted?.lastUsedAt.getTime()).toBeGreaterThan(lastUsedAt.getTime())
    await store.grants.used('unknown', MINUTE)
  })

  test('using a token is no activity of its session', { tag: '@v5.0.0-7.3.1' }, async ({ store, alice, place }) => {
    const session = await begin(store, alice)
    const grant = await linked(store, session)
    await place.age(MINUTE, session.id)
    await place.ageLinked(MINUTE)
    const before = await store.sessions.check(session.id)
    await store.grants.used(grant.id, 1)
    await store.artifacts.save(newArtifact('RefreshToken', { grantId: grant.id }))
    expect((await store.sessions.check(session.id))?.lastActiveAt).toEqual(before?.lastActiveAt)
  })

  test('what hangs on a session that nobody uses is not listed as linked', async ({ alice, place, store }) => {
    const session = await begin(store, alice)
    const [bound, offline] = [await linked(store, session), await linked(store, session, { offline: true })]
    const locking = await place.open(LOCKING)
    expect(await locking.grants.list(alice)).toHaveLength(2)
    await place.age(15 * MINUTE, session.id)
    expect(await locking.grants.list(alice)).toMatchObject([{ id: offline.id }])
    // Its row says so to whoever judges the session of a token.
    const check = await locking.grants.check(bound.id)
    const times = check?.session
    expect(times && LOCKING.standing(times, check.now)).toBe('locked')
  })
}
