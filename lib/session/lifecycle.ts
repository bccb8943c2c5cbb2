import 'server-only'
import { hash } from 'node:crypto'
import type {
  Begun,
  Federation,
  Limit,
  NewEvent,
  NewSession,
  SessionCheck,
  SessionLimit,
  SessionProof,
  Unlocking,
  User,
} from '#db/contract.ts'
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

/** What a session begins with: who, and what they have shown. */
export interface Beginning extends Pick<NewSession, 'userId' | 'authentications' | 'securityVersion' | 'federation'> {
  readonly remember: boolean
}

/** For whoever has just shown one thing. */
export function newBeginning({ id: userId, securityVersion }: User, method: string, remember = false): Beginning {
  return { userId, securityVersion, authentications: [{ method }], remember }
}

/**
 * Begins a session after an authentication. A session whose cookie came along ends, whoever's it was; so does an
 * earlier session of this user in this browser, so that signing in again leaves one row and not two.
 */
export async function beginSession(
  { remember, ...who }: Beginning,
  context: RequestContext,
  limit: SessionLimit = settings().sessionLimit,
): Promise<Opened> {
  const { token, digest } = newToken()
  const { policy } = settings()
  const begun = await store().sessions.begin(
    {
      ...who,
      id: randomId(),
      digest,
      remembered: remember && policy.remembered !== null,
      epoch: epoch(),
      browserDigest: browserDigest(context.browser),
      replaces: presentedSession(context.sessionText),
      ...context.device,
      ...context.origin,
    },
    limit,
  )
  if (begun.outcome !== 'begun') return begun
  const { session } = begun
  return { outcome: 'begun', session, begun, cookie: await sessionCookie(session, session.generation, token) }
}

/**
 * Opens a locked session again under a new token; the absolute limit stays where it was. Null when it cannot be: its
 * time is over, it was opened or ended meanwhile, or an authenticator of the account has changed.
 * @param generation of the token that came along
 * @see NIST SP 800-63B-4 §2.2.3: one factor and the session's secret
 */
export async function unlockSession(
  { id }: Pick<SessionCheck, 'id'>,
  generation: number,
  by: Omit<Unlocking, 'digest' | 'limit'>,
  event: NewEvent,
): Promise<{ session: SessionCheck; cookie: Cookie } | null> {
  const { token, digest } = newToken()
  const session = await store().sessions.unlock(
    id,
    generation,
    { ...by, digest, limit: settings().sessionLimit },
    event,
  )
  return session ? { session, cookie: await sessionCookie(session, session.generation, token) } : null
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
 * @param federation what the session rests on from now, where another provider has said so, or how long that may last
 */
export async function reauthenticated(
  proof: SessionProof,
  method: string,
  full: boolean,
  event: NewEvent,
  federation: Federation | Limit | null = null,
): Promise<{ session: SessionCheck; cookie: Cookie } | 'session-over' | 'superseded'> {
  const { token, digest } = newToken()
  const session = await store().sessions.reauthenticate(proof, digest, method, full, event, federation)
  if (typeof session === 'string') return session
  return { session, cookie: await sessionCookie(session, session.generation, token) }
}

export function browserDigest(browser: string): Buffer {
  return hash('sha256', browser, 'buffer')
}

function presentedSession(text: string | null): string | null {
  return text === null ? null : (openFully(text)?.id ?? null)
}
