/**
 * Why a session ended, in the words that people are shown. Pure.
 *
 * Stored reasons are fine, because an auditor asks; shown reasons are the six of `/sign-in?reason=`. A reason
 * is shown only to whoever holds an authentic seal of that session, and in the account's own list.
 */
import type { EndedSession, EndReason, SessionTimes } from '#db/contract.ts'
import { durationAdjective, durationWords } from '#lib/duration-words.ts'
import { limitsFor, type SessionPolicy } from '#lib/session/policy.ts'
import { secondsBetween } from '#lib/time.ts'

export const SHOWN_REASONS = ['idle', 'expired', 'revoked', 'replayed', 'password-changed', 'signed-out'] as const

export type ShownReason = (typeof SHOWN_REASONS)[number]

const SHOWN: Readonly<Record<EndReason, ShownReason>> = {
  'signed-out': 'signed-out',
  'signed-in-again': 'signed-out',
  'signed-out-elsewhere': 'revoked',
  'signed-out-everywhere': 'revoked',
  idle: 'idle',
  expired: 'expired',
  replayed: 'replayed',
  limit: 'revoked',
  administrator: 'revoked',
  'role-changed': 'revoked',
  'password-changed': 'password-changed',
  'factor-changed': 'revoked',
  'email-changed': 'revoked',
  reset: 'password-changed',
  reported: 'revoked',
  disabled: 'revoked',
  deleted: 'revoked',
  circumstances: 'revoked',
  provider: 'revoked',
  epoch: 'revoked',
}

export function shownReason(reason: EndReason): ShownReason {
  return SHOWN[reason]
}

/** For `?reason=`: anybody can write that, so it chooses among our own sentences and is never repeated. */
export function parseShownReason(text: string | null | undefined): ShownReason | null {
  return SHOWN_REASONS.find((reason) => reason === text) ?? null
}

const SENTENCES: Readonly<Record<ShownReason, string>> = {
  idle: 'You were signed out because nothing happened here for a while. Sign in to continue where you were.',
  expired: 'Your session reached its time limit. Sign in to continue where you were.',
  revoked:
    'This session was ended from somewhere else: another of your devices, a change of your account, the limit on sessions, an administrator or the provider that signed you in. Once you have signed in, Active sessions shows which.',
  replayed:
    'A copy of this session’s cookie was used, so the session was ended to protect you. Sign in, end every session that you do not recognise, and check this device for unwanted software or extensions.',
  'password-changed': 'This session was ended because the password was changed. Sign in with the new password.',
  'signed-out': 'You are signed out.',
}

/** For the sign-in page: what happened and what to do now. */
export function reasonSentence(shown: ShownReason): string {
  return SENTENCES[shown]
}

/** The same page, for the browser that holds a locked session. Locked before its time was up, it was not inactivity. */
export function lockedSentence({ lastActiveAt, lockedAt, remembered }: SessionTimes, policy: SessionPolicy): string {
  const idle = !lockedAt || secondsBetween(lastActiveAt, lockedAt) >= limitsFor(policy, remembered).inactivityTimeout
  const why = idle ? 'nothing happened here for a while' : 'it went on with another browser or on another system'
  return `Your session is locked because ${why}. Sign in to open it again where you were. Whoever signs in to another account ends it.`
}

const PHRASES: Readonly<Record<EndReason, (endedBy: string | null, policy: SessionPolicy) => string>> = {
  'signed-out': () => 'You signed out',
  'signed-in-again': () => 'You signed in again in the same browser',
  'signed-out-elsewhere': (endedBy) => `Ended from ${endedBy ?? 'another device'}`,
  'signed-out-everywhere': (endedBy) =>
    endedBy ? `You signed out everywhere, from ${endedBy}` : 'You signed out everywhere',
  idle: (_, policy) =>
    inNumbers(policy)
      ? `No activity for ${durationWords(policy.ordinary.inactivityTimeout)}`
      : 'No activity for too long',
  expired: (_, policy) =>
    inNumbers(policy)
      ? `Reached its ${durationAdjective(policy.ordinary.absoluteLifetime)} limit`
      : 'Reached its time limit',
  replayed: () => 'A copy of its cookie was used',
  limit: () => 'Session limit reached',
  administrator: () => 'Ended by an administrator',
  'role-changed': () => 'The rights of the account changed',
  'password-changed': () => 'The password was changed',
  'factor-changed': () => 'The way of signing in was changed',
  'email-changed': () => 'The email address was changed',
  reset: () => 'The password was reset',
  reported: () => 'You reported that it was not you',
  disabled: () => 'The account was disabled',
  deleted: () => 'The account was deleted',
  circumstances: () => 'Its cookie turned up in other circumstances',
  provider: () => 'You were signed out at the provider that signed you in',
  epoch: () => 'All sessions were ended at once',
}

/** A record does not tell whether its session was remembered; where that matters, no number is claimed. */
function inNumbers(policy: SessionPolicy): boolean {
  return policy.remembered === null
}

/** For a row of recently ended sessions: "No activity for 15 minutes", "Ended from Firefox on Linux". */
export function endPhrase(ended: Pick<EndedSession, 'reason' | 'endedBy'>, policy: SessionPolicy): string {
  return PHRASES[ended.reason](ended.endedBy, policy)
}
