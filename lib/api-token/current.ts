import 'server-only'
import type { GrantCheck, SessionCheck } from '#db/contract.ts'
import { hasPasskey } from '#lib/authentication/assurance.ts'
import { settings } from '#lib/config.ts'
import { isWithin } from '#lib/openid-provider/scopes.ts'
import { grantStands, sessionStands } from '#lib/openid-provider/standing.ts'
import { store } from '#lib/store.ts'
import { MINUTE, secondsBetween } from '#lib/time.ts'
import { type AccessToken, isInTime, readAccessToken } from './access-token.ts'
import { type Credential, credentialOf } from './credential.ts'
import { provesPossession } from './dpop.ts'

declare const byToken: unique symbol

/**
 * Evidence of a signed access token whose grant stands. It is no `SessionProof`, and none can be made of it: nobody is
 * present when an application asks. Made here alone, from rows that are read for this very request.
 */
export interface TokenProof {
  readonly [byToken]: true
  readonly userId: string
  readonly clientId: string
  readonly grantId: string
  readonly scope: string
  /** The session that it hangs on, where that stands; null for a grant that has outlived its own. */
  readonly session: SessionCheck | null
  readonly now: Date
}

export type Refusal = 'invalid_request' | 'invalid_token' | 'invalid_dpop_proof'

/** A list of apps tells when one was used last by the minute. Seconds. */
const NOTED_EVERY = MINUTE

/**
 * The one place where a token becomes a proof: text → signature → grant and session → possession of its key. `null` when
 * the request has none.
 * @see ASVS v5.0.0-7.4.1, 10.3.1 to 10.3.5; RFC 9068 §4, docs/decisions/0040
 */
export async function currentToken(request: Request): Promise<TokenProof | Refusal | null> {
  const credential = credentialOf(request.headers)
  if (credential === null) return null
  if (credential === 'ambiguous') return 'invalid_request'
  const token = readAccessToken(credential.token)
  const check = token && (await store().grants.check(token.grantId))
  if (!token || !check || !isUsable(token, check)) return 'invalid_token'
  const unbound = await boundAs(credential, token, request, check.now)
  if (unbound) return unbound
  if (secondsBetween(check.grant.lastUsedAt, check.now) >= NOTED_EVERY)
    await store().grants.used(token.grantId, NOTED_EVERY)
  return prove(token, check)
}

function isUsable(token: AccessToken, check: GrantCheck): boolean {
  return isInTime(token, check.now) && belongs(token, check) && stands(token, check)
}

/** What the token says is what the person granted. */
function belongs({ userId, clientId, scope }: AccessToken, { grant }: GrantCheck): boolean {
  return grant.userId === userId && grant.clientId === clientId && isWithin(scope, grant.scope)
}

/** A token that was issued in a session goes with it, also when its grant goes on: then another token is asked for. */
function stands({ sessionId }: AccessToken, check: GrantCheck): boolean {
  if (sessionId !== null && sessionId !== check.grant.sessionId) return false
  return grantStands(check) && (check.session === null || isOfItsLevel(check.session))
}

/** v5.0.0-6.3.3: at level 3 a session without a passkey opens the making of one, and no API. */
function isOfItsLevel({ authentications }: SessionCheck): boolean {
  return settings().level < 3 || hasPasskey(authentications)
}

/** A bound token is none for whoever bears it; at level 3 there are no others. */
async function boundAs(
  { scheme, token: text }: Credential,
  { jkt }: AccessToken,
  { method, url, headers }: Request,
  now: Date,
): Promise<Refusal | null> {
  if (jkt === null) return scheme === 'Bearer' && settings().level < 3 ? null : 'invalid_token'
  if (scheme !== 'DPoP') return 'invalid_token'
  const path = new URL(url).pathname
  const shown = await provesPossession(headers.get('dpop'), { method, path, token: text, jkt, now })
  return shown ? null : 'invalid_dpop_proof'
}

function prove({ userId, clientId, grantId, scope }: AccessToken, { session, now }: GrantCheck): TokenProof {
  const standing = session && sessionStands(session, now) ? session : null
  return { userId, clientId, grantId, scope, session: standing, now } as unknown as TokenProof
}
