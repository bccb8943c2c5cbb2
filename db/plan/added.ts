import 'server-only'
import type { AccountChange, NewEvent } from '../contract.ts'
import type { Authenticators } from './state.ts'
import type { Write } from './writes.ts'

/**
 * What a change adds that opens the account, as its event keeps it: the row's name, or, of what an account has one of,
 * when it was made. Null: it adds nothing. Pure.
 */
export function addedBy(change: AccountChange, now: Date): string | null {
  switch (change.kind) {
    case 'passkey-added':
      return change.passkey.id
    case 'identity-linked':
      return change.identity.id
    case 'totp-added':
    case 'recovery-codes-replaced':
      return now.toISOString()
    default:
      return null
  }
}

/** Takes away what an event tells was added, and nothing that took its place since. Nothing when it is gone. */
export function takingBack(
  { kind, userId, detail: { added } }: Pick<NewEvent, 'kind' | 'userId' | 'detail'>,
  { passkeys, identities, totp, recoveryCodesAt }: Authenticators,
): readonly Write[] {
  if (userId === null) return []
  switch (kind) {
    case 'passkey-added':
      return passkeys.filter(({ id }) => id === added).map(({ id }) => ['deletePasskey', { id }])
    case 'identity-linked':
      return identities.filter(({ id }) => id === added).map(({ id }) => ['deleteIdentity', { id }])
    case 'totp-added':
      return totp?.createdAt.toISOString() === added ? [['deleteTotp', { userId }]] : []
    case 'recovery-codes-replaced':
      return recoveryCodesAt?.toISOString() === added ? [['deleteRecoveryCodes', { userId }]] : []
    default:
      return []
  }
}
