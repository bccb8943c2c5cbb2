import 'server-only'
import { buildAuthorizationUrl, type Configuration, calculatePKCECodeChallenge } from 'openid-client'
import { addBrowserSecret } from '#lib/authentication/browser-secret.ts'
import { lockedSession } from '#lib/authentication/completion.ts'
import { challengeThrottle } from '#lib/authentication/throttle.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { configurationOf } from './discovery.ts'
import { redirectUri } from './providers.ts'
import { beginRoundTrip, type Purpose, type RoundTrip, roundTrip, type Whose } from './round-trip.ts'
import { hasSignedOutHere } from './sign-out.ts'

export type Started =
  | { readonly outcome: 'begun'; readonly trip: RoundTrip; readonly url: URL; readonly cookie: Cookie }
  | { readonly outcome: 'unreachable' | 'throttled' }

export interface Going {
  readonly purpose: Purpose
  readonly returnTo: string
  readonly whose: Whose | null
  readonly endOthers?: boolean
  /** They have to be asked anew, whatever this browser shows. */
  readonly anew?: boolean
}

/** Begins a trip to a provider. Somebody has pressed a button: nothing leads there by itself. @see ASVS v5.0.0-7.6.2 */
export async function startTrip(provider: IdentityProvider, going: Going, context: RequestContext): Promise<Started> {
  const { purpose, returnTo, whose, endOthers = false, anew = false } = going
  const attempt = await challengeThrottle(store()).take(
    whose ? { session: whose.sessionId } : { ip: context.origin.ip },
  )
  if (!attempt.allowed) return { outcome: 'throttled' }
  // A provider that is away costs nobody a row, and the browser no cookie.
  const configuration = await configurationOf(provider)
  if (!configuration) return { outcome: 'unreachable' }
  const fresh = anew || (await mustBeFresh(purpose, context))
  const { secret, cookie } = await addBrowserSecret(context.cookieHeader)
  const wish = { provider: provider.id, purpose, returnTo, fresh, maxAge: fresh ? 0 : provider.maxAge, endOthers }
  const trip = await beginRoundTrip(wish, whose, secret)
  return { outcome: 'begun', trip, cookie, url: await addressOf(configuration, provider, trip) }
}

/** The address of a trip that has begun in this browser, for an answer that cannot lead there itself. */
export async function tripAddress(
  provider: IdentityProvider,
  cookieHeader: string | null,
  id: string,
): Promise<URL | null> {
  const trip = await roundTrip(cookieHeader, id)
  const configuration = trip?.provider === provider.id ? await configurationOf(provider) : null
  return trip && configuration && addressOf(configuration, provider, trip)
}

/**
 * Where an old authentication would open something that asks for a new one: a step-up, a locked session, the account of
 * somebody who has just signed out in this browser and is still signed in there; and level 3, where a passkey may have to
 * be made next, which takes a fresh proof.
 */
async function mustBeFresh(purpose: Purpose, context: RequestContext): Promise<boolean> {
  if (purpose === 'reauthenticate' || settings().level === 3) return true
  return (await lockedSession(context.cookieHeader)) !== null || hasSignedOutHere(context)
}

/** v5.0.0-10.2.1: state and PKCE; 7.6.1: how old an authentication may be is said, and then checked. */
async function addressOf(configuration: Configuration, provider: IdentityProvider, trip: RoundTrip): Promise<URL> {
  const { acr } = provider.twoFactors
  return buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri(provider),
    scope: provider.scopes,
    state: trip.state,
    nonce: trip.nonce,
    code_challenge: await calculatePKCECodeChallenge(trip.verifier),
    code_challenge_method: 'S256',
    max_age: String(trip.maxAge),
    ...(trip.fresh && { prompt: 'login' }),
    ...(acr.length > 0 && settings().level > 1 && { acr_values: acr.join(' ') }),
  })
}
