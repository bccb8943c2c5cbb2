import { expect, test } from '@playwright/test'
import type { AccountChange, Authority, EventKind, Pending, SessionProof, User } from './contract.ts'
import { begun, type LiveSession } from './live.ts'
import { type AccountState, noticeFrom } from './plan/state.ts'
import { type Plan, planChange } from './plan.ts'
import { byAdministrator, byPerson, event, newPending, newSession, proofOf, RULES } from './testing.ts'
import { type Cause, type Credential, type Decision, WHAT_ENDS } from './what-ends.ts'

/** The plan of each change against the table: every credential, decided and written, without any database. */
const NOW = new Date('2026-01-01T12:00:00Z')
const LONG_AGO = new Date('2025-12-10T12:00:00Z')
const OWN = live('alice')
const OTHER = live('alice')
const ROOT = live('root')

type Made = { readonly change: AccountChange; readonly by: Authority; readonly cause: Cause | null }

/** A change without an entry does not compile. */
const MADE: Readonly<Record<AccountChange['kind'], Made>> = {
  'password-changed': person({ kind: 'password-changed', passwordHash: 'new', endOthers: true }, 'password-changed'),
  'password-reset': link({ kind: 'password-reset', passwordHash: 'new' }, 'password-reset'),
  'totp-added': person({ kind: 'totp-added', secret: 's', step: 1, endOthers: true }, 'factor-changed'),
  'totp-removed': person({ kind: 'totp-removed', endOthers: true }, 'factor-changed'),
  'passkey-added': person({ kind: 'passkey-added', passkey: { id: 'q' } as never, endOthers: true }, 'factor-changed'),
  'passkey-removed': person({ kind: 'passkey-removed', id: 'p', keepOne: false, endOthers: true }, 'factor-changed'),
  'passkey-renamed': person({ kind: 'passkey-renamed', id: 'p', name: 'Phone' }, null),
  'recovery-codes-replaced': person(
    { kind: 'recovery-codes-replaced', digests: [], endOthers: true },
    'factor-changed',
  ),
  'identity-linked': person(
    { kind: 'identity-linked', identity: { id: 'j' } as never, endOthers: true },
    'factor-changed',
  ),
  'identity-unlinked': person({ kind: 'identity-unlinked', id: 'i', endOthers: true }, 'factor-changed'),
  'email-changed': link({ kind: 'email-changed' }, 'email-changed', proofOf(OWN)),
  'email-restored': notice({ kind: 'email-restored', from: 'a@former.example', to: 'a@example.org' }, 'email-restored'),
  reported: notice({ kind: 'reported' }, 'reported'),
  'factors-removed': administrator({ kind: 'factors-removed' }, 'factors-removed'),
  'account-disabled': administrator({ kind: 'account-disabled' }, 'account-disabled'),
  'account-enabled': administrator({ kind: 'account-enabled' }, 'account-enabled'),
  'account-deleted': person({ kind: 'account-deleted' }, 'account-deleted'),
  'administrator-granted': administrator({ kind: 'administrator-granted' }, 'role-changed'),
  'administrator-withdrawn': administrator({ kind: 'administrator-withdrawn' }, 'role-changed'),
  'sessions-ended': administrator({ kind: 'sessions-ended', sessionId: OTHER.id }, 'ended-by-administrator'),
}

/** What the account has to be for a change to change anything. */
const BEFORE: Readonly<Partial<Record<AccountChange['kind'], Partial<User>>>> = {
  'account-enabled': { disabledAt: LONG_AGO },
  'administrator-withdrawn': { administrator: true },
}

/** What a plan does to each credential. */
const DONE: Readonly<Record<Credential, (plan: Plan) => Decision>> = {
  thisSession: (plan) => (plan.renewed ? 'renewed' : ended(plan, OWN)),
  otherSessions: (plan) => ended(plan, OTHER),
  halfStates: ({ writes }) => {
    const done = ['deletePendingOfUser', 'deleteHalfDoneOfUser'].filter((name) => writes.some((one) => one[0] === name))
    return done.length === 2 ? 'ends' : done.length === 0 ? 'stays' : 'chosen'
  },
  knownBrowsers: ({ writes }) =>
    writes.some(([name]) => name === 'forgetBrowsers' || name === 'forgetOtherBrowsers') ? 'ends' : 'stays',
  sessionApps: ({ ends }) => (ends.some(({ withApps }) => withApps) ? 'ends' : 'stays'),
  linkedApps: ({ writes }) => (writes.some(([name]) => name === 'deleteGrantsOfUser') ? 'ends' : 'stays'),
}

for (const [kind, { change, by, cause }] of Object.entries(MADE)) {
  for (const credential of Object.keys(DONE) as Credential[]) {
    const wanted = cause === null ? 'stays' : WHAT_ENDS[cause][credential]
    // Here one session is named: that is no reason to disconnect anything.
    const named = wanted === 'target' && credential.endsWith('Apps') ? 'stays' : 'ends'
    const done = wanted === 'chosen' ? 'ends' : wanted === 'target' ? named : wanted
    test(`${kind}: ${credential} ${done}`, { tag: '@v5.0.0-7.4.3' }, () => {
      const made = planned(change, by)
      expect(DONE[credential](made)).toBe(done)
      for (const { ending } of made.ends) expect(ending.reason).toBe(cause && WHAT_ENDS[cause].reason)
    })
  }

  test(`${kind}: the version grows with whatever is ended or could be begun anew`, () => {
    const { securityVersion } = planned(change, by).changed.user
    expect(securityVersion).toBe(kind === 'passkey-renamed' || kind === 'sessions-ended' ? 7 : 8)
  })
}

test('a session that goes on has a new token, above every one that was handed out', { tag: '@v5.0.0-7.2.4' }, () => {
  const { renewed, changed } = planned(MADE['password-changed'].change, MADE['password-changed'].by)
  expect(renewed).toMatchObject({
    id: OWN.id,
    generation: 2,
    predecessor: { digest: null, retiredBy: 'authentication' },
  })
  expect(changed.session).toBe(renewed)
})

test('what the person lets be stays', () => {
  const { by, change } = MADE['password-changed']
  const made = planned({ ...change, endOthers: false } as AccountChange, by)
  expect(DONE.otherSessions(made)).toBe('stays')
  expect(DONE.linkedApps(made)).toBe('stays')
})

test('an administrator who ends all sessions disconnects all applications', { tag: '@v5.0.0-7.4.5' }, () => {
  const { by } = MADE['sessions-ended']
  expect(DONE.linkedApps(planned({ kind: 'sessions-ended', sessionId: null }, by))).toBe('ends')
})

test('relying parties are told of grants before these are gone', () => {
  const names = planned(MADE.reported.change, MADE.reported.by).writes.map(([name]) => name)
  expect(names.indexOf('tellOfUser')).toBe(names.indexOf('deleteGrantsOfUser') - 1)
  expect(names).toContain('tellOfUser')
})

test('a link that was used is taken away, whatever else ends', { tag: '@v5.0.0-6.4.3' }, () => {
  for (const kind of ['password-reset', 'email-changed'] as const) {
    const { change, by } = MADE[kind]
    expect(planned(change, by).writes).toContainEqual(['deletePending', { id: 'link' }])
  }
})

test('nobody is left without an administrator but by the command line', () => {
  const alone = { otherAdministrators: 0, user: { ...user('alice'), administrator: true } }
  for (const kind of ['account-disabled', 'account-deleted', 'administrator-withdrawn'] as const) {
    const by = byAdministrator(ROOT, 'alice')
    expect(plan({ kind }, by, alone)).toEqual({ outcome: 'last-administrator' })
    expect(plan({ kind }, { by: 'shell', userId: 'alice' }, alone)).toMatchObject({ changed: { outcome: 'changed' } })
  }
})

test('a notice takes away what was added lately, since it became suspect', { tag: '@v5.0.0-6.4.4' }, () => {
  const { change, by } = MADE.reported
  for (const [hours, since] of [
    [1, 1],
    [71, 71],
    [73, 72],
    [1000, 72],
  ] as const) {
    const suspectSince = new Date(NOW.getTime() - hours * 3_600_000)
    const made = plan(change, by, { notice: { answered: false, suspectSince, added: [] } })
    if (!('writes' in made)) throw new Error('refused')
    const at = new Date(NOW.getTime() - since * 3_600_000)
    for (const name of ['deleteTotpSince', 'deletePasskeysSince', 'deleteRecoveryCodesSince']) {
      expect(made.writes).toContainEqual([name, { userId: 'alice', since: at }])
    }
  }
})

test('what a notice tells was added goes whenever that was', { tag: '@v5.0.0-6.4.4' }, () => {
  const { change, by } = MADE.reported
  const added: Plan['writes'] = [['deletePasskey', { id: 'q' }]]
  const made = plan(change, by, { notice: { answered: false, suspectSince: LONG_AGO, added } })
  expect('writes' in made && made.writes).toContainEqual(added[0])
})

test('a notice of an addition is good until what was added is gone', { tag: '@v5.0.0-6.4.4' }, () => {
  const authenticators = {
    totp: { createdAt: LONG_AGO },
    recoveryCodesAt: LONG_AGO,
    passkeys: [{ id: 'p' } as never],
    identities: [{ id: 'i' }],
  }
  const later = { seq: 2, kind: 'reported' } as const
  const judged = (kind: EventKind, added: string) => {
    const about = { seq: 1, at: LONG_AGO, kind, userId: 'alice', detail: { added } }
    return noticeFrom('reported', { about, isAnswered: false, secured: later, began: undefined }, authenticators)
  }
  const at = LONG_AGO.toISOString()
  for (const [kind, added, writes] of [
    ['passkey-added', 'p', [['deletePasskey', { id: 'p' }]]],
    ['passkey-added', 'i', []],
    ['identity-linked', 'i', [['deleteIdentity', { id: 'i' }]]],
    ['totp-added', at, [['deleteTotp', { userId: 'alice' }]]],
    ['totp-added', NOW.toISOString(), []],
    ['recovery-codes-replaced', at, [['deleteRecoveryCodes', { userId: 'alice' }]]],
    ['recovery-codes-replaced', NOW.toISOString(), []],
    ['passkey-removed', 'p', []],
  ] as const) {
    expect(judged(kind, added), `${kind} ${added}`).toMatchObject({ added: writes, answered: writes.length === 0 })
  }
})

/** The table once more, by hand: what both the plan and the stores are held against must not drift by itself. */
const POLICY: Readonly<Record<Cause, readonly Decision[]>> = {
  'sign-out': ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
  'sign-out-one': ['stays', 'target', 'stays', 'stays', 'stays', 'stays'],
  'sign-out-others': ['stays', 'ends', 'ends', 'stays', 'stays', 'stays'],
  'sign-out-everywhere': ['ends', 'ends', 'ends', 'stays', 'ends', 'ends'],
  'password-changed': ['renewed', 'chosen', 'ends', 'ends', 'chosen', 'chosen'],
  'factor-changed': ['renewed', 'chosen', 'ends', 'ends', 'chosen', 'chosen'],
  'factors-removed': ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  'email-changed': ['stays', 'stays', 'ends', 'stays', 'stays', 'stays'],
  'email-restored': ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  'password-reset': ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  reported: ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  'account-disabled': ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  'account-enabled': ['stays', 'stays', 'stays', 'stays', 'stays', 'stays'],
  'account-deleted': ['ends', 'ends', 'ends', 'ends', 'ends', 'ends'],
  'role-changed': ['ends', 'ends', 'ends', 'stays', 'ends', 'ends'],
  'ended-by-administrator': ['stays', 'target', 'ends', 'stays', 'target', 'target'],
  'everybody-ended': ['ends', 'ends', 'ends', 'stays', 'ends', 'ends'],
  idle: ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
  expired: ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
  epoch: ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
  replayed: ['ends', 'stays', 'stays', 'stays', 'stays', 'ends'],
  circumstances: ['ends', 'stays', 'stays', 'stays', 'stays', 'ends'],
  limit: ['stays', 'target', 'stays', 'stays', 'stays', 'stays'],
  'signed-in-again': ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
  provider: ['ends', 'stays', 'stays', 'stays', 'stays', 'stays'],
}

test('the table says what the policy says', { tag: '@v5.0.0-7.4.3' }, () => {
  for (const [cause, row] of Object.entries(WHAT_ENDS)) {
    const { thisSession, otherSessions, halfStates, knownBrowsers, linkedApps, sessionApps } = row
    const decided = [thisSession, otherSessions, halfStates, knownBrowsers, linkedApps, sessionApps]
    expect(decided, cause).toEqual(POLICY[cause as Cause])
  }
})

test('what is so already is not done again, and nobody is told', { tag: '@v5.0.0-7.4.3' }, () => {
  for (const [kind, already] of [
    ['account-disabled', { disabledAt: LONG_AGO }],
    ['account-enabled', { disabledAt: null }],
    ['administrator-granted', { administrator: true }],
    ['administrator-withdrawn', { administrator: false }],
  ] as const) {
    const so = { user: { ...user('alice'), ...already }, otherAdministrators: 0 }
    for (const by of [byAdministrator(ROOT, 'alice'), { by: 'shell', userId: 'alice' } as const])
      expect(plan({ kind }, by, so), `${kind} by ${by.by}`).toEqual({ outcome: 'unchanged' })
  }
})

test('a deleted account changes in no way', () => {
  for (const { change, by } of Object.values(MADE)) {
    const gone = { user: { ...user('alice'), deletedAt: NOW } }
    expect(plan(change, by, gone)).toEqual({ outcome: 'not-found' })
  }
})

function ended({ ends }: Plan, { id }: LiveSession): Decision {
  return ends.some(({ session }) => session.id === id) ? 'ends' : 'stays'
}

function planned(change: AccountChange, by: Authority): Plan {
  const made = plan(change, by)
  if (!('writes' in made)) throw new Error(`refused: ${made.outcome}`)
  return made
}

function plan(change: AccountChange, by: Authority, other: Partial<AccountState> = {}) {
  const kind = change.kind === 'email-changed' ? 'email' : 'reset'
  const half = newPending(kind, 'alice', { id: 'link', securityVersion: 7, detail: { email: 'a@new.example' } })
  const link: Pending = { ...half, createdAt: NOW, expiresAt: new Date(NOW.getTime() + 1) }
  const state: AccountState = {
    now: NOW,
    user: { ...user('alice'), ...BEFORE[change.kind] },
    sessions: [OWN, OTHER, ROOT],
    passkeys: [{ id: 'p' } as never],
    link: by.by === 'link' ? link : undefined,
    addressTaken: false,
    passkeyTaken: false,
    identities: [{ id: 'i' }],
    identityTaken: false,
    administrator: by.by === 'administrator' ? { ...user('root'), administrator: true } : undefined,
    otherAdministrators: 1,
    notice: { answered: false, suspectSince: NOW, added: [] },
    totp: { createdAt: LONG_AGO },
    recoveryCodesAt: LONG_AGO,
    ...other,
  }
  return planChange(state, by, change, event('profile-changed', 'alice'), RULES)
}

function live(userId: string): LiveSession {
  return begun(newSession(userId), NOW)
}

function user(id: string): User {
  const former = { formerEmail: null, formerEmailUntil: null, emailHeldUntil: null }
  const state = { disabledAt: null, deletedAt: null, createdAt: NOW, administrator: false, ...former }
  return {
    id,
    name: 'A',
    email: 'a@example.org',
    passwordHash: 'old',
    passwordFailures: 0,
    securityVersion: 7,
    ...state,
  }
}

function person(change: AccountChange, cause: Cause | null): Made {
  return { change, cause, by: byPerson(OWN) }
}

function link(change: AccountChange, cause: Cause, proof?: SessionProof): Made {
  return { change, cause, by: { by: 'link', pendingId: 'link', ...(proof && { proof }) } }
}

function notice(change: AccountChange, cause: Cause): Made {
  return { change, cause, by: { by: 'notice', userId: 'alice', event: 1 } }
}

function administrator(change: AccountChange, cause: Cause): Made {
  return { change, cause, by: byAdministrator(ROOT, 'alice') }
}
