/** What a page asks the server about its session. The server decides; whatever is answered here only shows it. */

import type { Timeouts } from '#lib/session/timeouts.ts'
import { now, SECOND } from '#lib/time.ts'

export type Found =
  | {
      readonly state: 'standing'
      readonly sessionId: string
      readonly accountId: string
      readonly timeouts: Omit<Timeouts, 'warning'>
    }
  | { readonly state: 'none' | 'unreachable' }

const PATIENCE = 10 * SECOND

/** Asking is never activity. */
export async function askSession(): Promise<Found> {
  const response = await request('GET', '/api/session')
  if (response?.status === 401) return { state: 'none' }
  const body = response?.ok ? await response.json().catch(() => null) : null
  return response && body ? found(response, body) : { state: 'unreachable' }
}

/**
 * The person did something, or pressed `Stay signed in`: that starts the inactivity timer again.
 * @returns the new deadlines come on the event stream
 */
export async function reportInput(stay: boolean): Promise<'noted' | 'none' | 'unreachable'> {
  const response = await request('POST', `/api/session/activity${stay ? '?stay' : ''}`)
  if (response?.status === 401) return 'none'
  return response?.ok ? 'noted' : 'unreachable'
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** Throws `TypeError` when the server cannot be reached. */
export function sendCredentials(credentials: Credentials): Promise<Response> {
  return send('/api/session', credentials)
}

/** Of the authenticator app, or a recovery code: the server tells them apart. Throws as above. */
export function sendFactor(code: string): Promise<Response> {
  return send('/api/session/factor', { type: 'totp', code })
}

function send(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store' })
}

export interface SessionBody {
  readonly session: { readonly id: string; readonly idleExpiresAt: string; readonly expiresAt: string }
  readonly user: { readonly id: string }
}

export function found({ headers }: Response, { session, user }: SessionBody): Extract<Found, { state: 'standing' }> {
  const date = headers.get('date')
  const { id: sessionId, idleExpiresAt, expiresAt } = session
  const told = (date ? new Date(date) : now()).toISOString()
  return { state: 'standing', sessionId, accountId: user.id, timeouts: { now: told, idleExpiresAt, expiresAt } }
}

async function request(method: string, path: string): Promise<Response | null> {
  const signal = AbortSignal.timeout(PATIENCE * 1000)
  return fetch(path, { method, cache: 'no-store', signal }).catch(() => null)
}
