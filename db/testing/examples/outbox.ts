import { expect } from '@playwright/test'
import type { EventKind, Mail, Store } from '../../contract.ts'
import { begin, byLink, byPerson, DAY, event, newPending, proofOf, signUp, test } from '../../testing.ts'
import { atOnce } from '../at-once.ts'

const ALICE = 'alice@example.org'
const FORMER = 'alice@former.example'

/** Mails are written with their events, go to whom they concern, and are leased to one sender at a time. */
export function outbox(): void {
  test('a mail is there with its event, and not without', { tag: '@v5.0.0-6.3.7' }, async ({ store, place }) => {
    const alice = await signUp(store, ALICE)
    const session = await begin(store, alice)
    const before = await place.dump()
    // Refused at its last write: what was noted before is undone.
    const broken = { kind: 'totp-added', secret: null as never, step: 1, endOthers: true } as const
    const failing = Promise.resolve().then(() =>
      store.users.change(byPerson(session), broken, event('totp-added', alice)),
    )
    await expect(failing).rejects.toThrow()
    expect(await place.dump()).toEqual(before)
    await store.users.change(byPerson(session), { ...broken, secret: 'sealed' }, event('totp-added', alice))
    expect(await claimed(store)).toEqual([['totp-added', ALICE]])
  })

  test('a refused change tells nobody', async ({ store, place }) => {
    const alice = await signUp(store, ALICE)
    const session = await begin(store, alice)
    await store.sessions.signOut(proofOf(session))
    const before = await place.dump()
    await store.users.change(byPerson(session), { kind: 'totp-removed', endOthers: true }, event('totp-removed', alice))
    expect(await place.dump()).toEqual(before)
  })

  for (const kind of ['password-changed', 'session-replayed', 'recovery-code-used', 'password-switched-off'] as const) {
    test(`${kind} is told to the former address as well, for a week`, { tag: '@v5.0.0-6.3.7' }, async ({
      store,
      place,
      dialect,
    }) => {
      const alice = await withFormerAddress(store)
      await drained(store)
      await store.events.append(event(kind, alice))
      expect(await claimed(store)).toEqual([
        [kind, ALICE],
        [kind, FORMER],
      ])
      await drained(store)
      const back = dialect === 'sqlite' ? `- ${7 * DAY * 1000}` : "- interval '7 days'"
      await place.query(`update users set former_email_until = former_email_until ${back}`)
      await store.events.append(event(kind, alice))
      expect(await claimed(store)).toEqual([[kind, ALICE]])
    })
  }

  test('what opens something goes to the one address that it is for', { tag: '@v5.0.0-6.4.3' }, async ({ store }) => {
    const alice = await withFormerAddress(store)
    await drained(store)
    const reset = { ...event('reset-requested', alice), sealed: 'a sealed token' }
    await store.pending.begin(newPending('reset', alice, { securityVersion: 2 }), reset)
    const asked = { ...event('email-change-requested', alice), detail: { to: 'alice@new.example' }, sealed: 'another' }
    await store.pending.begin(newPending('email', alice, { securityVersion: 2 }), asked)
    const mails = await store.outbox.claim(10, 60)
    expect(mails.map(({ to, sealed }) => [to, sealed])).toEqual([
      [ALICE, 'a sealed token'],
      ['alice@new.example', 'another'],
    ])
  })

  test('a token stands in the outbox alone, and is gone with its mail', { tag: '@v5.0.0-14.2.4' }, async ({
    store,
    place,
  }) => {
    const alice = await signUp(store, ALICE)
    const reset = { ...event('reset-requested', alice), sealed: 'a sealed token' }
    await store.pending.begin(newPending('reset', alice), reset)
    const { outbox: waiting, ...rest } = await place.dump()
    expect(JSON.stringify(waiting)).toContain('a sealed token')
    expect(JSON.stringify(rest)).not.toContain('a sealed token')
    await drained(store)
    expect(JSON.stringify(await place.dump())).not.toContain('a sealed token')
  })

  test('nobody is told of what is everyday, and nobody of an unknown address', async ({ store }) => {
    const alice = await signUp(store, ALICE)
    for (const kind of ['reauthenticated', 'sign-in-failed', 'session-locked', 'profile-changed'] as const) {
      await store.events.append(event(kind, alice))
    }
    await store.events.append(event('password-changed', null))
    expect(await store.outbox.waiting()).toEqual({ count: 0, oldest: null })
  })

  test('a mail brings all that its text needs', async ({ store }) => {
    const alice = await signUp(store, ALICE)
    const about = { device: 'Firefox on Linux', ip: '192.0.2.1', place: 'Germany' }
    await store.events.append({ ...event('passkey-added', alice), ...about, detail: { name: 'Phone' } })
    const [mail] = await store.outbox.claim(10, 60)
    expect(mail).toMatchObject({ to: ALICE, failures: 0, sealed: null, user: { id: alice, email: ALICE } })
    expect(mail?.event).toMatchObject({ kind: 'passkey-added', userId: alice, ...about, detail: { name: 'Phone' } })
    expect(mail?.event.at).toBeInstanceOf(Date)
  })

  test('two processes that claim at once never get the same mail', { tag: '@v5.0.0-15.4.2' }, async ({
    store,
    place,
    alice,
  }) => {
    const other = await place.peer()
    for (let index = 0; index < 40; index++) await store.events.append(event('password-changed', alice))
    const batches = await atOnce(20, (index) =>
      index % 2 ? other.call('outbox.claim', 3, 60) : store.outbox.claim(3, 60),
    )
    const ids = (batches as Mail[][]).flat().map(({ id }) => id)
    for (let round = 0; round < 5; round++) ids.push(...(await store.outbox.claim(10, 60)).map(({ id }) => id))
    expect(ids).toHaveLength(40)
    expect(new Set(ids).size).toBe(40)
    expect(await store.outbox.waiting()).toMatchObject({ count: 40 })
  })

  test('a mail whose sender is gone is claimed again when its lease is over', async ({ store, place, alice }) => {
    await store.events.append(event('password-changed', alice))
    const [mail] = await store.outbox.claim(10, 60)
    expect(await store.outbox.claim(10, 60)).toEqual([])
    await place.ageWaiting(59)
    expect(await store.outbox.claim(10, 60)).toEqual([])
    await place.ageWaiting(1)
    expect(await store.outbox.claim(10, 60)).toMatchObject([{ id: mail?.id, failures: 0 }])
  })

  test('what was sent is gone, what failed is tried later or given up', async ({ store, place, alice }) => {
    for (let index = 0; index < 3; index++) await store.events.append(event('password-changed', alice))
    const [sent, failed, hopeless] = (await store.outbox.claim(10, 60)).map(({ id }) => id)
    await store.outbox.sent(sent ?? 0)
    await store.outbox.failed(failed ?? 0, 300)
    await store.outbox.failed(hopeless ?? 0, null)
    expect(await store.outbox.waiting()).toMatchObject({ count: 1, oldest: expect.any(Date) })
    await place.ageWaiting(299)
    expect(await store.outbox.claim(10, 60)).toEqual([])
    await place.ageWaiting(1)
    expect(await store.outbox.claim(10, 60)).toMatchObject([{ id: failed, failures: 1 }])
  })

  test('the oldest goes first, and no more than asked for', async ({ store, place, alice }) => {
    const kinds: EventKind[] = ['password-changed', 'totp-added', 'passkey-added']
    for (const kind of kinds) {
      await store.events.append(event(kind, alice))
      await place.ageWaiting(1)
    }
    expect((await store.outbox.claim(2, 60)).map(({ event: { kind } }) => kind)).toEqual(kinds.slice(0, 2))
    expect((await store.outbox.claim(2, 60)).map(({ event: { kind } }) => kind)).toEqual(kinds.slice(2))
  })
}

/** An account whose address was changed a moment ago. */
async function withFormerAddress(store: Store): Promise<string> {
  const alice = await signUp(store, FORMER)
  const { id } = await store.pending.begin(newPending('email', alice, { detail: { email: ALICE } }), null)
  const changed = { ...event('email-changed', alice), detail: { from: FORMER, to: ALICE } }
  await store.users.change(await byLink(store, alice, id), { kind: 'email-changed' }, changed)
  expect((await claimed(store)).sort()).toEqual([
    ['email-changed', ALICE],
    ['email-changed', FORMER],
  ])
  return alice
}

async function claimed(store: Store): Promise<[EventKind, string][]> {
  return (await store.outbox.claim(50, 60)).map(({ event: { kind }, to }) => [kind, to])
}

/** Whatever waits has been sent. */
async function drained(store: Store): Promise<void> {
  for (let id = 1; id < 50; id++) await store.outbox.sent(id)
}
