import { randomBytes } from 'node:crypto'
import { expect } from '@playwright/test'
import type { AccountChange, Authority, Grant, PendingKind, SessionCheck, Store } from '../../contract.ts'
import {
  begin,
  byPerson,
  event,
  LOCKING,
  linked,
  MINUTE,
  NO_LIMIT,
  newArtifact,
  newPending,
  newSession,
  proofOf,
  signUp,
  test,
} from '../../testing.ts'
import { type Cause, type Credential, WHAT_ENDS } from '../../what-ends.ts'

export const PRESENT = 'alice@example.org'
const FORMER = 'alice@former.example'
const KINDS: readonly PendingKind[] = ['sign-in', 'challenge', 'totp', 'act', 'application', 'reset', 'email']

/** An account with everything that can be held of it. */
export interface Household {
  readonly store: Store
  readonly alice: string
  readonly own: SessionCheck
  readonly other: SessionCheck
  readonly third: SessionCheck
  /** Of the other session: this one's own may stay known. */
  readonly browserDigest: Buffer
  readonly halves: Readonly<Record<PendingKind, { readonly id: string; readonly secretDigest: Buffer }>>
  /** An authorization code of the linked application, and a consent under way that has no grant yet. */
  readonly halfDone: readonly (readonly [kind: string, digest: Buffer])[]
  /** A linked application: its grant outlives the session, which is none of those that may end. */
  readonly app: Grant
  readonly refreshToken: Buffer
  /** What was let outlive the sessions that may end, each with a refresh token. */
  readonly offline: readonly (readonly [session: SessionCheck, app: Grant, refreshToken: Buffer])[]
}

export async function household(store: Store, alice: string): Promise<Household> {
  const { browserDigest } = newSession(alice)
  const federation = { ...atProvider(alice), sealed: 'sealed', issuedAt: new Date(0), lifetimeFrom: new Date() }
  const begun = await store.sessions.begin(newSession(alice, { federation }), NO_LIMIT)
  if (begun.outcome !== 'begun') throw new Error('no session began')
  const halves: Partial<Record<PendingKind, { id: string; secretDigest: Buffer }>> = {}
  for (const kind of KINDS) {
    const detail = kind === 'email' ? { email: 'alice@new.example' } : {}
    halves[kind] = await store.pending.begin(newPending(kind, alice, { detail }), null)
  }
  // A session that is over already: what ends sessions alone does not reach it.
  const former = await begin(store, alice)
  const app = await linked(store, former, { offline: true })
  await store.sessions.signOut(proofOf(former))
  const [code, consent, refreshToken] = [randomBytes(32), randomBytes(32), randomBytes(32)]
  await store.artifacts.save(newArtifact('AuthorizationCode', { digest: code, grantId: app.id }))
  await store.artifacts.save(newArtifact('Interaction', { digest: consent, userId: alice }))
  await store.artifacts.save(newArtifact('RefreshToken', { digest: refreshToken, grantId: app.id }))
  const other = await begin(store, alice, { browserDigest })
  return {
    store,
    alice,
    app,
    offline: [await offlineApp(store, begun.session), await offlineApp(store, other)],
    refreshToken,
    halfDone: [
      ['AuthorizationCode', code],
      ['Interaction', consent],
    ],
    own: begun.session,
    other,
    third: await begin(store, alice),
    browserDigest,
    halves: halves as Household['halves'],
  }
}

async function offlineApp(store: Store, session: SessionCheck) {
  const app = await linked(store, session, { offline: true })
  const refreshToken = randomBytes(32)
  await store.artifacts.save(newArtifact('RefreshToken', { digest: refreshToken, grantId: app.id }))
  return [session, app, refreshToken] as const
}

/** Whose word the person's own session rests on. */
function atProvider(subject: string) {
  return { issuer: 'https://login.example.org', subject, sid: 'one' }
}

type Found = 'stays' | 'renewed' | 'ends' | string

/** What has become of each thing that can be held of an account. A credential without an entry does not compile. */
const FOUND: Readonly<Record<Credential, (household: Household, cause: Cause) => Promise<Found>>> = {
  thisSession: ({ store, own }, cause) => foundSession(store, own, cause),
  otherSessions: ({ store, other }, cause) => foundSession(store, other, cause),
  async halfStates({ store, halves, halfDone }) {
    const left: string[] = []
    for (const kind of KINDS) if (await store.pending.find(kind, halves[kind].secretDigest)) left.push(kind)
    for (const [kind, digest] of halfDone) if (await store.artifacts.find(kind, digest)) left.push(kind)
    return left.length === KINDS.length + halfDone.length ? 'stays' : left.length === 0 ? 'ends' : `left: ${left}`
  },
  async knownBrowsers({ store, alice, browserDigest }) {
    return (await store.sessions.knowsBrowser(alice, browserDigest)) ? 'stays' : 'ends'
  },
  sessionApps: foundOffline,
  async linkedApps({ store, app, refreshToken }) {
    const left = [await store.grants.check(app.id), await store.artifacts.find('RefreshToken', refreshToken)]
    const told = (await store.logouts.claim(100, 0)).filter(({ sessionId }) => sessionId === app.madeIn)
    // Once when its session ended, and once more when it is over itself.
    if (left.every(Boolean)) return told.length === 1 ? 'stays' : `told ${told.length} times`
    return left.some(Boolean) || told.length !== 2 ? `half over, told ${told.length} times` : 'ends'
  },
}

/** Of sessions that are over: what was let outlive them. It is told of once in any case. */
async function foundOffline({ store, offline }: Household, cause: Cause): Promise<Found> {
  const told = await store.logouts.claim(100, 0)
  const found = new Set<Found>()
  for (const [session, app, refreshToken] of offline) {
    const isOver = (await store.sessions.check(session.id)) === undefined
    const both = [await store.grants.check(app.id), await store.artifacts.find('RefreshToken', refreshToken)]
    const left = both.filter(Boolean).length
    const times = told.filter(({ clientId }) => clientId === app.clientId).length
    if (times !== Number(isOver || left === 0)) found.add(`told ${times} times`)
    else if (left === 1) found.add('half over')
    else if (isOver) found.add(left === 2 ? 'stays' : 'ends')
    else if (left === 0 && WHAT_ENDS[cause].linkedApps === 'stays') found.add('ended beside another session')
  }
  return [...found].join(', ') || 'stays'
}

async function foundSession(store: Store, before: SessionCheck, cause: Cause): Promise<Found> {
  const after = await store.sessions.check(before.id)
  if (after) return after.digest.equals(before.digest) ? 'stays' : 'renewed'
  const record = await store.sessions.ended(before.id)
  return record?.reason === WHAT_ENDS[cause].reason ? 'ends' : `ended as ${record?.reason}`
}

/** How each event happens. An event without an entry does not compile. */
const HAPPENS: Readonly<Record<Cause, (household: Household) => unknown>> = {
  'sign-out': ({ store, own }) => store.sessions.signOut(proofOf(own)),
  'sign-out-one': ({ store, own, other }) => store.sessions.end(proofOf(own), other.id, null),
  'sign-out-others': ({ store, own }) => store.sessions.endOthers(proofOf(own), null),
  'sign-out-everywhere': ({ store, own }) => store.sessions.endAll(proofOf(own), null),
  'password-changed': (all) => change(all, { kind: 'password-changed', passwordHash: 'other', endOthers: true }),
  'factor-changed': (all) => change(all, { kind: 'recovery-codes-replaced', digests: [], endOthers: true }),
  'email-changed': (all) => change(all, { kind: 'email-changed' }, emailLink(all)),
  'email-restored': (all) => change(all, { kind: 'email-restored', from: FORMER, to: PRESENT }, notice(all)),
  'password-reset': (all) =>
    change(all, { kind: 'password-reset', passwordHash: 'other' }, { by: 'link', pendingId: all.halves.reset.id }),
  reported: (all) => change(all, { kind: 'reported' }, notice(all)),
  'factors-removed': (all) => change(all, { kind: 'factors-removed' }, shell(all)),
  'account-disabled': (all) => change(all, { kind: 'account-disabled' }, shell(all)),
  'account-enabled': (all) => change(all, { kind: 'account-enabled' }, shell(all)),
  'account-deleted': (all) => change(all, { kind: 'account-deleted' }),
  'role-changed': (all) => change(all, { kind: 'administrator-granted' }, shell(all)),
  'ended-by-administrator': (all) => change(all, { kind: 'sessions-ended', sessionId: all.other.id }, shell(all)),
  'everybody-ended': ({ store }) => store.sessions.endForEverybody({ endedBy: null }),
  idle: ({ store, own }) => store.sessions.endAs(own, 'idle'),
  expired: ({ store, own }) => store.sessions.endAs(own, 'expired'),
  epoch: ({ store, own }) => store.sessions.endAs(own, 'epoch'),
  replayed: ({ store, own }) => store.sessions.endAs(own, 'replayed'),
  circumstances: ({ store, alice, own }) =>
    store.sessions.changeCircumstances(proofOf(own), newSession(alice), 'ended', event('circumstances-changed', alice)),
  limit: ({ store, alice, other }) =>
    store.sessions.begin(newSession(alice), { most: 3, action: 'ask', chosen: [other.id] }),
  'signed-in-again': ({ store, alice, own }) => store.sessions.begin(newSession(alice, { replaces: own.id }), NO_LIMIT),
  provider: ({ store, alice }) =>
    store.identities.signedOutElsewhere({
      ...atProvider(alice),
      issuedAt: new Date(),
      token: { id: alice, lifetime: 60 },
    }),
}

function emailLink({ halves, own }: Household): Authority {
  return { by: 'link', pendingId: halves.email.id, proof: proofOf(own) }
}

function notice({ alice }: Household): Authority {
  return { by: 'notice', userId: alice, event: 1 }
}

function shell({ alice }: Household): Authority {
  return { by: 'shell', userId: alice }
}

async function change({ store, alice, own }: Household, wanted: AccountChange, by: Authority = byPerson(own)) {
  const changed = await store.users.change(by, wanted, event('profile-changed', alice))
  expect(changed).toMatchObject({ outcome: 'changed' })
}

/** `chosen` was chosen here, and `target` was the other session. */
const ENDS = { ends: 'ends', chosen: 'ends', target: 'ends', renewed: 'renewed', stays: 'stays' } as const

/** Every event and every credential of the table, on a real account. */
export function whatEnds(): void {
  for (const cause of Object.keys(WHAT_ENDS) as Cause[]) {
    test(`${cause} ends what the table says, and nothing else`, { tag: ['@v5.0.0-7.4.2', '@v5.0.0-7.4.3'] }, async ({
      store,
      place,
    }) => {
      const alice = await signUp(store, PRESENT)
      const bystander = await household(store, await signUp(store, 'bob@example.org'))
      const all = await household(store, alice)
      // Enabling takes an account that is disabled; here nothing has ended with that.
      if (cause === 'account-enabled')
        await place.query(`update users set disabled_at = created_at where id = '${alice}'`)
      await HAPPENS[cause](all)
      const { reason: _, ...row } = WHAT_ENDS[cause]
      for (const credential of Object.keys(row) as Credential[]) {
        // One session was named, so no application is disconnected.
        const isNamed = credential.endsWith('Apps') && row[credential] === 'target'
        expect(await FOUND[credential](all, cause), credential).toBe(isNamed ? 'stays' : ENDS[row[credential]])
        const theirs = cause === 'everybody-ended' ? ENDS[row[credential]] : 'stays'
        expect(await FOUND[credential](bystander, cause), `${credential} of somebody else`).toBe(theirs)
      }
      const third = row.otherSessions === 'target' ? 'stays' : ENDS[row.otherSessions]
      expect(await foundSession(store, all.third, cause), 'the third session').toBe(third)
      const rows = (await place.dump()).pending ?? []
      expect(rows.filter(({ user_id }) => user_id === alice)).toHaveLength(row.halfStates === 'ends' ? 0 : KINDS.length)
    })
  }

  test('the person may let the others be, and is told how many ended', async ({ store }) => {
    const alice = await signUp(store, PRESENT)
    const all = await household(store, alice)
    const wanted = { kind: 'password-changed', passwordHash: 'other', endOthers: false } as const
    const changed = await store.users.change(byPerson(all.own), wanted, event('password-changed', alice))
    expect(changed).toMatchObject({ outcome: 'changed', ended: 0, session: { id: all.own.id } })
    expect(await FOUND.thisSession(all, 'password-changed')).toBe('renewed')
    expect(await FOUND.otherSessions(all, 'password-changed')).toBe('stays')
    expect(await FOUND.halfStates(all, 'password-changed')).toBe('ends')
    const again = { ...wanted, endOthers: true }
    if (changed.outcome !== 'changed' || !changed.session) throw new Error('no session')
    expect(await store.users.change(byPerson(changed.session), again, event('password-changed', alice))).toMatchObject({
      outcome: 'changed',
      ended: 2,
    })
  })

  test('locked sessions end with the others', { tag: '@v5.0.0-7.4.3' }, async ({ place, alice }) => {
    const store = await place.open(LOCKING)
    const all = await household(store, alice)
    await place.age(15 * MINUTE, all.other.id)
    const seen = await store.sessions.check(all.other.id)
    expect(seen && (await store.sessions.lock(seen))).toBe(true)
    await HAPPENS['password-changed'](all)
    expect(await FOUND.otherSessions(all, 'password-changed')).toBe('ends')
  })

  test('an administrator ends all sessions of somebody, and their half-states', async ({ store, alice }) => {
    const all = await household(store, alice)
    const wanted = { kind: 'sessions-ended', sessionId: null } as const
    const changed = await store.users.change(shell(all), wanted, event('administered', alice))
    expect(changed).toMatchObject({ outcome: 'changed', ended: 3 })
    expect(await FOUND.thisSession(all, 'ended-by-administrator')).toBe('ends')
    expect(await FOUND.halfStates(all, 'ended-by-administrator')).toBe('ends')
  })
}
