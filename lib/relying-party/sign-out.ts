import 'server-only'
import { buildEndSessionUrl } from 'openid-client'
import type { Pending } from '#db/contract.ts'
import { addBrowserSecret, browserSecrets } from '#lib/authentication/browser-secret.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { type Cookie, SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { openText } from '#lib/keys/sealed-text.ts'
import { randomId } from '#lib/random.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { configurationOf } from './discovery.ts'
import { idTokenPlace } from './federation.ts'
import { postLogoutRedirectUri, providerByIssuer } from './providers.ts'

/**
 * Whoever signs out here is still signed in at the provider. The page that says goodbye says so, and offers to sign out
 * there as well: for ten minutes a row remembers which provider it was, for this browser alone.
 * @see OpenID Connect RP-Initiated Logout 1.0; ASVS v5.0.0-7.6.2; policy §4.7: one click back in
 */
export interface SignedOutHere {
  readonly provider: IdentityProvider
  readonly pending: Pending
}

export type StaysSignedIn = Pick<Pending, 'detail'>

/** What stays signed in when this session ends; null when nothing does. To be asked before it ends. */
export async function staysSignedIn(sessionId: string): Promise<StaysSignedIn | null> {
  const federation = await store().identities.federation(sessionId)
  if (!federation || !providerByIssuer(federation.issuer)) return null
  return { detail: { issuer: federation.issuer, idToken: federation.sealed } }
}

/** @returns the cookie by which this browser is known to have signed out */
export async function rememberSignOut(stays: StaysSignedIn, cookieHeader: string | null): Promise<Cookie> {
  const { secret, cookie } = await addBrowserSecret(cookieHeader)
  const whose = { userId: null, sessionId: null, securityVersion: 0 }
  const row = { id: randomId(), kind: 'signed-out', secretDigest: digestOf(secret), ...whose, ...stays } as const
  await store().pending.begin({ ...row, lifetime: SIGN_IN_COOKIE_LIFETIME }, null)
  return cookie
}

/** The provider at which whoever has just signed out in this browser may still be signed in. */
export async function signedOutHere(cookieHeader: string | null): Promise<SignedOutHere | null> {
  for (const secret of await browserSecrets(cookieHeader)) {
    const pending = await store().pending.find('signed-out', digestOf(secret))
    const provider = pending && providerByIssuer(pending.detail.issuer ?? '')
    if (provider) return { provider, pending }
  }
  return null
}

/**
 * Where the provider signs people out. The ID token goes along as a hint, by which it knows who asks: by GET, since a form
 * from another site reaches it without its cookies. Null when it has no such address, or cannot be reached.
 */
export async function endSessionAddress({ provider, pending }: SignedOutHere): Promise<URL | null> {
  const configuration = await configurationOf(provider)
  if (!configuration?.serverMetadata().end_session_endpoint) return null
  const idToken = openText(pending.detail.idToken ?? '', idTokenPlace(provider.issuer))
  return buildEndSessionUrl(configuration, {
    ...(idToken !== null && { id_token_hint: idToken }),
    post_logout_redirect_uri: postLogoutRedirectUri(),
  })
}
