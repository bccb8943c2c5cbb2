import 'server-only'
import type { AccountChange, Authority, Identity, Passkey, User } from '../contract.ts'
import { endsApps } from '../ends.ts'
import type { LiveSession } from '../live.ts'
import { type Cause, type Scope, WHAT_ENDS } from '../what-ends.ts'
import type { AccountState } from './state.ts'

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
  readonly insertIdentity: Identity
  readonly deleteIdentity: { id: string }
  readonly deleteIdentities: { userId: string }
  readonly deleteIdentitiesSince: { userId: string; since: Date }
  readonly insertRecoveryCode: { userId: string; digest: Buffer; createdAt: Date }
  readonly deleteRecoveryCodes: { userId: string }
  readonly deletePending: { id: string }
  readonly deletePendingOfUser: { userId: string }
  readonly deleteHalfDoneOfUser: { userId: string }
  /** Relying parties will be told of what is taken away next. */
  readonly tellOfUser: { userId: string; now: Date }
  readonly deleteGrantsOfUser: { userId: string }
  readonly forgetBrowsers: { userId: string }
  readonly scrubEvents: { userId: string }
  readonly scrubEnded: { userId: string }
  readonly scrubAdministered: { userId: string }
}

export type Write = { readonly [K in keyof Writes]: readonly [K, Writes[K]] }[keyof Writes]

/**
 * A notice takes away what was added this lately and no longer ago: whoever reads a mailbox must not get around a second
 * factor that the person has had for a while. What the notice itself tells of goes whenever it was added. Seconds.
 */
const LATEST_ADDED = 3 * 24 * 60 * 60

/** What is written besides the row of the account. */
export function writesOf({ now, notice }: AccountState, { id: userId }: User, change: AccountChange): Write[] {
  switch (change.kind) {
    case 'reported':
    case 'email-restored': {
      // What somebody else may have added goes; what was there before stays, or a read mailbox would open everything.
      const since = later(notice?.suspectSince ?? now, new Date(now.getTime() - LATEST_ADDED * 1000))
      return [
        ['deleteTotpSince', { userId, since }],
        ['deletePasskeysSince', { userId, since }],
        ['deleteRecoveryCodesSince', { userId, since }],
        ['deleteIdentitiesSince', { userId, since }],
        ...(notice?.added ?? []),
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
    case 'identity-linked':
      return [['insertIdentity', { ...change.identity, userId, createdAt: now, lastUsedAt: null }]]
    case 'identity-unlinked':
      return [['deleteIdentity', { id: change.id }]]
    case 'account-deleted':
      return [
        ['deleteIdentities', { userId }],
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
export function otherEnds(
  { now }: AccountState,
  authority: Authority,
  { id: userId }: User,
  cause: Cause | null,
  scope: Scope,
  own?: LiveSession,
): Write[] {
  const row = cause === null ? null : WHAT_ENDS[cause]
  return [
    ...(authority.by === 'link' ? ([['deletePending', { id: authority.pendingId }]] as const) : []),
    ...(row?.halfStates === 'ends' ? HALF_STATES.map((name): Write => [name, { userId }]) : []),
    ...(cause !== null && endsApps(cause, scope) ? apps(userId, now) : []),
    ...(row?.knownBrowsers === 'ends' ? [forgetting(userId, row.thisSession === 'renewed' ? own : undefined)] : []),
  ]
}

const HALF_STATES = ['deletePendingOfUser', 'deleteHalfDoneOfUser'] as const

function apps(userId: string, now: Date): Write[] {
  return [
    ['tellOfUser', { userId, now }],
    ['deleteGrantsOfUser', { userId }],
  ]
}

/** The browser in which the person has just proved everything stays known. */
function forgetting(userId: string, own: LiveSession | undefined): Write {
  return own ? ['forgetOtherBrowsers', { userId, browserDigest: own.browserDigest }] : ['forgetBrowsers', { userId }]
}

function later(one: Date, other: Date): Date {
  return one > other ? one : other
}
