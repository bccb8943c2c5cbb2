import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { AccountChange, Authority, NewPasskey, NewSession, Spend, Store } from '../../contract.ts'
import {
  begin,
  byAdministrator,
  byLink,
  byPerson,
  event,
  MINUTE,
  NO_LIMIT,
  newPending,
  newSession,
  proofOf,
  randomId,
  signUp,
  successorOf,
  test,
} from '../../testing.ts'
import { atOnce } from '../at-once.ts'
import type { Place } from '../place.ts'

const REASON = 'They asked for it'

/** How an account changes: by a right that still holds when it is written, and by nothing else. */
export function accounts(): void {
  for (const [what, spoil] of SPOILT) {
    test(`nothing changes when ${what}`, { tag: ['@v5.0.0-7.4.1', '@v5.0.0-8.3.2'] }, async ({
      store,
      place,
      alice,
    }) => {
      const { by, change, outcome } = await spoil(store, place, alice)
      const before = await place.dump()
      expect(await store.users.change(by, change, event('password-changed', alice))).toEqual({ outcome })
      expect(await place.dump()).toEqual(before)
    })
  }

  for (const kind of Object.keys(ALLOWED) as AccountChange['kind'][]) {
    test(`${kind} takes its own right, and no other`, { tag: '@v5.0.0-8.2.1' }, async ({ store, place, alice }) => {
      const session = await begin(store, alice)
      const wrong = (await authorities(store, alice)).filter(({ by }) => !ALLOWED[kind].includes(by))
      expect(wrong.length).toBeGreaterThan(0)
      const before = await place.dump()
      for (const by of wrong) {
        expect(await store.users.change(by, CHANGES[kind], event('profile-changed', alice)), by.by).toEqual({
          outcome: 'void',
        })
      }
      expect(await place.dump()).toEqual(before)
      expect(await store.sessions.check(session.id)).toBeDefined()
    })
  }

  test('of twenty uses of one link at once, one counts', { tag: '@v5.0.0-6.5.1' }, async ({ store, place, alice }) => {
    const other = await place.peer()
    const { id } = await store.pending.begin(newPending('reset', alice), null)
    const args = [{ by: 'link', pendingId: id }, CHANGES['password-reset'], event('password-reset', alice)] as const
    const answers = await atOnce(20, (index) =>
      index % 2 ? other.call('users.change', ...args) : store.users.change(...args),
    )
    const outcomes = answers.map((answer) => (answer as { outcome: string }).outcome).sort()
    expect(outcomes).toEqual(['changed', ...Array.from({ length: 19 }, () => 'void')])
    expect(await store.users.find(alice)).toMatchObject({ securityVersion: 2 })
  })

  test('of two administrators who disable each other at once, one is left', async ({ store, place }) => {
    const peer = await place.peer()
    for (let round = 0; round < 10; round++) {
      const [anna, bert] = [await administrator(store), await administrator(store)]
      const disabled = event('account-disabled', null)
      const outcomes = await Promise.all([
        store.users.change(byAdministrator(anna.session, bert.id), { kind: 'account-disabled' }, disabled),
        peer.call('users.change', byAdministrator(bert.session, anna.id), { kind: 'account-disabled' }, disabled),
      ])
      expect(outcomes.map((answer) => (answer as { outcome: string }).outcome).sort()).toEqual([
        'changed',
        'session-over',
      ])
    }
  })

  test('an administrator’s act is told on both sides, without the administrator’s device', async ({ store, alice }) => {
    const root = await administrator(store)
    const by = byAdministrator(root.session, alice)
    const noted = { ...event('account-disabled', alice), sessionId: root.session.id, device: 'Chrome', ip: '192.0.2.9' }
    await store.users.change(by, { kind: 'account-disabled' }, { ...noted, detail: { reason: REASON } })
    const [told] = await store.events.list({ userId: alice, kinds: ['account-disabled'], before: null, most: 5 })
    expect(told).toMatchObject({ sessionId: null, device: null, ip: null, detail: { reason: REASON } })
    const [own] = await store.events.list({ userId: root.id, kinds: ['administered'], before: null, most: 5 })
    expect(own).toMatchObject({
      device: 'Chrome',
      ip: '192.0.2.9',
      detail: { act: 'account-disabled', reason: REASON },
    })
  })

  for (const [what, use, change] of SPENT) {
    test(`of fifty uses of ${what} at once, one counts`, { tag: ['@v5.0.0-6.5.1', '@v5.0.0-15.4.2'] }, async ({
      store,
      place,
      alice,
    }) => {
      await store.users.change(byPerson(await begin(store, alice)), change, event('totp-added', alice))
      const other = await place.peer()
      const args = [alice, use, event('recovery-code-used', alice)] as const
      const done = await atOnce(50, (index) =>
        index % 2 ? other.call('users.spend', ...args) : store.users.spend(...args),
      )
      expect(done.filter(Boolean)).toHaveLength(1)
      expect(await store.users.spend(...args)).toBe(false)
      const page = { userId: alice, kinds: ['recovery-code-used'], before: null, most: 50 } as const
      expect(await store.events.list(page)).toHaveLength(1)
    })

    test(`${what} is nobody else’s`, { tag: '@v5.0.0-8.2.2' }, async ({ store, alice }) => {
      await store.users.change(byPerson(await begin(store, alice)), change, event('totp-added', alice))
      expect(await store.users.spend(await signUp(store), use, null)).toBe(false)
      expect(await store.users.spend('nobody', use, null)).toBe(false)
      expect(await store.users.spend(alice, use, null)).toBe(true)
    })
  }

  test('an older code and a lower counter are never accepted', { tag: '@v5.0.0-6.5.1' }, async ({ store, alice }) => {
    const by = () => begin(store, alice).then((session) => byPerson(session))
    await store.users.change(await by(), CHANGES['totp-added'], event('totp-added', alice))
    for (const [step, done] of [
      [10, false],
      [12, true],
      [11, false],
      [12, false],
      [13, true],
    ] as const) {
      expect(await store.users.spend(alice, { factor: 'totp', step }, null), `${step}`).toBe(done)
    }
    const passkey = newPasskey({ counter: 5 })
    const added = { kind: 'passkey-added', passkey, endOthers: false } as const
    const fresh = await begin(store, alice, { securityVersion: 2 })
    expect(await store.users.change(byPerson(fresh), added, event('passkey-added', alice))).toMatchObject({
      outcome: 'changed',
    })
    for (const [counter, done] of [
      [0, false],
      [5, false],
      [6, true],
      [4, false],
    ] as const) {
      const use = { factor: 'passkey', id: passkey.id, counter, backedUp: true } as const
      expect(await store.users.spend(alice, use, null), `${counter}`).toBe(done)
    }
    expect(await store.users.passkey(passkey.credentialId)).toMatchObject({ counter: 6, backedUp: true })
  })

  test('a passkey that does not count is told by its challenge alone', async ({ store, alice }) => {
    const passkey = newPasskey({ counter: 0 })
    const by = byPerson(await begin(store, alice))
    await store.users.change(by, { kind: 'passkey-added', passkey, endOthers: false }, event('passkey-added', alice))
    const use = { factor: 'passkey', id: passkey.id, counter: 0, backedUp: false } as const
    expect(await store.users.spend(alice, use, null)).toBe(true)
    expect(await store.users.spend(alice, use, null)).toBe(true)
  })

  test('a passkey of one account is added to no other', async ({ store, place, alice }) => {
    const bob = await signUp(store)
    const add = (session: Awaited<ReturnType<typeof begin>>, passkey: NewPasskey) =>
      store.users.change(
        byPerson(session),
        { kind: 'passkey-added', passkey, endOthers: true },
        event('passkey-added', session.userId),
      )
    const passkey = newPasskey({})
    expect(await add(await begin(store, bob), passkey)).toMatchObject({ outcome: 'changed' })
    const own = await begin(store, alice)
    const before = await place.dump()
    expect(await add(own, newPasskey({ credentialId: passkey.credentialId }))).toEqual({ outcome: 'passkey-taken' })
    expect(await place.dump()).toEqual(before)
    expect(await store.users.passkey(passkey.credentialId)).toMatchObject({ userId: bob })
  })

  for (const kind of BEFORE_SIGN_IN) {
    test(`a sign-in from before ${kind} begins nothing`, { tag: ['@v5.0.0-7.4.2', '@v5.0.0-7.4.3'] }, async ({
      store,
      place,
      alice,
    }) => {
      if (kind === 'administrator-withdrawn')
        await place.query(`update users set administrator = true where id = '${alice}'`)
      const changed = await store.users.change(await rightFor(store, alice, kind), CHANGES[kind], event(kind, alice))
      expect(changed).toMatchObject({ outcome: 'changed' })
      const sessions = await store.sessions.list(alice)
      expect(await store.sessions.begin(newSession(alice), NO_LIMIT)).toEqual({ outcome: 'refused' })
      expect(await store.sessions.list(alice)).toEqual(sessions)
    })
  }

  test('a password change and a sign-in at once: the session ends, or never begins', {
    tag: '@v5.0.0-7.4.3',
  }, async ({ store, place }) => {
    const other = await place.peer()
    for (let round = 0; round < 10; round++) {
      const alice = await signUp(store)
      const own = await begin(store, alice)
      const [changed] = await Promise.all([
        store.users.change(byPerson(own), CHANGES['password-changed'], event('password-changed', alice)),
        ...Array.from({ length: 4 }, () => other.call('sessions.begin', newSession(alice), NO_LIMIT)),
      ])
      expect(changed).toMatchObject({ outcome: 'changed' })
      expect((await store.sessions.list(alice)).map(({ id }) => id)).toEqual([own.id])
    }
  })

  test('an account that is enabled again has nothing of before', { tag: '@v5.0.0-7.4.2' }, async ({ store, alice }) => {
    const by = { by: 'shell', userId: alice } as const
    const { id } = await begin(store, alice)
    const half = await store.pending.begin(newPending('sign-in', alice), null)
    await store.users.change(by, { kind: 'account-disabled' }, event('account-disabled', alice))
    const { securityVersion } = (await store.users.find(alice)) ?? never()
    for (const version of [1, securityVersion, securityVersion + 1]) {
      expect(await store.sessions.begin(newSession(alice, { securityVersion: version }), NO_LIMIT)).toEqual({
        outcome: 'refused',
      })
    }
    await store.users.change(by, { kind: 'account-enabled' }, event('account-enabled', alice))
    expect(await store.sessions.check(id)).toBeUndefined()
    expect(await store.pending.find('sign-in', half.secretDigest)).toBeUndefined()
    for (const version of [1, securityVersion]) {
      expect(await store.sessions.begin(newSession(alice, { securityVersion: version }), NO_LIMIT)).toEqual({
        outcome: 'refused',
      })
    }
    const user = (await store.users.find(alice)) ?? never()
    expect(user.disabledAt).toBeNull()
    await begin(store, alice, { securityVersion: user.securityVersion })
  })

  test('whoever signs in first after an account was closed is a new device', { tag: '@v5.0.0-6.3.5' }, async ({
    store,
    alice,
  }) => {
    const by = { by: 'shell', userId: alice } as const
    const signedIn = async () =>
      (await store.events.list({ userId: alice, kinds: ['signed-in'], before: null, most: 1 }))[0]?.detail
    await begin(store, alice)
    expect(await signedIn()).toMatchObject({ newDevice: 'true', first: 'true' })
    await store.users.change(by, { kind: 'account-disabled' }, event('account-disabled', alice))
    await store.users.change(by, { kind: 'account-enabled' }, event('account-enabled', alice))
    await begin(store, alice, { securityVersion: 3 })
    expect(await signedIn()).toMatchObject({ newDevice: 'true' })
    expect(await signedIn()).not.toHaveProperty('first')
  })

  test('a deleted account leaves its events, and nothing of its person', { tag: '@v5.0.0-14.2.4' }, async ({
    store,
    place,
  }) => {
    const marked = await markedAccount(store)
    const events = (await place.dump()).events?.filter(({ user_id }) => user_id === marked.id).length ?? 0
    const by = byAdministrator(marked.root, marked.id)
    const deleted = { ...event('account-deleted', marked.id), detail: { reason: REASON } }
    expect(await store.users.change(by, { kind: 'account-deleted' }, deleted)).toMatchObject({ outcome: 'changed' })
    for (const mail of await store.outbox.claim(100, 60)) await store.outbox.sent(mail.id)
    const left = await place.dump()
    expect(searchable(left)).not.toMatch(/marker/i)
    for (const secret of marked.secrets) expect(searchable(left)).not.toContain(secret)
    expect(left.events?.filter(({ user_id }) => user_id === marked.id).length).toBeGreaterThan(events)
    for (const table of ['sessions', 'totps', 'passkeys', 'recovery_codes', 'pending', 'browsers']) {
      expect(
        left[table]?.filter(({ user_id }) => user_id === marked.id),
        table,
      ).toEqual([])
    }
  })

  test('the address of a deleted account is free, and its id opens nothing', async ({ store }) => {
    const alice = await signUp(store, 'alice@example.org')
    const by = { by: 'shell', userId: alice } as const
    await store.users.change(by, { kind: 'account-deleted' }, event('account-deleted', alice))
    for (const kind of ['account-enabled', 'account-deleted', 'administrator-granted'] as const) {
      expect(await store.users.change(by, { kind }, event(kind, alice)), kind).toEqual({ outcome: 'not-found' })
    }
    const user = (await store.users.find(alice)) ?? never()
    expect(user).toMatchObject({ name: '', passwordHash: null, deletedAt: expect.any(Date) })
    const wanted = newSession(alice, { securityVersion: user.securityVersion })
    expect(await store.sessions.begin(wanted, NO_LIMIT)).toEqual({ outcome: 'refused' })
    expect(await signUp(store, 'alice@example.org')).not.toBe(alice)
  })

  test('the password is switched off by the one failure too many, once', { tag: '@v5.0.0-6.3.1' }, async ({
    store,
    place,
    alice,
  }) => {
    const other = await place.peer()
    const args = [alice, false, 20, event('sign-in-failed', alice)] as const
    await atOnce(19, (index) =>
      index % 2 ? other.call('users.passwordTried', ...args) : store.users.passwordTried(...args),
    )
    expect(await store.users.find(alice)).toMatchObject({ passwordHash: 'hash', passwordFailures: 19 })
    await store.users.passwordTried(alice, true, 20, event('sign-in-failed', alice))
    expect(await store.users.find(alice)).toMatchObject({ passwordFailures: 0 })
    await atOnce(40, (index) =>
      index % 2 ? other.call('users.passwordTried', ...args) : store.users.passwordTried(...args),
    )
    expect(await store.users.find(alice)).toMatchObject({ passwordHash: null })
    const told = { userId: alice, before: null, most: 100 }
    expect(await store.events.list({ ...told, kinds: ['password-switched-off'] })).toHaveLength(1)
    expect(await store.events.list({ ...told, kinds: ['sign-in-failed'] })).toHaveLength(59)
  })
}

interface Spoilt {
  readonly by: Authority
  readonly change: AccountChange
  readonly outcome: string
}

/** A right that held when it was proven, and no longer does. */
const SPOILT: [string, (store: Store, place: Place, alice: string) => Promise<Spoilt>][] = [
  [
    'the session has ended meanwhile',
    async (store, _, alice) => {
      const session = await begin(store, alice)
      await store.sessions.signOut(proofOf(session))
      return { by: byPerson(session), change: CHANGES['password-changed'], outcome: 'session-over' }
    },
  ],
  [
    'the session has run out meanwhile',
    async (store, place, alice) => {
      const session = await begin(store, alice)
      await place.age(15 * MINUTE)
      return { by: byPerson(session), change: CHANGES['account-deleted'], outcome: 'session-over' }
    },
  ],
  [
    'its token has got a successor',
    async (store, _, alice) => {
      const session = await begin(store, alice)
      await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))
      return { by: byPerson(session), change: CHANGES['password-changed'], outcome: 'superseded' }
    },
  ],
  [
    'the token that confirms a link has got a successor',
    async (store, _, alice) => {
      const detail = { email: 'new@example.org' }
      const { id } = await store.pending.begin(newPending('email', alice, { detail }), null)
      const session = await begin(store, alice)
      await store.sessions.offer(session.id, 1, successorOf(session), new Date(0))
      const by = { by: 'link', pendingId: id, proof: proofOf(session) } as const
      return { by, change: CHANGES['email-changed'], outcome: 'superseded' }
    },
  ],
  [
    'another tab has changed an authenticator',
    async (store, _, alice) => {
      const session = await begin(store, alice)
      await store.users.change(byPerson(session), CHANGES['totp-added'], event('totp-added', alice))
      return { by: byPerson(session), change: CHANGES['password-changed'], outcome: 'session-over' }
    },
  ],
  [
    'the link has been used',
    async (store, _, alice) => {
      const { id } = await store.pending.begin(newPending('reset', alice), null)
      const by = { by: 'link', pendingId: id } as const
      await store.users.change(by, CHANGES['password-reset'], event('password-reset', alice))
      return { by, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'the link’s time has passed',
    async (store, place, alice) => {
      const { id } = await store.pending.begin(newPending('reset', alice), null)
      await place.ageWaiting(600)
      return { by: { by: 'link', pendingId: id }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'an authenticator has changed since the link was mailed',
    async (store, _, alice) => {
      const { id } = await store.pending.begin(newPending('reset', alice, { securityVersion: 0 }), null)
      return { by: { by: 'link', pendingId: id }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'the link is there for something else',
    async (store, _, alice) => {
      const { id } = await store.pending.begin(newPending('email', alice, { detail: { email: 'a@b.example' } }), null)
      return { by: { by: 'link', pendingId: id }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'a half sign-in is shown for a link',
    async (store, _, alice) => {
      const { id } = await store.pending.begin(newPending('sign-in', alice), null)
      return { by: { by: 'link', pendingId: id }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'the link is nobody’s',
    async (store) => {
      const { id } = await store.pending.begin(newPending('reset', null), null)
      return { by: { by: 'link', pendingId: id }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'there is no such link',
    async () => {
      return { by: { by: 'link', pendingId: 'none' }, change: CHANGES['password-reset'], outcome: 'void' }
    },
  ],
  [
    'the administrator is none any more',
    async (store, place, alice) => {
      const { id, session } = await administrator(store)
      await place.query(`update users set administrator = false where id = '${id}'`)
      return { by: byAdministrator(session, alice), change: CHANGES['account-disabled'], outcome: 'session-over' }
    },
  ],
  [
    'the administrator was disabled',
    async (store, place, alice) => {
      const { id, session } = await administrator(store)
      await place.query(`update users set disabled_at = created_at where id = '${id}'`)
      return { by: byAdministrator(session, alice), change: CHANGES['account-disabled'], outcome: 'session-over' }
    },
  ],
  [
    'the administrator has signed out',
    async (store, _, alice) => {
      const { session } = await administrator(store)
      await store.sessions.signOut(proofOf(session))
      return { by: byAdministrator(session, alice), change: CHANGES['account-disabled'], outcome: 'session-over' }
    },
  ],
  [
    'the right was withdrawn by another',
    async (store, _, alice) => {
      const { id, session } = await administrator(store)
      const by = { by: 'shell', userId: id } as const
      await store.users.change(by, { kind: 'administrator-withdrawn' }, event('administrator-withdrawn', id))
      return { by: byAdministrator(session, alice), change: CHANGES['account-disabled'], outcome: 'session-over' }
    },
  ],
  [
    'the new address belongs to somebody by now',
    async (store, _, alice) => {
      const detail = { email: 'taken@example.org' }
      const { id } = await store.pending.begin(newPending('email', alice, { detail }), null)
      await signUp(store, detail.email)
      const proof = proofOf(await begin(store, alice))
      return { by: { by: 'link', pendingId: id, proof }, change: CHANGES['email-changed'], outcome: 'email-taken' }
    },
  ],
  [
    'the passkey is somebody else’s',
    async (store, _, alice) => {
      const passkey = newPasskey({})
      const added = { kind: 'passkey-added', passkey, endOthers: true } as const
      await store.users.change(byPerson(await begin(store, await signUp(store))), added, event('passkey-added', null))
      const change = { kind: 'passkey-removed', id: passkey.id, keepOne: false, endOthers: true } as const
      return { by: byPerson(await begin(store, alice)), change, outcome: 'not-found' }
    },
  ],
  [
    'the session that an administrator ends is somebody else’s',
    async (store, _, alice) => {
      const { session } = await administrator(store)
      const { id: sessionId } = await begin(store, await signUp(store))
      return {
        by: byAdministrator(session, alice),
        change: { kind: 'sessions-ended', sessionId },
        outcome: 'not-found',
      }
    },
  ],
]

function newPasskey(other: Partial<NewPasskey>): NewPasskey {
  return {
    id: randomId(),
    credentialId: randomId(),
    publicKey: randomBytes(77),
    counter: 0,
    backupEligible: true,
    backedUp: false,
    transports: 'internal',
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Phone',
    ...other,
  }
}

const CODE = randomBytes(32)
const PASSKEY = newPasskey({})
const IDENTITY = { id: randomId(), issuer: 'https://login.example.org', subject: randomId(), label: null }

/** One of each. A new kind without one does not compile. */
const CHANGES = {
  'password-changed': { kind: 'password-changed', passwordHash: 'other', endOthers: true },
  'password-reset': { kind: 'password-reset', passwordHash: 'other' },
  'totp-added': { kind: 'totp-added', secret: 'sealed', step: 11, endOthers: true },
  'totp-removed': { kind: 'totp-removed', endOthers: true },
  'passkey-added': { kind: 'passkey-added', passkey: PASSKEY, endOthers: true },
  'passkey-removed': { kind: 'passkey-removed', id: PASSKEY.id, keepOne: false, endOthers: true },
  'passkey-renamed': { kind: 'passkey-renamed', id: PASSKEY.id, name: 'Tablet' },
  'recovery-codes-replaced': { kind: 'recovery-codes-replaced', digests: [CODE], endOthers: true },
  'identity-linked': { kind: 'identity-linked', identity: IDENTITY, endOthers: true },
  'identity-unlinked': { kind: 'identity-unlinked', id: IDENTITY.id, endOthers: true },
  'email-changed': { kind: 'email-changed' },
  'email-restored': { kind: 'email-restored', from: 'old@example.org', to: 'new@example.org' },
  reported: { kind: 'reported' },
  'factors-removed': { kind: 'factors-removed' },
  'account-disabled': { kind: 'account-disabled' },
  'account-enabled': { kind: 'account-enabled' },
  'account-deleted': { kind: 'account-deleted' },
  'administrator-granted': { kind: 'administrator-granted' },
  'administrator-withdrawn': { kind: 'administrator-withdrawn' },
  'sessions-ended': { kind: 'sessions-ended', sessionId: null },
} as const satisfies { [K in AccountChange['kind']]: Extract<AccountChange, { kind: K }> }

const ADMINISTRATION = ['administrator', 'shell']
/** By which rights: said here a second time, so that a right is not widened by mistake. */
const ALLOWED: Readonly<Record<AccountChange['kind'], readonly string[]>> = {
  'password-changed': ['person'],
  'password-reset': ['link'],
  'totp-added': ['person'],
  'totp-removed': ['person'],
  'passkey-added': ['person'],
  'passkey-removed': ['person'],
  'passkey-renamed': ['person'],
  'recovery-codes-replaced': ['person'],
  'identity-linked': ['person'],
  'identity-unlinked': ['person'],
  'email-changed': ['link'],
  'email-restored': ['notice'],
  reported: ['notice'],
  'factors-removed': ADMINISTRATION,
  'account-disabled': ADMINISTRATION,
  'account-enabled': ADMINISTRATION,
  'account-deleted': ['person', ...ADMINISTRATION],
  'administrator-granted': ADMINISTRATION,
  'administrator-withdrawn': ADMINISTRATION,
  'sessions-ended': ADMINISTRATION,
}

/** Every right there is to this account, each as good as can be. */
async function authorities(store: Store, userId: string): Promise<readonly Authority[]> {
  const rights: { readonly [K in Authority['by']]: readonly Authority[] } = {
    person: [byPerson(await begin(store, userId))],
    link: await Promise.all(
      (['reset', 'email'] as const).map(async (kind) => {
        const { id } = await store.pending.begin(newPending(kind, userId), null)
        return { by: 'link', pendingId: id } as const
      }),
    ),
    notice: [{ by: 'notice', userId, event: 1 }],
    administrator: [byAdministrator((await administrator(store)).session, userId)],
    shell: [{ by: 'shell', userId }],
  }
  return Object.values(rights).flat()
}

const SPENT: [string, Spend, AccountChange][] = [
  ['a recovery code', { factor: 'recovery-code', digest: CODE }, CHANGES['recovery-codes-replaced']],
  ['a code of an app', { factor: 'totp', step: 12 }, CHANGES['totp-added']],
  ['a signature', { factor: 'passkey', id: PASSKEY.id, counter: 1, backedUp: false }, CHANGES['passkey-added']],
]

const BEFORE_SIGN_IN = [
  'password-changed',
  'password-reset',
  'totp-added',
  'recovery-codes-replaced',
  'passkey-added',
  'reported',
  'account-disabled',
  'administrator-granted',
  'administrator-withdrawn',
  'account-deleted',
] as const

async function rightFor(store: Store, userId: string, kind: AccountChange['kind']): Promise<Authority> {
  const wanted = ALLOWED[kind]
  const right = (await authorities(store, userId)).find(({ by }) => wanted.includes(by))
  return right ?? never()
}

async function administrator(store: Store) {
  const id = await signUp(store)
  const event_ = event('administrator-granted', id)
  await store.users.change({ by: 'shell', userId: id }, { kind: 'administrator-granted' }, event_)
  return { id, session: await begin(store, id, { securityVersion: 2 }) }
}

/** An account that says "marker" wherever something can be said, and whose secrets are known. */
async function markedAccount(store: Store) {
  const { session: root } = await administrator(store)
  const id = randomId()
  const user = { id, name: 'Mary Marker', email: 'mary@marker.example', passwordHash: 'marker-hash' }
  const about = { device: 'Markerfox', ip: 'marker-ip', place: 'Markerland' }
  await store.users.create(user, { ...event('account-created', id), ...about })
  const device: Partial<NewSession> = { userAgent: 'marker/1.0', ip: 'marker-ip', place: 'Markerland' }
  const session = await begin(store, id, device)
  await store.sessions.rename(proofOf(session), session.id, 'Marker’s desk')
  const gone = await begin(store, id, device)
  await store.sessions.rename(proofOf(gone), gone.id, 'Marker’s sofa')
  await store.sessions.signOut(proofOf(gone))
  let version = 1
  const change = async (by: Authority, wanted: AccountChange, detail = {}) => {
    // What the administrator's own device was is the administrator's own.
    const from = by.by === 'administrator' ? {} : about
    const noted = { ...event('profile-changed', id), ...from, detail, sealed: 'sealed-marker' }
    expect(await store.users.change(by, wanted, noted), wanted.kind).toMatchObject({ outcome: 'changed' })
    version += 1
  }
  const fresh = async () => byPerson(await begin(store, id, { ...device, securityVersion: version }))
  await change(await fresh(), { kind: 'totp-added', secret: 'marker-secret', step: 1, endOthers: false })
  const passkey = newPasskey({ name: 'Marker’s key', credentialId: 'marker-credential' })
  await change(await fresh(), { kind: 'passkey-added', passkey, endOthers: false }, { name: passkey.name })
  await change(await fresh(), { kind: 'recovery-codes-replaced', digests: [randomBytes(32)], endOthers: false })
  await change(byAdministrator(root, id), { kind: 'account-disabled' }, { reason: REASON })
  await change(byAdministrator(root, id), { kind: 'account-enabled' }, { reason: REASON })
  const detail = { email: 'mary@marker.test' }
  const link = await store.pending.begin(newPending('email', id, { securityVersion: version, detail }), null)
  await change(await byLink(store, id, link.id), { kind: 'email-changed' }, { from: user.email, to: detail.email })
  await change(byAdministrator(root, id), { kind: 'sessions-ended', sessionId: null }, { reason: REASON })
  version -= 1
  const half = newPending('sign-in', id, { securityVersion: version, detail: { for: 'marker' } })
  await store.pending.begin(half, null)
  const last = await begin(store, id, { ...device, securityVersion: version })
  const secrets = [session, gone, last].map(({ digest }) => digest.toString('hex'))
  return { id, root, secrets: [...secrets, half.secretDigest.toString('hex'), passkey.publicKey.toString('hex')] }
}

/** The rows as one text, bytes as hexadecimal digits. */
function searchable(rows: unknown): string {
  return JSON.stringify(rows, function (this: Record<string, unknown>, key: string, value: unknown) {
    const raw = this[key]
    return Buffer.isBuffer(raw) ? raw.toString('hex') : value
  })
}

function never(): never {
  throw new Error('it should be there')
}
