import { expect } from '@playwright/test'
import type { AccountChange, Store } from '../../contract.ts'
import {
  begin,
  byAdministrator,
  event,
  HOUR,
  MINUTE,
  newPending,
  newSession,
  proofOf,
  signUp,
  test,
} from '../../testing.ts'

/** What administrators look at, and what they may do to each other and to themselves. */
export function administration(): void {
  test('users come by address, in pages, found by a part of name or address', async ({ store }) => {
    const { proof, email } = await administrator(store, 'ada@example.org')
    await signUp(store, 'bob@example.org')
    const carol = await signUp(store, 'carol_100%@example.org')
    await begin(store, carol)
    await begin(store, carol)
    const find = async (search: string, after: string | null = null, most = 9) => {
      const found = await store.administration.users(proof, { search, after, most })
      return found === 'not-administrator' ? [found] : found.map((one) => one.email)
    }
    expect(await find('')).toEqual([email, 'bob@example.org', 'carol_100%@example.org'])
    expect(await find('', null, 2)).toEqual([email, 'bob@example.org'])
    expect(await find('', 'bob@example.org')).toEqual(['carol_100%@example.org'])
    expect(await find('BOB')).toEqual(['bob@example.org'])
    expect(await find('alic'), 'by name').toHaveLength(3)
    expect(await find('_'), 'no wildcard').toEqual(['carol_100%@example.org'])
    expect(await find('%@')).toEqual(['carol_100%@example.org'])
    expect(await find("'\0\\")).toEqual([])
    const [summary] = [await store.administration.users('shell', { search: 'carol', after: null, most: 1 })].flat()
    const known = { id: carol, administrator: false, disabledAt: null, sessions: 2, lastActiveAt: expect.any(Date) }
    expect(summary).toEqual({
      ...known,
      name: 'Alice',
      email: 'carol_100%@example.org',
      createdAt: expect.any(Date),
    })
    await byShell(store, carol, 'account-deleted')
    expect(await find('')).toEqual([email, 'bob@example.org'])
  })

  test('a proof shows nothing once the role is withdrawn or the account disabled', {
    tag: ['@v5.0.0-8.3.1', '@v5.0.0-7.4.5'],
  }, async ({ store, alice }) => {
    const { proof, id } = await administrator(store)
    const looks = () =>
      Promise.all([
        store.administration.users(proof, { search: '', after: null, most: 1 }),
        store.administration.user(proof, alice),
        store.administration.sessions(proof, 1),
        store.administration.figures(proof),
      ])
    expect(await looks()).not.toContain('not-administrator')
    const nothing = Array(4).fill('not-administrator')
    await byShell(store, id, 'account-disabled')
    expect(await looks()).toEqual(nothing)
    await byShell(store, id, 'account-enabled')
    expect(await looks()).not.toContain('not-administrator')
    await byShell(store, id, 'administrator-withdrawn')
    expect(await looks()).toEqual(nothing)
    const nobody = { ...proof, userId: 'unknown' }
    expect(await store.administration.user(nobody, alice)).toBe('not-administrator')
    expect(await store.administration.user('shell', 'unknown')).toBeUndefined()
  })

  test('the newest sessions of everybody come with their addresses, and with no token', async ({ store, place }) => {
    const bob = await signUp(store, 'bob@example.org')
    const older = await begin(store, bob)
    const over = await begin(store, bob)
    await place.age(HOUR, over.id)
    await place.age(MINUTE, older.id)
    const newest = await begin(store, await signUp(store, 'carol@example.org'))
    const found = await store.administration.sessions('shell', 5)
    if (found === 'not-administrator') throw new Error(found)
    expect(found.map(({ id, email }) => [id, email])).toEqual([
      [newest.id, 'carol@example.org'],
      [older.id, 'bob@example.org'],
    ])
    expect(found.flatMap((session) => Object.keys(session)).filter((key) => /digest|wrapped/i.test(key))).toEqual([])
    expect(await store.administration.sessions('shell', 1)).toHaveLength(1)
  })

  test('figures count who is here, who came and who went, hour by hour', async ({ store, place, alice }) => {
    const bob = await signUp(store)
    const long = await begin(store, alice)
    await place.age(90 * MINUTE, long.id)
    await begin(store, bob)
    await store.sessions.endForUser(bob, { endedBy: null })
    await begin(store, bob)
    await begin(store, bob)
    const figures = await store.administration.figures('shell')
    if (figures === 'not-administrator') throw new Error(figures)
    const { hours, ...totals } = figures
    expect(totals).toEqual({ users: 2, sessions: 3, people: 2, locked: 0, began: 4, ended: { administrator: 1 } })
    expect(hours).toHaveLength(24)
    expect(hours.slice(-3).map(({ live, began, ended }) => [live, began, ended])).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [3, 3, 1],
    ])
    const times = hours.map(({ at }) => at.getTime())
    expect(times.every((at, i) => i === 0 || at - (times[i - 1] ?? 0) === HOUR * 1000)).toBe(true)
  })

  test('somebody is always left to administer, however many leave at once', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
  }) => {
    const other = await place.peer()
    const [ada, bea] = [await administrator(store), await administrator(store)]
    const withdraw = { kind: 'administrator-withdrawn' } as const
    const outcomes = await Promise.all([
      store.users.change(byAdministrator(ada.session, bea.id), withdraw, event('administrator-withdrawn', bea.id)),
      other.call(
        'users.change',
        byAdministrator(bea.session, ada.id),
        withdraw,
        event('administrator-withdrawn', ada.id),
      ) as Promise<{ outcome: string }>,
    ])
    expect(outcomes.filter(({ outcome }) => outcome === 'changed')).toHaveLength(1)
    const left = [await store.users.find(ada.id), await store.users.find(bea.id)].filter((one) => one?.administrator)
    expect(left).toHaveLength(1)
    const last = left[0]?.id === ada.id ? ada : bea
    for (const kind of ['administrator-withdrawn', 'account-disabled', 'account-deleted'] as const) {
      const answer = await store.users.change(byAdministrator(last.session, last.id), { kind }, event(kind, last.id))
      expect(answer, kind).toEqual({ outcome: 'last-administrator' })
    }
    // The command line can grant it again.
    expect(await byShell(store, last.id, 'administrator-withdrawn')).toMatchObject({ outcome: 'changed' })
  })

  test('an act that changes nothing ends nothing, is noted nowhere and mailed to nobody', {
    tag: '@v5.0.0-7.4.3',
  }, async ({ store, place, alice }) => {
    const { session, id } = await administrator(store)
    const { id: stays } = await begin(store, alice)
    const link = await store.pending.begin(newPending('reset', alice), null)
    const before = await place.dump()
    for (const [kind, whose] of [
      ['administrator-withdrawn', alice],
      ['account-enabled', alice],
      ['administrator-granted', id],
    ] as const) {
      const by = byAdministrator(session, whose)
      expect(await store.users.change(by, { kind }, event(kind, whose)), kind).toEqual({ outcome: 'unchanged' })
      expect(await byShell(store, whose, kind), kind).toEqual({ outcome: 'unchanged' })
    }
    expect(await place.dump()).toEqual(before)
    expect(await store.sessions.check(stays)).toBeDefined()
    expect(await store.pending.find('reset', link.secretDigest)).toBeDefined()
    await byShell(store, alice, 'account-disabled')
    const disabled = await place.dump()
    expect(await byShell(store, alice, 'account-disabled')).toEqual({ outcome: 'unchanged' })
    expect(await place.dump()).toEqual(disabled)
  })

  test('what an administrator is about to do is noted while they may, and not a moment longer', {
    tag: ['@v5.0.0-7.4.1', '@v5.0.0-8.3.1'],
  }, async ({ store }) => {
    const { proof, id, session } = await administrator(store)
    const note = () => store.events.appendBy(proof, event('administered', id))
    const noted = async () =>
      (await store.events.list({ userId: id, kinds: ['administered'], before: null, most: 9 })).length
    expect(await note()).toBe('appended')
    const stranger = await begin(store, await signUp(store))
    const { proof: none } = byAdministrator(stranger, id)
    expect(await store.events.appendBy(none, event('administered', stranger.userId)), 'no administrator').toBe(
      'session-over',
    )
    await store.sessions.signOut(proofOf(session))
    expect(await note()).toBe('session-over')
    expect(await noted()).toBe(1)
  })

  test('a reason is told to the person with each session, and a deleted account is named nowhere', {
    tag: '@v5.0.0-7.4.5',
  }, async ({ store, place }) => {
    const { session, id } = await administrator(store)
    const bob = await signUp(store, 'bob@example.org')
    await begin(store, bob)
    const act = (change: AccountChange) => {
      const told = { ...event('administered', bob), ip: '192.0.2.9', detail: { reason: 'lost laptop' } }
      return store.users.change(byAdministrator(session, bob), change, told)
    }
    expect(await act({ kind: 'sessions-ended', sessionId: null })).toMatchObject({ outcome: 'changed', ended: 1 })
    const [ended] = await store.events.list({ userId: bob, kinds: ['session-ended'], before: null, most: 9 })
    expect(ended?.detail).toEqual({ reason: 'administrator', why: 'lost laptop' })
    const administered = async () => store.events.list({ userId: id, kinds: ['administered'], before: null, most: 9 })
    expect((await administered()).map(({ detail }) => detail)).toEqual([
      { act: 'sessions-ended', reason: 'lost laptop', user: 'bob@example.org', userId: bob },
    ])
    expect(await act({ kind: 'account-deleted' })).toMatchObject({ outcome: 'changed' })
    expect((await administered()).map(({ detail }) => detail)).toEqual([
      { act: 'account-deleted', reason: 'lost laptop', userId: bob },
      { act: 'sessions-ended', userId: bob },
    ])
    for (const table of ['users', 'events', 'ended_sessions']) {
      expect(JSON.stringify(await place.query(`select * from ${table}`)), table).not.toContain('bob@example.org')
    }
    expect((await store.events.list({ userId: bob, kinds: [], before: null, most: 9 })).length).toBeGreaterThan(2)
  })
}

async function administrator(store: Store, email?: string) {
  const id = await signUp(store, email)
  await byShell(store, id, 'administrator-granted')
  const { securityVersion = 1, email: address = '' } = (await store.users.find(id)) ?? {}
  const session = await begin(store, id, newSession(id, { securityVersion }))
  return { id, email: address, session, proof: byAdministrator(session, id).proof }
}

function byShell(
  store: Store,
  userId: string,
  kind:
    | 'account-disabled'
    | 'account-enabled'
    | 'account-deleted'
    | 'administrator-granted'
    | 'administrator-withdrawn',
) {
  return store.users.change({ by: 'shell', userId }, { kind }, event(kind, userId))
}
