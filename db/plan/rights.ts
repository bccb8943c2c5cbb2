import 'server-only'
import type { AccountChange, Authority, Changed, PendingKind, SessionProof, User } from '../contract.ts'
import { isAdministrator } from '../figures.ts'
import { holds, isNewest, type Rules } from '../judgement.ts'
import { type Cause, WHAT_ENDS } from '../what-ends.ts'
import { type AccountState, ofUser, ownSession } from './state.ts'

export type Refusal = Exclude<Changed, { outcome: 'changed' }>

/** What may be changed by which right, and what it is in the table of what ends. Null: it ends nothing. */
export const RIGHTS: Readonly<
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
  'identity-linked': { by: ['person'], cause: 'factor-changed' },
  'identity-unlinked': { by: ['person'], cause: 'factor-changed' },
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

/** Whether the right by which it is changed still holds, now that everything is locked. */
export function authorityProblem(
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
      return authority.proof ? newestProblem(state, authority.proof, rules) : { outcome: 'session-over' }
    case 'shell':
      return null
  }
}

/** A copy could be at work with an older token: it confirms nothing, and the second press works. */
function newestProblem(state: AccountState, proof: SessionProof, rules: Rules): Refusal | null {
  const own = ownSession(state, { proof })
  if (!holds(own, proof, rules)) return { outcome: 'session-over' }
  return isNewest(own, proof) ? null : { outcome: 'superseded' }
}

/** A link opens what it was mailed for, and nothing else. @see ASVS v5.0.0-6.4.3 */
const LINK_OF: Readonly<Partial<Record<AccountChange['kind'], PendingKind>>> = {
  'password-reset': 'reset',
  'email-changed': 'email',
}

export function isGoodLink({ link, now, user }: AccountState, { kind }: AccountChange): boolean {
  if (!link || !user || link.userId !== user.id || link.kind !== LINK_OF[kind]) return false
  return link.expiresAt > now && link.securityVersion === user.securityVersion
}

export function changeProblem(
  state: AccountState,
  authority: Authority,
  user: User,
  change: AccountChange,
): Refusal | null {
  if (isSoAlready(user, change)) return { outcome: 'unchanged' }
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
      return state.totp ? null : { outcome: 'not-found' }
    case 'passkey-removed':
      if ((change.keepOne || isAllThereIs(state, user)) && state.passkeys.length === 1)
        return { outcome: 'last-passkey' }
      return state.passkeys.some(({ id }) => id === change.id) ? null : { outcome: 'not-found' }
    case 'passkey-renamed':
      return state.passkeys.some(({ id }) => id === change.id) ? null : { outcome: 'not-found' }
    case 'identity-linked':
      return state.identityTaken ? { outcome: 'identity-taken' } : null
    case 'identity-unlinked':
      if (!state.identities.some(({ id }) => id === change.id)) return { outcome: 'not-found' }
      return isLastWayIn(state, user) ? { outcome: 'last-identity' } : null
    case 'sessions-ended':
      if (change.sessionId === null) return null
      return ofUser(state, user).some(({ id }) => id === change.sessionId) ? null : { outcome: 'not-found' }
    default:
      return null
  }
}

/** Done once more, it would end what the person has begun since, and a mail would tell of what did not happen. */
function isSoAlready({ administrator, disabledAt }: User, { kind }: AccountChange): boolean {
  switch (kind) {
    case 'account-disabled':
      return disabledAt !== null
    case 'account-enabled':
      return disabledAt === null
    case 'administrator-granted':
      return administrator
    case 'administrator-withdrawn':
      return !administrator
    default:
      return false
  }
}

/** No password and no account elsewhere: only a passkey is left. */
function isAllThereIs({ identities }: AccountState, { passwordHash }: User): boolean {
  return passwordHash === null && identities.length === 0
}

/** No password and no passkey, and no other account elsewhere. An authenticator app alone opens nothing. */
function isLastWayIn({ identities, passkeys }: AccountState, { passwordHash }: User): boolean {
  return passwordHash === null && passkeys.length === 0 && identities.length === 1
}

/** Without this account nobody could administer. */
function isLast({ otherAdministrators }: AccountState, user: User): boolean {
  return isAdministrator(user) && otherAdministrators === 0
}
