import 'server-only'
import { hash } from 'node:crypto'
import { authorizationCodeGrant, type Configuration, fetchUserInfo } from 'openid-client'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { log } from '#lib/log.ts'
import { store } from '#lib/store.ts'
import { DAY, secondsAfter, secondsBetween } from '#lib/time.ts'
import { configurationOf, LEEWAY } from './discovery.ts'
import { redirectUri } from './providers.ts'
import type { RoundTrip } from './round-trip.ts'

/** What a provider has said of somebody, and everything about it was right. */
export interface Assertion {
  readonly issuer: string
  readonly subject: string
  /** The provider's name for its own session, if it told. */
  readonly sid: string | null
  /** When the person showed the provider who they are; never later than now. */
  readonly authenticatedAt: Date
  /**
   * The soonest that this can have been by our own clock, however wrong the provider's is: its ID token is from this
   * trip, and its clock tells how long before that it was. To be held against what has happened here.
   */
  readonly soonest: Date
  /** By the provider's own clock, in whole seconds. */
  readonly issuedAt: Date
  readonly acr: string | null
  readonly amr: readonly string[]
  /** Until when the provider lets a session rest on it (`session_expiry`), if it says so. */
  readonly sessionExpiry: Date | null
  readonly idToken: string
  /** What is known of the person: asked for only when it is needed. Null when the provider does not tell. */
  readonly profile: () => Promise<Profile | null>
}

export interface Profile {
  readonly name: string | null
  readonly email: string | null
  /** The provider has seen that the address is theirs. */
  readonly emailVerified: boolean
}

export type Answer =
  | { readonly outcome: 'asserted'; readonly assertion: Assertion }
  /** The person, or the provider, has said no. */
  | { readonly outcome: 'declined' }
  /** The provider wants to ask for something, and was told not to, or cannot be fresh enough. */
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'unreachable' }
  /** It is not what was asked for, not from whom it says, or not for us. To the person all of it is one. */
  | { readonly outcome: 'refused' }

/**
 * What an answer of a provider is worth: the code is exchanged, and everything about the ID token is checked. The
 * library checks `iss` of the answer before anything is sent (RFC 9207), then signature, issuer, audience, `azp`, nonce,
 * `exp` and `max_age`; the rest is here. Nothing of ours is changed by it.
 * @param url the callback's, with the query that came
 * @see OpenID Connect Core §3.1.3.7; ASVS v5.0.0-10.2.2, 10.5.1, 10.5.3, 10.5.4
 */
export async function answerOf(provider: IdentityProvider, trip: RoundTrip, query: URLSearchParams): Promise<Answer> {
  const configuration = await configurationOf(provider)
  if (!configuration) return { outcome: 'unreachable' }
  // What stands twice in an answer is not chosen from.
  if ([...query.keys()].some((name, index, all) => all.indexOf(name) < index)) return { outcome: 'refused' }
  try {
    return await exchange(provider, configuration, trip, new URL(`?${query}`, redirectUri(provider)))
  } catch (cause) {
    return failure(provider, cause)
  }
}

async function exchange(
  provider: IdentityProvider,
  configuration: Configuration,
  trip: RoundTrip,
  url: URL,
): Promise<Answer> {
  const tokens = await authorizationCodeGrant(configuration, url, {
    expectedState: trip.state,
    expectedNonce: trip.nonce,
    pkceCodeVerifier: trip.verifier,
    // So `auth_time` must be there; how old it may be is decided below.
    maxAge: YEARS,
    idTokenExpected: true,
  })
  const [claims, idToken] = [tokens.claims(), tokens.id_token]
  const now = await store().clock()
  if (!claims || idToken === undefined) return { outcome: 'refused' }
  const problem = headerProblem(idToken) ?? atHashProblem(idToken, claims.at_hash, tokens.access_token)
  if (problem) return refused(provider, problem)
  const [issuedAt, authenticatedAt] = [instant(claims.iat), instant(claims.auth_time)]
  if (!issuedAt || !authenticatedAt) return refused(provider, 'times are missing')
  const untimely = timeProblem(issuedAt, authenticatedAt, trip, now)
  if (untimely === 'stale') {
    const times = { asked: trip.createdAt, authenticated: authenticatedAt, issued: issuedAt }
    log().warn({ provider: provider.id, fresh: trip.fresh, ...times }, 'an identity provider had asked too long ago')
    return { outcome: 'stale' }
  }
  if (untimely) return refused(provider, untimely)
  const known = { issuer: claims.iss, subject: claims.sub, idToken, issuedAt }
  const assertion: Assertion = {
    ...known,
    sid: words(claims.sid) ?? null,
    authenticatedAt: trip.fresh ? now : earlier(authenticatedAt, now),
    soonest: trip.fresh ? trip.createdAt : secondsAfter(trip.createdAt, -secondsBetween(authenticatedAt, issuedAt) - 1),
    acr: words(claims.acr) ?? null,
    amr: Array.isArray(claims.amr) ? claims.amr.filter((one) => typeof one === 'string') : [],
    sessionExpiry: instant(claims.session_expiry) ?? null,
    profile: () => profileOf(provider, configuration, claims, tokens.access_token),
  }
  return { outcome: 'asserted', assertion }
}

const YEARS = 3650 * DAY

const ALGORITHMS: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'EdDSA',
  'Ed25519',
]

/** v5.0.0-9.1.2, 9.2.2: keys of two only, and no other kind of token, whoever has signed it. */
function headerProblem(token: string): string | null {
  const { alg, typ } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8'))
  if (!ALGORITHMS.includes(alg)) return 'alg is not allowed'
  return typ === undefined || (typeof typ === 'string' && typ.toUpperCase() === 'JWT') ? null : 'typ is another one'
}

/** OpenID Connect Core §3.1.3.6, if it is there: the access token that came along is the one that belongs to it. */
function atHashProblem(token: string, atHash: unknown, accessToken: string): string | null {
  if (atHash === undefined) return null
  const { alg } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString('utf8')) as { alg: string }
  // Ed25519 signs by SHA-512.
  const digest = hash(/384$/.test(alg) ? 'sha384' : /256$/.test(alg) ? 'sha256' : 'sha512', accessToken, 'buffer')
  return atHash === digest.subarray(0, digest.length / 2).toString('base64url') ? null : 'at_hash is wrong'
}

/**
 * Whether it is from now, and whether the person was there lately enough. Where it must have happened on this very trip,
 * it is measured by the provider's own clock: between authentication and ID token there may lie no more time than this
 * trip has taken, whatever that clock shows. `auth_time` and `iat` are whole seconds, hence the one.
 * @see ASVS v5.0.0-10.5.5 iat, v5.0.0-7.6.1 max_age; policy §4.6: no silent return moves it
 */
function timeProblem(issuedAt: Date, authenticatedAt: Date, trip: RoundTrip, now: Date): string | null {
  const taken = secondsBetween(trip.createdAt, now)
  if (secondsBetween(now, issuedAt) > LEEWAY) return 'iat is in the future'
  if (secondsBetween(issuedAt, now) > taken + LEEWAY) return 'iat is from before it was asked for'
  if (authenticatedAt > issuedAt) return 'auth_time is after iat'
  if (trip.fresh) return secondsBetween(authenticatedAt, issuedAt) > taken + 1 ? 'stale' : null
  return secondsBetween(authenticatedAt, now) > trip.maxAge + LEEWAY ? 'stale' : null
}

/** From the ID token, or else from the userinfo endpoint, whose answer must be about the same person. */
async function profileOf(
  provider: IdentityProvider,
  configuration: Configuration,
  claims: { readonly sub: string; readonly email?: unknown },
  accessToken: string,
): Promise<Profile | null> {
  if (claims.email !== undefined) return profileIn(claims)
  if (!configuration.serverMetadata().userinfo_endpoint) return profileIn(claims)
  try {
    return profileIn(await fetchUserInfo(configuration, accessToken, claims.sub))
  } catch (cause) {
    log().warn({ provider: provider.id, err: cause }, 'an identity provider did not tell of a person')
    return null
  }
}

function profileIn(claims: Readonly<Record<string, unknown>>): Profile {
  return {
    name: words(claims.name) ?? null,
    email: words(claims.email) ?? null,
    // A text is not believed: some providers write "false".
    emailVerified: claims.email_verified === true,
  }
}

/** What a thrown error is: the provider's own no, its absence, or an answer that is not right. */
function failure(provider: IdentityProvider, cause: unknown): Answer {
  const { error, code, name, status } = cause as { error?: unknown; code?: unknown; name?: unknown; status?: unknown }
  if (code === 'OAUTH_AUTHORIZATION_RESPONSE_ERROR') {
    const needs = ['login_required', 'interaction_required', 'unmet_authentication_requirements']
    log().info({ provider: provider.id, error: String(error).slice(0, 40) }, 'an identity provider said no')
    if (error === 'temporarily_unavailable' || error === 'server_error') return { outcome: 'unreachable' }
    return { outcome: needs.includes(String(error)) ? 'stale' : 'declined' }
  }
  log().warn({ provider: provider.id, err: cause }, 'the answer of an identity provider was refused')
  const away = code === 'OAUTH_TIMEOUT' || name === 'TimeoutError' || cause instanceof TypeError
  return { outcome: away || (typeof status === 'number' && status >= 500) ? 'unreachable' : 'refused' }
}

function refused(provider: IdentityProvider, problem: string): Answer {
  log().warn({ provider: provider.id, problem }, 'the answer of an identity provider was refused')
  return { outcome: 'refused' }
}

/** A NumericDate; nothing beyond the lifetime of anybody who reads this. */
function instant(value: unknown): Date | undefined {
  const isTime = typeof value === 'number' && value > 0 && value < 10_000_000_000
  return isTime ? new Date(Math.floor(value) * 1000) : undefined
}

function words(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined
}

function earlier(one: Date, other: Date): Date {
  return one < other ? one : other
}
