import { expect } from '@playwright/test'
import { begin, event, proofOf, randomId, signUp, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const LIMITS = { name: 'sign-in', attempts: 5, seconds: 60, blockSeconds: 120 }

/** People, their events, and counted attempts. */
export function keeping(): void {
  test('an address has one account, whoever asks first', async ({ store, place }) => {
    const other = await place.peer()
    const email = 'alice@example.org'
    const created = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const id = randomId()
        const args = [{ id, name: 'Alice', email, passwordHash: 'hash' }, event('account-created', id)] as const
        return index % 2 ? other.call('users.create', ...args) : store.users.create(...args)
      }),
    )
    expect(created.filter((answer) => answer !== 'email-taken')).toHaveLength(1)
    const user = await store.users.findByEmail(email)
    expect(user).toMatchObject({ name: 'Alice', administrator: false, createdAt: expect.any(Date) })
    expect(await store.users.find(user?.id ?? '')).toEqual(user)
    expect(await store.users.find('unknown')).toBeUndefined()
    expect(Number((await place.query('select count(*) as n from events'))[0]?.n)).toBe(1)
  })

  test('a password hash is replaced only while it is the one that was verified', async ({ store, alice }) => {
    await store.users.rehash(alice, 'hash', 'newer')
    await store.users.rehash(alice, 'hash', 'stale')
    expect(await store.users.find(alice)).toMatchObject({ passwordHash: 'newer' })
  })

  test('a person and a session are renamed by proof, and it is noted', async ({ store, alice }) => {
    const session = await begin(store, alice)
    expect(await store.users.rename(proofOf(session), 'Alice B.', event('profile-changed', alice))).toBe('renamed')
    expect(await store.sessions.rename(proofOf(session), session.id, 'Kitchen')).toBe('renamed')
    expect(await store.users.find(alice)).toMatchObject({ name: 'Alice B.' })
    expect(await store.sessions.find(session.id)).toMatchObject({ name: 'Kitchen' })
    const events = await store.events.list({
      userId: alice,
      kinds: ['session-renamed', 'profile-changed'],
      before: null,
      most: 9,
    })
    expect(events.map(({ kind, detail }) => [kind, detail])).toEqual([
      ['session-renamed', { name: 'Kitchen' }],
      ['profile-changed', {}],
    ])
  })

  test('a new right ends the sessions from before', { tag: '@v4.0.3-3.2.1' }, async ({ store }) => {
    const bob = await signUp(store, 'bob@example.org')
    const { id } = await begin(store, bob)
    const grant = (userId: string) =>
      store.users.change(
        { by: 'shell', userId },
        { kind: 'administrator-granted' },
        event('administrator-granted', userId),
      )
    expect(await grant('nobody')).toEqual({ outcome: 'not-found' })
    expect(await grant(bob)).toMatchObject({ outcome: 'changed', ended: 1 })
    expect(await store.users.find(bob)).toMatchObject({ administrator: true })
    expect(await store.sessions.ended(id)).toMatchObject({ reason: 'role-changed' })
  })

  test('events come newest first, by kind and by page, to their owner alone', async ({ store, alice }) => {
    await signUp(store)
    await store.events.append(event('sign-in-failed', null))
    for (let index = 0; index < 5; index++) {
      await store.events.append({ ...event('sign-in-failed', alice), detail: { index: String(index) } })
    }
    const page = { userId: alice, kinds: ['sign-in-failed'], most: 2 } as const
    const first = await store.events.list({ ...page, before: null })
    const second = await store.events.list({ ...page, before: first.at(-1)?.seq ?? 0 })
    expect([...first, ...second].map(({ detail }) => detail.index)).toEqual(['4', '3', '2', '1'])
    expect(await store.events.list({ ...page, kinds: [], most: 50, before: null })).toHaveLength(6)
  })

  test('events are picked by session, kind and page together', { tag: '@v5.0.0-8.2.2' }, async ({ store, alice }) => {
    const [one, other] = [await begin(store, alice), await begin(store, alice)]
    for (const { id } of [one, other, one, one]) {
      await store.events.append({ ...event('reauthenticated', alice), sessionId: id })
    }
    const page = { userId: alice, kinds: [], sessionId: one.id, before: null, most: 50 } as const
    const found = await store.events.list(page)
    expect(found.map(({ kind }) => kind)).toEqual([...Array(3).fill('reauthenticated'), 'signed-in'])
    expect(found.every(({ sessionId }) => sessionId === one.id)).toBe(true)
    expect(await store.events.list({ ...page, kinds: ['signed-in'] })).toHaveLength(1)
    expect(await store.events.list({ ...page, before: found[1]?.seq ?? 0 })).toEqual(found.slice(2))
    expect(await store.events.list({ ...page, sessionId: null })).toHaveLength(7)
    expect(await store.events.list({ ...page, sessionId: 'unknown' })).toEqual([])
    expect(await store.events.list({ ...page, userId: await signUp(store) }), 'nobody else’s').toEqual([])
  })

  test('of fifty attempts at once from two processes only the ceiling is let through', {
    tag: '@v5.0.0-6.3.1',
  }, async ({ store, place }) => {
    const other = await place.peer()
    const limiter = store.limiter(LIMITS)
    const taken = await atOnce(50, (index) => (index % 2 ? other.call('limiter.take', LIMITS, 'k') : limiter.take('k')))
    expect(taken.filter((answer) => (answer as { allowed: boolean }).allowed)).toHaveLength(5)
    expect(await limiter.take('k')).toMatchObject({ allowed: false, retryAfter: expect.any(Number) })
    expect(await limiter.take('another')).toEqual({ allowed: true })
    expect(await store.limiter({ ...LIMITS, name: 'sign-up' }).take('k')).toEqual({ allowed: true })
  })

  test('a block is not prolonged by knocking, and then all begins anew', async ({ store, place }) => {
    const limiter = store.limiter(LIMITS)
    for (let attempt = 0; attempt < 6; attempt++) await limiter.take('k')
    await place.ageAttempts(60)
    for (let attempt = 0; attempt < 20; attempt++) {
      const answer = await limiter.take('k')
      expect(answer.allowed ? 0 : answer.retryAfter).toBeLessThanOrEqual(60)
      expect(answer.allowed).toBe(false)
    }
    await place.ageAttempts(60)
    expect(await limiter.take('k')).toEqual({ allowed: true })
  })

  test('an attempt that was no attack is given back', async ({ store }) => {
    const limiter = store.limiter(LIMITS)
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(await limiter.take('k')).toEqual({ allowed: true })
      await limiter.giveBack('k')
    }
    await limiter.giveBack('k')
    for (let attempt = 0; attempt < 5; attempt++) expect(await limiter.take('k')).toEqual({ allowed: true })
    expect(await limiter.take('k')).toMatchObject({ allowed: false })
  })

  test('fifty right passwords at once from two processes block nobody afterwards', async ({ store, place }) => {
    const other = await place.peer()
    const limiter = store.limiter(LIMITS)
    await atOnce(50, async (index) => {
      const call = (method: 'take' | 'giveBack') =>
        index % 2 ? other.call(`limiter.${method}`, LIMITS, 'k') : limiter[method]('k')
      const { allowed } = (await call('take')) as { allowed: boolean }
      if (allowed) await call('giveBack')
    })
    for (let attempt = 0; attempt < 5; attempt++) expect(await limiter.take('k')).toEqual({ allowed: true })
    expect(await limiter.take('k')).toMatchObject({ allowed: false })
  })

  test('a block falls with an attempt in flight, and the window ends when it would have', async ({ store, place }) => {
    const limiter = store.limiter(LIMITS)
    for (let attempt = 0; attempt < 20; attempt++) await limiter.take('k')
    await limiter.giveBack('k')
    expect(await limiter.take('k')).toEqual({ allowed: true })
    expect(await limiter.take('k')).toMatchObject({ allowed: false })
    await limiter.giveBack('k')
    await place.ageAttempts(LIMITS.seconds)
    for (let attempt = 0; attempt < 5; attempt++) expect(await limiter.take('k')).toEqual({ allowed: true })
  })

  test('counters that lapsed do not pile up', async ({ store, place, dialect }) => {
    const limiter = store.limiter(LIMITS)
    for (let index = 0; index < 20; index++) await limiter.take(`k${index}`)
    await place.query(`update attempts set resets_at = ${dialect === 'sqlite' ? '0' : `'epoch'`}`)
    for (let index = 0; index < 10; index++) await limiter.take(`later${index}`)
    expect(Number((await place.query('select count(*) as n from attempts'))[0]?.n)).toBe(10)
  })
}
