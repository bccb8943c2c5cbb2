import 'server-only'
import type { AccountChange, User } from '../contract.ts'
import type { AccountState } from './state.ts'

/** What a new account is, until something happens to it. */
export const NEW_ACCOUNT = {
  passwordFailures: 0,
  administrator: false,
  securityVersion: 1,
  disabledAt: null,
  deletedAt: null,
  formerEmail: null,
  formerEmailUntil: null,
  emailHeldUntil: null,
} as const

/** Notices go to a former address as well for this long, and a restored one is held. Seconds. */
const WEEK = 7 * 24 * 60 * 60

/** The row of the account as it is afterwards. */
export function changedUser({ now, link }: AccountState, user: User, change: AccountChange): User {
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
