import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { EventKind, SessionCheck, Store } from '../../contract.ts'
import {
  begin,
  byLink,
  byPerson,
  DAY,
  event,
  HOUR,
  isEnd,
  LOCKING,
  listen,
  MINUTE,
  newPending,
  newSession,
  proofOf,
  randomId,
  signUp,
  test,
} from '../../testing.ts'
import type { Place } from '../place.ts'

/** What is left to a thief after the person, or an administrator, has secured the account: nothing. */
export function secured(): void {
  test('"this was not me" takes away what was added since, and leaves what was there', {
    tag: ['@v5.0.0-6.4.4', '@v5.0.0-7.4.3'],
  }, async ({ store, alice, place }) => {
    const own = await begin(store, alice)
    await add(store, own, 'owner')
    // The owner's passkey is from before; moved back, since both would have the same millisecond.
    await place.query(`update passkeys set created_at = ${dialectOf(store) ? 0 : "'epoch'"}`)
    const thief = await begin(store, alice, { securityVersion: 2 })
    await add(store, thief, 'thief')
    const notice = await newest(store, alice, 'passkey-added')
    const reported = { by: 'notice', userId: alice, event: notice } as const
    expect(await store.users.change(reported, { kind: 'reported' }, event('reported', alice))).toMatchObject({
      outcome: 'changed',
    })
    const factors = await store.users.factors(alice)
    expect(factors?.passkeys.map(({ name }) => name)).toEqual(['owner'])
    expect(factors).toMatchObject({ password: false, recoveryCodes: 0 })
  })

  test('a notice of an addition takes that one away whenever it is answered, and after another notice too', {
    tag: ['@v5.0.0-6.4.4', '@v5.0.0-7.4.3'],
  }, async ({ store, alice, place }) => {
    await add(store, await begin(store, alice), 'owner')
    const thief = await begin(store, alice, { securityVersion: 2 })
    const signedIn = await newest(store, alice, 'signed-in')
    await add(store, thief, 'thief')
    const [passkey, codes] = [
      await newest(store, alice, 'passkey-added'),
      await newest(store, alice, 'recovery-codes-replaced'),
    ]
    await longAgo(store, place, alice)
    const report = async (notice: number) => {
      const by = { by: 'notice', userId: alice, event: notice } as const
      const { outcome } = await store.users.change(by, { kind: 'reported' }, event('reported', alice))
      const factors = await store.users.factors(alice)
      return [outcome, factors?.passkeys.map(({ name }) => name).sort(), factors?.recoveryCodes]
    }
    expect(await report(signedIn), 'what is older than three days').toEqual(['changed', ['owner', 'thief'], 1])
    expect(await report(passkey)).toEqual(['changed', ['owner'], 1])
    expect(await report(codes)).toEqual(['changed', ['owner'], 0])
    expect(await report(codes)).toEqual(['void', ['owner'], 0])
  })

  test('an account elsewhere and an authenticator app go with the notice of theirs', {
    tag: '@v5.0.0-6.4.4',
  }, async ({ store, alice, place }) => {
    const app = { kind: 'totp-added', secret: 'sealed', step: 1, endOthers: false } as const
    const identity = { id: randomId(), issuer: 'https://login.example', subject: randomId(), label: null }
    const linked = { kind: 'identity-linked', identity, endOthers: false } as const
    for (const change of [app, linked] as const) {
      const { securityVersion = 1 } = (await store.users.find(alice)) ?? {}
      const by = byPerson(await begin(store, alice, { securityVersion }))
      await store.users.change(by, change, event(change.kind, alice))
    }
    const notices = [await newest(store, alice, 'totp-added'), await newest(store, alice, 'identity-linked')]
    await longAgo(store, place, alice)
    const left: unknown[] = []
    for (const notice of notices) {
      const by = { by: 'notice', userId: alice, event: notice } as const
      await store.users.change(by, { kind: 'reported' }, event('reported', alice))
      left.push([(await store.users.factors(alice))?.totp !== null, (await store.identities.list(alice)).length])
    }
    expect(left).toEqual([
      [false, 1],
      [false, 0],
    ])
  })

  test('a notice from before an account was secured secures it no second time', async ({ store, alice }) => {
    const first = await newest(store, alice, 'account-created')
    await begin(store, alice)
    const second = await newest(store, alice, 'signed-in')
    const report = (notice: number) =>
      store.users.change({ by: 'notice', userId: alice, event: notice }, { kind: 'reported' }, event('reported', alice))
    expect(await report(second)).toMatchObject({ outcome: 'changed' })
    await begin(store, alice, { securityVersion: 2 })
    expect(await report(first)).toEqual({ outcome: 'void' })
    expect(await store.sessions.list(alice)).toHaveLength(1)
  })

  test('what was half done from a session ends with it', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
    const own = await begin(store, alice)
    const other = await begin(store, alice)
    const detail = { email: 'mallory@example.org' }
    const link = await store.pending.begin(newPending('email', alice, { sessionId: other.id, detail }), null)
    const by = await byLink(store, alice, link.id)
    await store.sessions.end(proofOf(own), other.id, null)
    expect(await store.pending.find('email', link.secretDigest)).toBeUndefined()
    expect(await store.users.change(by, { kind: 'email-changed' }, event('email-changed', alice))).toEqual({
      outcome: 'void',
    })
  })

  test('a link changes no address without a session of the account that stands', async ({ store, alice }) => {
    const link = await store.pending.begin(newPending('email', alice, { detail: { email: 'a@new.example' } }), null)
    const bare = { by: 'link', pendingId: link.id } as const
    const by = await byLink(store, alice, link.id)
    await store.sessions.endForUser(alice, { endedBy: null })
    const again = await store.pending.begin(newPending('email', alice, { detail: { email: 'a@new.example' } }), null)
    for (const authority of [bare, { ...bare, pendingId: again.id }, { ...by, pendingId: again.id }] as const) {
      const changed = await store.users.change(
        authority as never,
        { kind: 'email-changed' },
        event('email-changed', alice),
      )
      expect(['void', 'session-over']).toContain(changed.outcome)
    }
  })

  test('half-states of an earlier epoch are over', { tag: '@v5.0.0-7.4.5' }, async ({ place, alice, store }) => {
    const half = await store.pending.begin(newPending('sign-in', alice), null)
    const later = await place.open({ epoch: () => 2 })
    expect(await later.pending.find('sign-in', half.secretDigest)).toBeUndefined()
    expect(await later.pending.take(half.id)).toBeUndefined()
  })

  test('ending everybody ends what is half done', { tag: '@v5.0.0-7.4.5' }, async ({ store, alice }) => {
    const half = await store.pending.begin(newPending('reset', alice), null)
    await store.sessions.endForEverybody({ endedBy: null })
    expect(await store.pending.take(half.id)).toBeUndefined()
  })

  test('an unlocked session counts again: the oldest ends for it', { tag: '@v5.0.0-7.1.2' }, async ({
    place,
    alice,
  }) => {
    const store = await place.open(LOCKING)
    const digest = randomBytes(32)
    const locked = await begin(store, alice, { digest })
    await place.age(15 * MINUTE, locked.id)
    expect(await store.sessions.lock((await store.sessions.check(locked.id)) ?? locked)).toBe(true)
    const standing = await begin(store, alice)
    const heard = listen(store)
    const limit = { most: 1, action: 'end-oldest' } as const
    const wanted = {
      userId: alice,
      method: 'pwd',
      digest: randomBytes(32),
      securityVersion: 1,
      limit,
      in: newSession(alice),
    }
    const ask = { ...wanted, limit: { most: 1, action: 'ask' } as const }
    expect(await store.sessions.unlock(locked.id, 1, ask, event('session-unlocked', alice))).toBeUndefined()
    expect(await store.sessions.unlock(locked.id, 1, wanted, event('session-unlocked', alice))).toMatchObject({
      id: locked.id,
    })
    await heard.until(isEnd(standing.id))
    heard.stop()
    expect(await store.sessions.ended(standing.id)).toMatchObject({ reason: 'limit' })
  })

  test('one mailbox gets so many notices of signing in, and no more', { tag: '@v5.0.0-6.3.5' }, async ({
    store,
    alice,
    place,
  }) => {
    for (let index = 0; index < 12; index++) await begin(store, alice)
    expect(await place.query('select 1 as mail from outbox')).toHaveLength(5)
    await store.events.append(event('password-changed', alice))
    expect(await place.query('select 1 as mail from outbox')).toHaveLength(6)
  })

  test('nor more than twenty of a kind in a day, and none of them takes the place of another kind', {
    tag: '@v5.0.0-6.3.5',
  }, async ({ store, alice, place }) => {
    const mails = async () => (await place.query('select 1 as mail from outbox')).length
    const counted: number[] = []
    for (let hour = 0; hour < 6; hour++) {
      for (let index = 0; index < 6; index++) await store.events.append(event('session-replayed', alice))
      counted.push(await mails())
      await place.ageAttempts(HOUR)
    }
    expect(counted).toEqual([5, 10, 15, 20, 20, 20])
    await store.events.append(event('second-factor-failed', alice))
    expect(await mails(), 'another kind').toBe(21)
    await store.events.append(event('session-replayed', await signUp(store)))
    expect(await mails(), 'another mailbox').toBe(22)
    await place.ageAttempts(DAY)
    await store.events.append(event('session-replayed', alice))
    expect(await mails(), 'the next day').toBe(23)
  })

  test('evictions by the limit use up no mail of what an administrator ends', { tag: '@v5.0.0-6.3.5' }, async ({
    store,
    alice,
    place,
  }) => {
    const mails = async () => (await place.query('select 1 as mail from outbox')).length
    const counted: number[] = []
    for (const reason of ['limit', 'administrator']) {
      for (let index = 0; index < 6; index++)
        await store.events.append({ ...event('session-ended', alice), detail: { reason } })
      counted.push(await mails())
    }
    expect(counted).toEqual([5, 11])
  })

  test('nothing personal is written of a deleted account', { tag: '@v5.0.0-14.2.4' }, async ({
    store,
    alice,
    place,
  }) => {
    const by = { by: 'shell', userId: alice } as const
    await store.users.change(by, { kind: 'account-deleted' }, event('account-deleted', alice))
    const late = { ...event('ended-session-used', alice), device: 'Marker', ip: '192.0.2.99', place: 'Nowhere' }
    await store.events.append({ ...late, detail: { name: 'Marker' } })
    expect(JSON.stringify((await place.dump()).events)).not.toMatch(/Marker|192\.0\.2\.99|Nowhere/)
  })
}

/** A passkey and recovery codes, by the right of this session. */
async function add(store: Store, session: SessionCheck, name: string): Promise<void> {
  const passkey = {
    id: randomId(),
    credentialId: randomId(),
    publicKey: randomBytes(77),
    counter: 0,
    backupEligible: false,
    backedUp: false,
    transports: '',
    aaguid: '',
    name,
  }
  const added = { kind: 'passkey-added', passkey, endOthers: false } as const
  const about = { ...event('passkey-added', session.userId), sessionId: session.id }
  const changed = await store.users.change(byPerson(session), added, about)
  if (changed.outcome !== 'changed' || !changed.session) throw new Error(`not added: ${changed.outcome}`)
  if (name !== 'thief') return
  const codes = { kind: 'recovery-codes-replaced', digests: [randomBytes(32)], endOthers: false } as const
  await store.users.change(byPerson(changed.session), codes, event('recovery-codes-replaced', session.userId))
}

/** Two weeks pass for what the account has, and for what is told of it. */
async function longAgo(store: Store, place: Place, userId: string): Promise<void> {
  const ago = (text: string) => new Date(Date.parse(text) - 14 * DAY * 1000).toISOString()
  const isSqlite = dialectOf(store)
  const moved = (column: string) =>
    isSqlite ? `${column} = ${column} - ${14 * DAY * 1000}` : `${column} = ${column} - interval '14 days'`
  for (const table of ['passkeys', 'recovery_codes', 'totps', 'identities'])
    await place.query(`update ${table} set ${moved('created_at')} where user_id = '${userId}'`)
  await place.query(`update events set ${moved('at')} where user_id = '${userId}'`)
  for (const { seq, detail } of await store.events.list({ userId, kinds: [], before: null, most: 50 })) {
    if (!Date.parse(detail.added ?? '')) continue
    const told = JSON.stringify({ ...detail, added: ago(detail.added ?? '') })
    await place.query(`update events set detail = '${told}' where seq = ${seq}`)
  }
}

async function newest(store: Store, userId: string, kind: EventKind) {
  const [found] = await store.events.list({ userId, kinds: [kind], before: null, most: 1 })
  return found?.seq ?? 0
}

function dialectOf({ dialect }: Store): boolean {
  return dialect === 'sqlite'
}
