import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { AccountChange, Authority, NewPending, Store } from '../../contract.ts'
import { begin, byLink, DAY, event, MINUTE, randomId, signUp, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const LIFETIME = 10 * MINUTE
const OLD = 'alice@old.example'
const NEW = 'alice@new.example'

/** Mailed links to the store: one that changes the address, and the notices that take things back. */
export function notices(): void {
  test('an event is found by its number, and nothing by another', async ({ store, alice }) => {
    const [created] = await eventsOf(store, alice)
    expect(await store.events.find(created?.seq ?? 0)).toEqual(created)
    for (const seq of [0, -1, Number.MAX_SAFE_INTEGER]) expect(await store.events.find(seq)).toBeUndefined()
  })

  test('of twenty answers to one notice at once, one counts', { tag: '@v5.0.0-15.4.2' }, async ({ store, alice }) => {
    await begin(store, alice)
    const notice = (await eventsOf(store, alice))[0]?.seq ?? 0
    const outcomes = await atOnce(20, async () => (await reported(store, alice, notice)).outcome)
    expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
    expect(outcomes.filter((outcome) => outcome === 'void')).toHaveLength(19)
    expect(await store.sessions.list(alice)).toEqual([])
    expect(await store.users.find(alice)).toMatchObject({ passwordHash: null })
    expect((await eventsOf(store, alice)).filter(({ kind }) => kind === 'reported')).toHaveLength(1)
  })

  test('another notice counts by itself', async ({ store, alice }) => {
    const first = (await eventsOf(store, alice))[0]?.seq ?? 0
    expect(await reported(store, alice, first)).toMatchObject({ outcome: 'changed' })
    await begin(store, alice, { securityVersion: 2 })
    const second = (await eventsOf(store, alice))[0]?.seq ?? 0
    expect(await reported(store, alice, first)).toEqual({ outcome: 'void' })
    expect(await store.sessions.list(alice)).toHaveLength(1)
    expect(await reported(store, alice, second)).toMatchObject({ outcome: 'changed', ended: 1 })
  })

  test('the old address takes an account back, and no second change comes between', { tag: '@v5.0.0-6.3.7' }, async ({
    store,
  }) => {
    const alice = await signUp(store, OLD)
    expect(await moved(store, alice, 1, NEW)).toMatchObject({ outcome: 'changed', user: { email: NEW } })
    expect(await moved(store, alice, 2, 'alice@third.example')).toEqual({ outcome: 'void' })
    const thief = { id: randomId(), name: 'Mallory', email: OLD, passwordHash: 'hash' }
    expect(await store.users.create(thief, event('account-created', thief.id)), 'nor anybody').toBe('email-taken')
    expect(await moved(store, await signUp(store), 1, OLD)).toEqual({ outcome: 'email-taken' })
    const notice = (await eventsOf(store, alice)).find(({ kind }) => kind === 'email-changed')?.seq ?? 0
    const back = { kind: 'email-restored', from: OLD, to: NEW } as const
    const by = { by: 'notice', userId: alice, event: notice } as const
    const restored = await store.users.change(by, back, event('email-restored', alice))
    expect(restored).toMatchObject({ outcome: 'changed', user: { email: OLD, passwordHash: null } })
    expect(await store.users.change(by, back, event('email-restored', alice))).toEqual({ outcome: 'void' })
    expect(await moved(store, alice, 3, NEW), 'held for a week').toEqual({ outcome: 'void' })
  })

  test('after a week the address may be changed again', async ({ store, place, dialect }) => {
    const alice = await signUp(store, OLD)
    await moved(store, alice, 1, NEW)
    const back = dialect === 'sqlite' ? `email_held_until - ${7 * DAY * 1000}` : "email_held_until - interval '7 days'"
    await place.query(`update users set email_held_until = ${back}`)
    expect(await moved(store, alice, 2, 'alice@third.example')).toMatchObject({ outcome: 'changed' })
    expect(await store.users.findByEmail(OLD)).toBeUndefined()
    await signUp(store, OLD)
  })
}

async function eventsOf(store: Store, userId: string) {
  return store.events.list({ userId, kinds: [], before: null, most: 50 })
}

function reported(store: Store, userId: string, seq: number) {
  const by: Authority = { by: 'notice', userId, event: seq }
  return store.users.change(by, { kind: 'reported' }, event('reported', userId))
}

/** Asks for another address and uses the link. */
async function moved(store: Store, userId: string, securityVersion: number, email: string) {
  const link: NewPending = {
    id: randomId(),
    kind: 'email',
    secretDigest: randomBytes(32),
    userId,
    sessionId: null,
    securityVersion,
    detail: { email },
    lifetime: LIFETIME,
  }
  await store.pending.begin(link, event('email-change-requested', userId))
  const change: AccountChange = { kind: 'email-changed' }
  return store.users.change(await byLink(store, userId, link.id), change, event('email-changed', userId))
}
