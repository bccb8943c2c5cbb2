import 'server-only'
import { hash } from 'node:crypto'
import type { Begun, NewEvent, SessionCheck, SessionProof, User } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { type Cookie, cookie, SESSION_COOKIE } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId } from '#lib/random.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
import { epoch } from './epoch.ts'
import { deadlines } from './policy.ts'
import { openFully, sealSession } from './seal.ts'
import { newToken } from './token.ts'

/**
 * How a session begins and gets a new token. Each authentication makes a new token and ends the old one: nothing
 * that was known before survives it, and no grace is given. (Timed renewal is in `renewal.ts`.)
 * @see ASVS v5.0.0-7.2.4, ASVS v4.0.3-3.2.1
 */
export type Opened =
  | {
      readonly outcome: 'begun'
      readonly session: SessionCheck
      readonly cookie: Cookie
      readonly begun: Extract<Begun, { outcome: 'begun' }>
    }
  | { readonly outcome: 'limit-reached' }
  /** The account was disabled, or an authenticator changed, while the person was signing in. */
  | { readonly outcome: 'refused' }

/**
 * Begins a session after an authentication. A session whose cookie came along ends, whoever's it was; so does an
 * earlier session of this user in this browser, so that signing in again leaves one row and not two.
 */
export async function beginSession(
  user: User,
  method: string,
  remember: boolean,
  context: RequestContext,
): Promise<Opened> {
  const { token, digest } = newToken()
  const { policy, sessionLimit } = settings()
  const begun = await store().sessions.begin(
    {
      id: randomId(),
      userId: user.id,
      digest,
      remembered: remember && policy.remembered !== null,
      authentications: [{ method }],
      securityVersion: user.securityVersion,
      epoch: epoch(),
      browserDigest: browserDigest(context.browser),
      replaces: await presentedSession(context.sessionText),
      ...context.device,
      ...context.origin,
    },
    sessionLimit,
  )
  if (begun.outcome !== 'begun') return begun
  const { session } = begun
  return { outcome: 'begun', session, begun, cookie: await sessionCookie(session, session.generation, token) }
}

/** The cookie for a token: without a lifetime, unless the person asked to stay signed in. */
export async function sessionCookie(session: SessionCheck, generation: number, token: Buffer): Promise<Cookie> {
  const text = await sealSession({ id: session.id, generation, token })
  if (!session.remembered) return cookie(SESSION_COOKIE, text)
  const { expiresAt } = deadlines(session, settings().policy)
  return cookie(SESSION_COOKIE, text, secondsBetween(session.now, expiresAt))
}

/**
 * Records a proof of identity given again, under a new token; the old one is dead at once.
 * @param full whether it was given with all that a sign-in needs: only that moves the absolute lifetime
 */
export async function reauthenticated(
  proof: SessionProof,
  method: string,
  full: boolean,
  event: NewEvent,
): Promise<{ session: SessionCheck; cookie: Cookie } | 'session-over' | 'superseded'> {
  const { token, digest } = newToken()
  const session = await store().sessions.reauthenticate(proof, digest, method, full, event)
  if (typeof session === 'string') return session
  return { session, cookie: await sessionCookie(session, session.generation, token) }
}

export function browserDigest(browser: string): Buffer {
  return hash('sha256', browser, 'buffer')
}

async function presentedSession(text: string | null): Promise<string | null> {
  const seal = text === null ? null : await openFully(text)
  return seal?.id ?? null
}
