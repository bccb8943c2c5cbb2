import 'server-only'
import type { Client, EndedSession, Ending, NewEvent, User } from './contract.ts'
import { deviceName } from './device-name.ts'
import type { LiveSession } from './live.ts'

/** What is written down about a session when something happens to it. Pure. */

/** How long the record of an ended session is kept, and an event that is nobody's. Seconds. */
export const KEPT = 28 * 24 * 60 * 60

export function endedRecord(session: LiveSession, { reason, endedBy }: Ending): EndedSession {
  const { id, userId, name, browser, os, kind, userAgent, ip, place, beganAt, lastActiveAt, now } = session
  const device = { browser, os, kind, userAgent }
  return { id, userId, name, ...device, ip, place, beganAt, lastActiveAt, endedAt: now, reason, endedBy }
}

export function endedEvent(session: LiveSession, { reason, endedBy, why }: Ending): NewEvent {
  return about(session, 'session-ended', { reason, ...(endedBy !== null && { endedBy }), ...(why && { why }) })
}

export function replayedEvent(session: LiveSession): NewEvent {
  return about(session, 'session-replayed', {})
}

export function renamedEvent(session: LiveSession, name: string | null): NewEvent {
  return about(session, 'session-renamed', name === null ? {} : { name })
}

/** @param first the account had no session before, in any browser: nobody needs to be told of that */
export function signedInEvent(session: LiveSession, newDevice: boolean, first: boolean): NewEvent {
  const method = session.authentications.map((one) => one.method).join(' ')
  const detail = { method, newDevice: String(newDevice), remembered: String(session.remembered) }
  return about(session, 'signed-in', first ? { ...detail, first: 'true' } : detail)
}

/** The failure that was one too many. */
export function switchedOffEvent(failure: NewEvent): NewEvent {
  return { ...failure, kind: 'password-switched-off', detail: {} }
}

export function lockedEvent(session: LiveSession): NewEvent {
  return about(session, 'session-locked', {})
}

/** Of somebody whose account is gone nothing personal is written any more. */
export function impersonal(event: NewEvent): NewEvent {
  return { ...event, device: null, ip: null, place: null, detail: {} }
}

/** As the person reads it: what was done and why, without the administrator's device and address. */
export function byAdministrator(event: NewEvent): NewEvent {
  return { ...event, sessionId: null, device: null, ip: null, place: null }
}

/** As the administrator reads it. The address goes from it when the account is deleted (`scrubAdministered`). */
export function administeredEvent(
  event: NewEvent,
  administratorId: string,
  act: string,
  user: Pick<User, 'id' | 'email'>,
): NewEvent {
  const detail = { ...event.detail, act, user: user.email, userId: user.id }
  return { ...event, kind: 'administered', userId: administratorId, detail }
}

/** Whoever administers from the command line is nobody that the database knows. */
export function clientEvent(
  kind: 'client-added' | 'client-removed',
  { id, name }: Pick<Client, 'id' | 'name'>,
  by: LiveSession | null,
  why: string | null,
): NewEvent {
  const detail = { client: id, name, ...(why && { reason: why }) }
  return by ? about(by, kind, detail) : { ...eventOf(kind, null), detail }
}

/** An event of which nothing else is known. */
export function eventOf(kind: NewEvent['kind'], userId: string | null): NewEvent {
  return { kind, userId, sessionId: null, device: null, ip: null, place: null, detail: {} }
}

function about(session: LiveSession, kind: NewEvent['kind'], detail: NewEvent['detail']): NewEvent {
  const { id, userId, ip, place } = session
  return { kind, userId, sessionId: id, device: deviceName(session), ip, place, detail }
}
