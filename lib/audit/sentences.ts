/**
 * Security events in words. Pure. A sentence names what happened and what it was done with; when, where and from
 * which address stand beside it in the list.
 *
 * What `detail` holds: `signed-in` {method, newDevice: 'true'}, `reauthenticated` {method}, `session-ended`
 * {reason, endedBy, why}, `session-renamed` {name}, `profile-changed` {name}, `passkey-*` {name}, what adds an authenticator {added},
 * `email-*` {from, to}, `circumstances-changed` {signals, done}, `app-*` {app}, `client-*` {client, name, reason}, `identity-*` {provider}, acts
 * of administrators {reason, act, user}. Each value may be missing: an old row must
 * still read well. `device` is the one that the event is about.
 * @see ASVS v5.0.0-16.3.1, v5.0.0-16.2.1
 */
import type { EndReason, EventKind, NewEvent } from '#db/contract.ts'
import { methodWords } from '#lib/authentication/method-words.ts'

type Told = Pick<NewEvent, 'kind' | 'device' | 'detail'>

const SENTENCES: Readonly<Record<EventKind, (event: Told) => string>> = {
  'account-created': () => 'Account created',
  'signed-in': ({ detail }) =>
    `Signed in${withMethod(detail.method)}${detail.newDevice === 'true' ? ' from a new device' : ''}`,
  'sign-in-failed': ({ detail }) => `Sign-in failed: ${whatWasWrong(detail)}`,
  'sign-in-throttled': () => 'Sign-in blocked for a while: too many attempts',
  reauthenticated: ({ detail }) => `You confirmed that it is you${withMethod(detail.method)}`,
  'reauthentication-failed': ({ detail }) => `Confirming that it is you failed: ${whatWasWrong(detail)}`,
  'second-factor-failed': ({ detail }) =>
    `Somebody knew the password and failed at the second step${detail.because === 'counter' ? `: ${whatWasWrong(detail)}` : ''}`,
  'password-switched-off': () =>
    'The password was switched off after too many wrong ones. A mailed link sets a new one; nobody was signed in',
  'session-ended': sessionEnded,
  'session-locked': () => 'Session locked: no activity for too long',
  'session-unlocked': ({ detail }) => `Session unlocked${withMethod(detail.method)}`,
  'circumstances-changed': circumstances,
  'session-renamed': ({ detail }) =>
    detail.name ? `Session named “${detail.name}”` : 'The name of a session was taken away',
  'session-replayed': () => 'A copy of a session’s cookie was used. If this was not you, look for unwanted software',
  'ended-session-used': () => 'A session that had been ended was tried again. It opened nothing',
  'profile-changed': ({ detail }) => (detail.name ? `Name changed to “${detail.name}”` : 'Profile changed'),
  'password-changed': () => 'Password changed',
  'reset-requested': () => 'A link for a new password was asked for',
  'password-reset': () => 'Password reset by a mailed link',
  'totp-added': () => 'Authenticator app added',
  'totp-removed': () => 'Authenticator app removed',
  'passkey-added': ({ detail }) => `Passkey added${named(detail.name)}`,
  'passkey-removed': ({ detail }) => `Passkey removed${named(detail.name)}`,
  'passkey-renamed': ({ detail }) => `Passkey renamed${named(detail.name)}`,
  'recovery-codes-replaced': () => 'New recovery codes were made; the ones before are worthless',
  'recovery-code-used': ({ detail }) =>
    `A recovery code was used${detail.left ? `; ${detail.left} ${detail.left === '1' ? 'is' : 'are'} left` : ''}`,
  'factors-removed': ({ detail }) =>
    `An administrator removed the authenticator app, the passkeys and the recovery codes${because(detail.reason)}`,
  'email-change-requested': ({ detail }) =>
    `A change of the email address${detail.to ? ` to ${detail.to}` : ''} was asked for`,
  'email-changed': ({ detail }) => `Email address changed${detail.to ? ` to ${detail.to}` : ''}`,
  'email-restored': ({ detail }) =>
    `Email address set back${detail.to ? ` to ${detail.to}` : ''}, and every session ended`,
  reported: () => 'You reported that it was not you: every session ended, and the password was switched off',
  'account-disabled': ({ detail }) => `An administrator disabled the account${because(detail.reason)}`,
  'account-enabled': ({ detail }) => `An administrator enabled the account again${because(detail.reason)}`,
  'account-deleted': () => 'Account deleted',
  'administrator-granted': ({ detail }) => `Administrator rights granted${because(detail.reason)}`,
  'administrator-withdrawn': ({ detail }) => `Administrator rights withdrawn${because(detail.reason)}`,
  'app-linked': ({ detail }) => `An application was linked to the account${named(detail.app)}`,
  'app-disconnected': ({ detail }) => `An application was disconnected${named(detail.app)}`,
  'app-token-reused': ({ detail }) =>
    `A token of a linked application was used twice, as happens when it is copied. The application was disconnected${named(detail.app)}`,
  'client-added': ({ detail }) => `As an administrator you added an application${named(detail.name)}`,
  'client-removed': ({ detail }) =>
    `As an administrator you removed an application${named(detail.name)}${because(detail.reason)}`,
  'identity-linked': ({ detail }) => `Another account was linked for signing in${named(detail.provider)}`,
  'identity-unlinked': ({ detail }) =>
    `An account that was linked for signing in was unlinked${named(detail.provider)}`,
  administered: ({ detail }) =>
    `As an administrator you ${ACTS[detail.act ?? ''] ?? 'changed the account'} of ${detail.user ?? 'somebody'}${because(detail.reason)}`,
}

/** What an administrator did, by the kind of the change. */
const ACTS: Readonly<Record<string, string>> = {
  'account-disabled': 'disabled the account',
  'account-enabled': 'enabled the account',
  'account-deleted': 'deleted the account',
  'administrator-granted': 'granted administrator rights to the account',
  'administrator-withdrawn': 'withdrew administrator rights from the account',
  'sessions-ended': 'ended sessions',
  'factors-removed': 'removed the authenticators',
}

/** A signature counter that goes back means that two authenticators have the key. */
function whatWasWrong({ method, because }: Told['detail']): string {
  if (because === 'counter') return 'the passkey’s count of its uses went back, so there may be a copy of it'
  return method === undefined ? 'the password was wrong' : `the ${methodWords(method)} was wrong`
}

function because(reason: string | undefined): string {
  return reason ? `: ${reason}` : ''
}

function named(name: string | undefined): string {
  return name ? `: “${name}”` : ''
}

/** `detail.signals` is a list of what changed, `detail.done` what was done about it. */
function circumstances({ detail }: Told): string {
  const changed = detail.signals ? ` (${detail.signals})` : ''
  const done = { locked: ', and the session was locked', ended: ', and the session was ended' }[detail.done ?? '']
  return `A session went on in other circumstances than before${changed}${done ?? ''}`
}

export function eventSentence(event: Told): string {
  return SENTENCES[event.kind](event)
}

/** @param methods names of RFC 8176 with a space between them */
function withMethod(methods: string | undefined): string {
  return methods ? ` with ${methods.split(' ').map(methodWords).join(' and ')}` : ''
}

const ENDS: Readonly<Record<EndReason, (event: Told) => string>> = {
  'signed-out': ({ device }) => `you signed out${from(device)}`,
  'signed-in-again': () => 'you signed in again in the same browser',
  'signed-out-elsewhere': ({ device, detail }) =>
    `you signed out ${device ?? 'a device'} from ${detail.endedBy ?? 'another device'}`,
  'signed-out-everywhere': ({ detail }) => `you signed out everywhere${from(detail.endedBy)}`,
  idle: () => 'no activity for too long',
  expired: () => 'it reached its time limit',
  replayed: () => 'a copy of its cookie was used',
  limit: () => 'the limit on sessions was reached',
  administrator: () => 'an administrator ended it',
  'role-changed': () => 'the rights of the account changed',
  'password-changed': () => 'the password was changed',
  'factor-changed': () => 'the way of signing in was changed',
  'email-changed': () => 'the email address was changed',
  reset: () => 'the password was reset',
  reported: () => 'you reported that it was not you',
  disabled: () => 'the account was disabled',
  deleted: () => 'the account was deleted',
  circumstances: () => 'its cookie turned up in other circumstances',
  provider: () => 'you were signed out at the provider that signed you in',
  epoch: () => 'all sessions were ended at once',
}

function sessionEnded(event: Told): string {
  const reason = event.detail.reason ?? ''
  return Object.hasOwn(ENDS, reason)
    ? `Session ended: ${ENDS[reason as EndReason](event)}${because(event.detail.why)}`
    : 'Session ended'
}

function from(device: string | null | undefined): string {
  return device ? ` from ${device}` : ''
}

/** Names of the kinds, for choosing among them. */
export const EVENT_LABELS: Readonly<Record<EventKind, string>> = {
  'account-created': 'Account created',
  'signed-in': 'Signed in',
  'sign-in-failed': 'Sign-in failed',
  'sign-in-throttled': 'Sign-in blocked',
  reauthenticated: 'Identity confirmed',
  'reauthentication-failed': 'Identity not confirmed',
  'session-ended': 'Session ended',
  'session-renamed': 'Session renamed',
  'session-replayed': 'Copied cookie used',
  'ended-session-used': 'Ended session tried again',
  'profile-changed': 'Profile changed',
  'second-factor-failed': 'Second step failed',
  'password-switched-off': 'Password switched off',
  'session-locked': 'Session locked',
  'session-unlocked': 'Session unlocked',
  'circumstances-changed': 'Other circumstances',
  'password-changed': 'Password changed',
  'reset-requested': 'Password reset asked for',
  'password-reset': 'Password reset',
  'totp-added': 'Authenticator app added',
  'totp-removed': 'Authenticator app removed',
  'passkey-added': 'Passkey added',
  'passkey-removed': 'Passkey removed',
  'passkey-renamed': 'Passkey renamed',
  'recovery-codes-replaced': 'Recovery codes replaced',
  'recovery-code-used': 'Recovery code used',
  'factors-removed': 'Authenticators removed',
  'email-change-requested': 'Email change asked for',
  'email-changed': 'Email changed',
  'email-restored': 'Email set back',
  reported: 'Reported by you',
  'account-disabled': 'Account disabled',
  'account-enabled': 'Account enabled',
  'account-deleted': 'Account deleted',
  'administrator-granted': 'Administrator granted',
  'administrator-withdrawn': 'Administrator withdrawn',
  administered: 'Administered',
  'app-linked': 'Application linked',
  'app-disconnected': 'Application disconnected',
  'app-token-reused': 'Token used twice',
  'client-added': 'Application added',
  'client-removed': 'Application removed',
  'identity-linked': 'Sign-in account linked',
  'identity-unlinked': 'Sign-in account unlinked',
}

/** A kind from a query string, or null: nothing but the vocabulary reaches a query. */
export function parseEventKind(text: string): EventKind | null {
  return Object.hasOwn(EVENT_LABELS, text) ? (text as EventKind) : null
}
