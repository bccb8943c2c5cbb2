import 'server-only'
import type {
  AccountChange,
  Authority,
  Changed,
  EventKind,
  NewEvent,
  Passkey,
  Pending,
  PendingKind,
  User,
} from './contract.ts'
import { deviceName } from './device-name.ts'
import { endedBecause, endsOf } from './ends.ts'
import { isAdministrator } from './figures.ts'
import { type Ends, holds, isNewest, type Rules } from './judgement.ts'
import { type LiveSession, rekeyed } from './live.ts'
import { administeredEvent, byAdministrator } from './records.ts'
import { type Cause, WHAT_ENDS } from './what-ends.ts'

/**
 * What a change of an account comes to: read under its locks, decided here, written by the store in the same
 * transaction. Both stores carry out the same plan. Pure.
 */
export interface AccountState {
  readonly now: Date
  readonly user: User | undefined
  /** The user's, and the administrator's own one where one acts. */
  readonly sessions: readonly LiveSession[]
  readonly passkeys: readonly Passkey[]
  /** The half-state of the link that was used. */
  readonly link: Pending | undefined
  /** The new address belongs to another account. */
  readonly addressTaken: boolean
  /** The new passkey is in use already, by whomever. */
  readonly passkeyTaken: boolean
  /** The account of the administrator who acts. */
  readonly administrator: User | undefined
  /** Accounts that may administer, without this one. */
  readonly otherAdministrators: number
  /** What is known of the notice by which it is changed. */
  readonly notice: NoticeState | null
  /** It has an authenticator app. */
  readonly hasTotp: boolean
}

export interface NoticeState {
  /** It has been answered, or what came before it was secured by another. */
  readonly answered: boolean
  /** Since when everything is suspect: the beginning of the session that the notice was about, or its event. */
  readonly suspectSince: Date
}

/**
 * A notice is good until it is answered, and until another one from after it was: then what it tells of has been secured
 * already. That an address was taken back voids "not me", but not the other way round: the undoing must stay possible.
 */
export function noticeFrom(
  kind: AccountChange['kind'],
  known: {
    readonly about: { readonly seq: number; readonly at: Date } | undefined
    readonly isAnswered: boolean
    readonly secured: { readonly seq: number; readonly kind: EventKind } | undefined
    readonly began: Date | undefined
  },
): NoticeState {
  const { about, isAnswered, secured, began } = known
  if (!about) return { answered: true, suspectSince: new Date(0) }
  const isSecured = secured !== undefined && secured.seq > about.seq && (kind === 'reported' || secured.kind === kind)
  const suspectSince = began && began < about.at ? began : about.at
  return { answered: isAnswered || isSecured, suspectSince }
}

/** Of mailed links an account has one of a kind: the latest wins. */
export function isLink(kind: PendingKind): boolean {
  return kind === 'reset' || kind === 'email'
}

/** Whose account an authority is about. */
export function userOf(authority: Authority, ofLink: string | null): string {
  switch (authority.by) {
    case 'person':
      return authority.proof.userId
    case 'link':
      return ofLink ?? ''
    default:
      return authority.userId
  }
}

/** The address that a change would give the account, for looking whether it is taken. */
export function newAddress(change: AccountChange, link: Pending['detail'] | undefined): string | undefined {
  if (change.kind === 'email-changed') return link?.email
  return change.kind === 'email-restored' ? change.from : undefined
}

/** Statements of the store by name, and what they are given. */
export interface Writes {
  readonly saveUser: User
  readonly insertTotp: { userId: string; secret: string; lastStep: number; createdAt: Date; lastUsedAt: null }
  readonly deleteTotp: { userId: string }
  readonly insertPasskey: Passkey
  readonly namePasskey: { id: string; name: string }
  readonly deletePasskey: { id: string }
  readonly deletePasskeys: { userId: string }
  /** Those made at `since` and later. */
  readonly deleteTotpSince: { userId: string; since: Date }
  readonly deletePasskeysSince: { userId: string; since: Date }
  readonly deleteRecoveryCodesSince: { userId: string; since: Date }
  /** All but one: the browser of the session that goes on. */
  readonly forgetOtherBrowsers: { userId: string; browserDigest: Buffer }
  readonly insertRecoveryCode: { userId: string; digest: Buffer; createdAt: Date }
  readonly deleteRecoveryCodes: { userId: string }
  readonly deletePending: { id: string }
  readonly deletePendingOfUser: { userId: string }
  readonly forgetBrowsers: { userId: string }
  readonly scrubEvents: { userId: string }
  readonly scrubEnded: { userId: string }
  readonly scrubAdministered: { userId: string }
}

export type Write = { readonly [K in keyof Writes]: readonly [K, Writes[K]] }[keyof Writes]

export interface Plan {
  readonly events: readonly NewEvent[]
  readonly ends: readonly Ends[]
  readonly renewed: LiveSession | null
  /** After the events: their mails go to the address from before. */
  readonly writes: readonly Write[]
  readonly changed: Extract<Changed, { outcome: 'changed' }>
}

export type Refusal = Exclude<Changed, { outcome: 'changed' }>

/** Notices go to a former address as well for this long, and a restored one is held. Seconds. */
const WEEK = 7 * 24 * 60 * 60

/** What may be changed by which right, and what it is in the table of what ends. Null: it ends nothing. */
const RULES_OF: Readonly<
  Record<AccountChange['kind'], { readonly by: readonly Authority['by'][]; readonly cause: Cause | null }>
> = {
  'password-changed': { by: ['person'], cause: 'password-changed' },
  'password-reset': { by: ['link'], cause: 'password-reset' },
  'totp-added': { by: ['person'], cause: 'factor-changed' },
  'totp-removed': { by: ['person'], cause: 'factor-changed' },
  'passkey-added': { by: ['person'], cause: 'factor-changed' },
  'passkey-removed': { by: ['person'], cause: 'factor-changed' },
  'passkey-renamed': { by: ['person'], cause: null },
  'recovery-codes-replaced': { by: ['person'], cause: 'factor-changed' },
  'email-changed': { by: ['link'], cause: 'email-changed' },
  'email-restored': { by: ['notice'], cause: 'email-restored' },
  reported: { by: ['notice'], cause: 'reported' },
  'factors-removed': { by: ['administrator', 'shell'], cause: 'factors-removed' },
  'account-disabled': { by: ['administrator', 'shell'], cause: 'account-disabled' },
  'account-enabled': { by: ['administrator', 'shell'], cause: 'account-enabled' },
  'account-deleted': { by: ['person', 'administrator', 'shell'], cause: 'account-deleted' },
  'administrator-granted': { by: ['administrator', 'shell'], cause: 'role-changed' },
  'administrator-withdrawn': { by: ['administrator', 'shell'], cause: 'role-changed' },
  'sessions-ended': { by: ['administrator', 'shell'], cause: 'ended-by-administrator' },
}

export function planChange(
  state: AccountState,
  authority: Authority,
  change: AccountChange,
  event: NewEvent,
  rules: Rules,
): Plan | Refusal {
  const { user } = state
  const { by, cause } = RULES_OF[change.kind]
  if (!by.includes(authority.by)) return { outcome: 'void' }
  // Before anything is said of the account: a link that opens nothing tells nothing.
  if (authority.by === 'link' && !isGoodLink(state, change)) return { outcome: 'void' }
  if (!user || user.deletedAt) return { outcome: 'not-found' }
  const refusal = authorityProblem(state, authority, cause, rules) ?? changeProblem(state, authority, user, change)
  if (refusal) return refusal
  const after = changedUser(state, user, change)
  const own = authority.by === 'person' ? ownSession(state, authority) : undefined
  const ends = cause === null ? [] : endsOf(cause, ofUser(state, user), scopeOf(change, own, event), rules)
  const isRenewed = cause !== null && WHAT_ENDS[cause].thisSession === 'renewed'
  const renewed = isRenewed && own && authority.by === 'person' ? rekeyed(own, authority.digest) : null
  return {
    events: eventsOf(state, authority, change, user, event),
    ends,
    renewed,
    writes: [...writesOf(state, user, change), ...halfStates(authority, user, cause, own), ['saveUser', after]],
    changed: {
      outcome: 'changed',
      user: after,
      session: renewed,
      ended: cause === null ? 0 : endedBecause(cause, ends).length,
    },
  }
}

function ofUser({ sessions }: AccountState, user: User): readonly LiveSession[] {
  return sessions.filter(({ userId }) => userId === user.id)
}

function ownSession({ sessions }: AccountState, { proof }: { readonly proof: { sessionId: string } }) {
  return sessions.find(({ id }) => id === proof.sessionId)
}

/** Whether the right by which it is changed still holds, now that everything is locked. */
function authorityProblem(
  state: AccountState,
  authority: Authority,
  cause: Cause | null,
  rules: Rules,
): Refusal | null {
  switch (authority.by) {
    case 'person': {
      const own = ownSession(state, authority)
      if (!holds(own, authority.proof, rules)) return { outcome: 'session-over' }
      const renews = cause !== null && WHAT_ENDS[cause].thisSession === 'renewed'
      return renews && !isNewest(own, authority.proof) ? { outcome: 'superseded' } : null
    }
    case 'administrator': {
      const { administrator } = state
      if (!holds(ownSession(state, authority), authority.proof, rules)) return { outcome: 'session-over' }
      return isAdministrator(administrator) ? null : { outcome: 'session-over' }
    }
    case 'notice':
      return state.notice && !state.notice.answered ? null : { outcome: 'void' }
    case 'link':
      // A reset is for somebody who is signed in nowhere; whatever else a link confirms belongs to a session as well.
      if (cause === 'password-reset') return null
      return authority.proof && holds(ownSession(state, { proof: authority.proof }), authority.proof, rules)
        ? null
        : { outcome: 'session-over' }
    case 'shell':
      return null
  }
}

/** A link opens what it was mailed for, and nothing else. @see ASVS v5.0.0-6.4.3 */
const LINK_OF: Readonly<Partial<Record<AccountChange['kind'], PendingKind>>> = {
  'password-reset': 'reset',
  'email-changed': 'email',
}

function isGoodLink({ link, now, user }: AccountState, { kind }: AccountChange): boolean {
  if (!link || !user || link.userId !== user.id || link.kind !== LINK_OF[kind]) return false
  return link.expiresAt > now && link.securityVersion === user.securityVersion
}

function changeProblem(state: AccountState, authority: Authority, user: User, change: AccountChange): Refusal | null {
  switch (change.kind) {
    case 'account-disabled':
    case 'account-deleted':
    case 'administrator-withdrawn':
      return authority.by !== 'shell' && isLast(state, user) ? { outcome: 'last-administrator' } : null
    case 'email-changed':
      if (user.emailHeldUntil && user.emailHeldUntil > state.now) return { outcome: 'void' }
      return state.addressTaken ? { outcome: 'email-taken' } : null
    case 'email-restored':
      if (user.email !== change.to) return { outcome: 'void' }
      return state.addressTaken ? { outcome: 'email-taken' } : null
    case 'passkey-added':
      return state.passkeyTaken ? { outcome: 'passkey-taken' } : null
    case 'totp-removed':
      return state.hasTotp ? null : { outcome: 'not-found' }
    case 'passkey-removed':
      if (change.keepOne && state.passkeys.length === 1) return { outcome: 'last-passkey' }
      return state.passkeys.some(({ id }) => id === change.id) ? null : { outcome: 'not-found' }
    case 'passkey-renamed':
      return state.passkeys.some(({ id }) => id === change.id) ? null : { outcome: 'not-found' }
    case 'sessions-ended':
      if (change.sessionId === null) return null
      return ofUser(state, user).some(({ id }) => id === change.sessionId) ? null : { outcome: 'not-found' }
    default:
      return null
  }
}

/** Whether it may leave fewer administrators than before. */
export function lessens({ kind }: AccountChange): boolean {
  return kind === 'account-disabled' || kind === 'account-deleted' || kind === 'administrator-withdrawn'
}

/** Without this account nobody could administer. */
function isLast({ otherAdministrators }: AccountState, user: User): boolean {
  return isAdministrator(user) && otherAdministrators === 0
}

function changedUser({ now, link }: AccountState, user: User, change: AccountChange): User {
  const next = { ...user, securityVersion: user.securityVersion + 1 }
  const later = new Date(now.getTime() + WEEK * 1000)
  switch (change.kind) {
    case 'passkey-renamed':
    case 'sessions-ended':
      return user
    case 'password-changed':
    case 'password-reset':
      return { ...next, passwordHash: change.passwordHash, passwordFailures: 0 }
    case 'email-changed': {
      // Held, so that no second change comes between the old address and its undoing the first.
      const former = { formerEmail: user.email, formerEmailUntil: later, emailHeldUntil: later }
      return { ...next, ...former, email: link?.detail.email ?? user.email }
    }
    case 'email-restored': {
      const former = { formerEmail: null, formerEmailUntil: null, emailHeldUntil: later }
      return { ...next, ...former, email: change.from, passwordHash: null }
    }
    case 'reported':
      return { ...next, passwordHash: null }
    case 'account-disabled':
      return { ...next, disabledAt: user.disabledAt ?? now }
    case 'account-enabled':
      return { ...next, disabledAt: null }
    case 'account-deleted':
      return { ...next, ...nobody(user.id), deletedAt: now }
    case 'administrator-granted':
      return { ...next, administrator: true }
    case 'administrator-withdrawn':
      return { ...next, administrator: false }
    default:
      return next
  }
}

/** What is left of somebody whose account is gone: a row that keeps the events apart from other people's. */
function nobody(id: string) {
  const former = { formerEmail: null, formerEmailUntil: null, emailHeldUntil: null }
  return { name: '', email: `deleted ${id}`, passwordHash: null, administrator: false, ...former }
}

function scopeOf(change: AccountChange, own: LiveSession | undefined, { detail }: NewEvent) {
  return {
    thisSession: own?.id ?? null,
    endedBy: own ? deviceName(own) : null,
    ...('endOthers' in change && { endOthers: change.endOthers }),
    ...('sessionId' in change && { target: change.sessionId, why: detail.reason }),
  }
}

function writesOf({ now, notice }: AccountState, { id: userId }: User, change: AccountChange): Write[] {
  switch (change.kind) {
    case 'reported':
    case 'email-restored': {
      // What somebody else may have added goes; what was there before stays, or a read mailbox would open everything.
      const since = notice?.suspectSince ?? now
      return [
        ['deleteTotpSince', { userId, since }],
        ['deletePasskeysSince', { userId, since }],
        ['deleteRecoveryCodesSince', { userId, since }],
      ]
    }
    case 'factors-removed':
      return [
        ['deleteTotp', { userId }],
        ['deletePasskeys', { userId }],
        ['deleteRecoveryCodes', { userId }],
      ]
    case 'totp-added': {
      const { secret, step: lastStep } = change
      return [
        ['deleteTotp', { userId }],
        ['insertTotp', { userId, secret, lastStep, createdAt: now, lastUsedAt: null }],
      ]
    }
    case 'totp-removed':
      return [['deleteTotp', { userId }]]
    case 'passkey-added':
      return [['insertPasskey', { ...change.passkey, userId, createdAt: now, lastUsedAt: null }]]
    case 'passkey-removed':
      return [['deletePasskey', { id: change.id }]]
    case 'passkey-renamed':
      return [['namePasskey', { id: change.id, name: change.name }]]
    case 'recovery-codes-replaced':
      return [
        ['deleteRecoveryCodes', { userId }],
        ...change.digests.map((digest): Write => ['insertRecoveryCode', { userId, digest, createdAt: now }]),
      ]
    case 'account-deleted':
      return [
        ['deleteTotp', { userId }],
        ['deletePasskeys', { userId }],
        ['deleteRecoveryCodes', { userId }],
        ['scrubEvents', { userId }],
        ['scrubEnded', { userId }],
        ['scrubAdministered', { userId }],
      ]
    default:
      return []
  }
}

/** What else the table ends, and the link that was used: it opens nothing twice. */
function halfStates(authority: Authority, { id: userId }: User, cause: Cause | null, own?: LiveSession): Write[] {
  const row = cause === null ? null : WHAT_ENDS[cause]
  return [
    ...(authority.by === 'link' ? ([['deletePending', { id: authority.pendingId }]] as const) : []),
    ...(row?.halfStates === 'ends' ? ([['deletePendingOfUser', { userId }]] as const) : []),
    ...(row?.knownBrowsers === 'ends' ? [forgetting(userId, row.thisSession === 'renewed' ? own : undefined)] : []),
  ]
}

/** The browser in which the person has just proved everything stays known. */
function forgetting(userId: string, own: LiveSession | undefined): Write {
  return own ? ['forgetOtherBrowsers', { userId, browserDigest: own.browserDigest }] : ['forgetBrowsers', { userId }]
}

/** What an administrator does is told on both sides; the person is not told the administrator's address. */
function eventsOf(
  { administrator }: AccountState,
  authority: Authority,
  change: AccountChange,
  user: User,
  event: NewEvent,
): NewEvent[] {
  // By this it is known that the notice has been answered.
  if (authority.by === 'notice') return [{ ...event, detail: { ...event.detail, notice: String(authority.event) } }]
  if (authority.by !== 'administrator' || !administrator) return [event]
  // Of ended sessions the person has an event each.
  const told = change.kind === 'sessions-ended' ? [] : [byAdministrator(event)]
  return [...told, administeredEvent(event, administrator.id, change.kind, user)]
}
