/**
 * Security events in words. Pure. A sentence names what happened and what it was done with; when, where and from
 * which address stand beside it in the list.
 *
 * What `detail` holds: `signed-in` {method, newDevice: 'true'}, `reauthenticated` {method}, `session-ended`
 * {reason, endedBy}, `session-renamed` {name}, `profile-changed` {name}. Each value may be missing: an old row must
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
  'sign-in-failed': () => 'Sign-in failed: the password was wrong',
  'sign-in-throttled': () => 'Sign-in blocked for a while: too many attempts',
  reauthenticated: ({ detail }) => `You confirmed that it is you${withMethod(detail.method)}`,
  'reauthentication-failed': () => 'Confirming that it is you failed: the password was wrong',
  'session-ended': sessionEnded,
  'session-renamed': ({ detail }) =>
    detail.name ? `Session named “${detail.name}”` : 'The name of a session was taken away',
  'session-replayed': () => 'A copy of a session’s cookie was used. If this was not you, look for unwanted software',
  'ended-session-used': () => 'A session that had been ended was tried again. It opened nothing',
  'profile-changed': ({ detail }) => (detail.name ? `Name changed to “${detail.name}”` : 'Profile changed'),
  'administrator-granted': () => 'Administrator rights granted from the command line',
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
}

function sessionEnded(event: Told): string {
  const reason = event.detail.reason ?? ''
  return Object.hasOwn(ENDS, reason) ? `Session ended: ${ENDS[reason as EndReason](event)}` : 'Session ended'
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
  'administrator-granted': 'Administrator granted',
}

/** A kind from a query string, or null: nothing but the vocabulary reaches a query. */
export function parseEventKind(text: string): EventKind | null {
  return Object.hasOwn(EVENT_LABELS, text) ? (text as EventKind) : null
}
