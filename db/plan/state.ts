import 'server-only'
import type {
  AccountChange,
  Authority,
  EventKind,
  Identity,
  Passkey,
  Pending,
  SecurityEvent,
  Totp,
  User,
} from '../contract.ts'
import type { LiveSession } from '../live.ts'
import { takingBack } from './added.ts'
import type { Write } from './writes.ts'

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
  /** Accounts elsewhere that open it. */
  readonly identities: readonly Pick<Identity, 'id'>[]
  /** The one that is to be linked opens an account already, whosever. */
  readonly identityTaken: boolean
  /** The account of the administrator who acts. */
  readonly administrator: User | undefined
  /** Accounts that may administer, without this one. */
  readonly otherAdministrators: number
  /** What is known of the notice by which it is changed. */
  readonly notice: NoticeState | null
  readonly totp: Pick<Totp, 'createdAt'> | null
  /** When the recovery codes were made that are left; null when there are none. */
  readonly recoveryCodesAt: Date | null
}

/** What an account can be opened with besides its password. */
export type Authenticators = Pick<AccountState, 'passkeys' | 'identities' | 'totp' | 'recoveryCodesAt'>

export interface NoticeState {
  /** It has been answered, or what came before it was secured by another. */
  readonly answered: boolean
  /** Since when everything is suspect: the beginning of the session that the notice was about, or its event. */
  readonly suspectSince: Date
  /** What takes away the authenticator that the notice tells was added; nothing when it tells of none, or it is gone. */
  readonly added: readonly Write[]
}

/**
 * A notice is good until it is answered, and until another one from after it was: then what it tells of has been secured
 * already. That an address was taken back voids "not me", but not the other way round: the undoing must stay possible.
 * Nor is anything secured while an authenticator stands that a notice tells of: that notice stays good.
 */
export function noticeFrom(
  kind: AccountChange['kind'],
  known: {
    readonly about: Pick<SecurityEvent, 'seq' | 'at' | 'kind' | 'userId' | 'detail'> | undefined
    readonly isAnswered: boolean
    readonly secured: { readonly seq: number; readonly kind: EventKind } | undefined
    readonly began: Date | undefined
  },
  authenticators: Authenticators,
): NoticeState {
  const { about, isAnswered, secured, began } = known
  if (!about) return { answered: true, suspectSince: new Date(0), added: [] }
  const isSecured = secured !== undefined && secured.seq > about.seq && (kind === 'reported' || secured.kind === kind)
  const suspectSince = began && began < about.at ? began : about.at
  const added = takingBack(about, authenticators)
  return { answered: isAnswered || (isSecured && added.length === 0), suspectSince, added }
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

/** Whether it may leave fewer administrators than before. */
export function lessens({ kind }: AccountChange): boolean {
  return kind === 'account-disabled' || kind === 'account-deleted' || kind === 'administrator-withdrawn'
}

export function ofUser({ sessions }: AccountState, user: User): readonly LiveSession[] {
  return sessions.filter(({ userId }) => userId === user.id)
}

export function ownSession({ sessions }: AccountState, { proof }: { readonly proof: { sessionId: string } }) {
  return sessions.find(({ id }) => id === proof.sessionId)
}
