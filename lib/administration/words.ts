/** Administration in words. Pure. */
import type { EndReason } from '#db/contract.ts'
import type { Act } from './acts.ts'

const REASONS: Readonly<Record<EndReason, string>> = {
  'signed-out': 'Signed out',
  'signed-in-again': 'Signed in again in the same browser',
  'signed-out-elsewhere': 'Signed out from another device',
  'signed-out-everywhere': 'Signed out everywhere',
  idle: 'No activity for too long',
  expired: 'Reached the time limit',
  replayed: 'A copy of the cookie was used',
  limit: 'Session limit reached',
  administrator: 'Ended by an administrator',
  'role-changed': 'Rights of the account changed',
  'password-changed': 'Password changed',
  'factor-changed': 'Way of signing in changed',
  'email-changed': 'Email address changed',
  reset: 'Password reset',
  reported: 'Reported by the person',
  disabled: 'Account disabled',
  deleted: 'Account deleted',
  circumstances: 'Cookie turned up in other circumstances',
  provider: 'Signed out at the provider',
  epoch: 'All sessions ended at once',
}

/** Of many sessions, so it speaks to nobody. */
export function endReasonLabel(reason: EndReason): string {
  return REASONS[reason]
}

const DONE: Readonly<Record<Act, (ended: number) => string>> = {
  'account-disabled': (ended) => `The account is disabled, and ${sessions(ended)} ended.`,
  'account-enabled': () => 'The account is enabled. What was ended stays ended: the person signs in anew.',
  'account-deleted': (ended) =>
    `The account is deleted, and ${sessions(ended)} ended. Its events are kept, without anything personal.`,
  'factors-removed': (ended) =>
    `The authenticator app, the passkeys and the recovery codes are gone, and ${sessions(ended)} ended. A password and linked accounts elsewhere still sign in.`,
  'administrator-granted': (ended) =>
    `The person is an administrator from the next sign-in on; until then ${sessions(ended)} ended.`,
  'administrator-withdrawn': (ended) => `The person is no administrator any more, and ${sessions(ended)} ended.`,
  'sessions-ended': (ended) => (ended === 0 ? 'There was no session to end.' : `${sessions(ended, true)} ended.`),
}

export function doneSentence(act: Act, ended: number): string {
  return DONE[act](ended)
}

const SO_ALREADY: Readonly<Partial<Record<Act, string>>> = {
  'account-disabled': 'The account is disabled already.',
  'account-enabled': 'The account is enabled already.',
  'administrator-granted': 'The person is an administrator already.',
  'administrator-withdrawn': 'The person is no administrator.',
}

/** It was so before, perhaps by another administrator, or by the same press sent twice. */
export function soAlreadySentence(act: Act): string {
  return `${SO_ALREADY[act] ?? 'It is so already.'} Nothing was done.`
}

export const LAST_ADMINISTRATOR =
  'Nothing was done: this is the only administrator there is, and nobody could administer afterwards. Make somebody else one first.'

function sessions(count: number, first = false): string {
  if (count === 0) return first ? 'No session' : 'no session'
  return count === 1 ? (first ? 'One session' : 'one session') : `${count} sessions`
}
