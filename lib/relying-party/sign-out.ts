import 'server-only'
import { buildEndSessionUrl } from 'openid-client'
import type { Pending, SessionCheck } from '#db/contract.ts'
import { addBrowserSecret, browserSecrets } from '#lib/authentication/browser-secret.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { beganCookies } from '#lib/http/began.ts'
import { type Cookie, SIGN_IN_COOKIE_LIFETIME } from '#lib/http/cookies.ts'
import { browserBytes, type RequestContext } from '#lib/http/request-context.ts'
import { openText } from '#lib/keys/sealed-text.ts'
import { randomId } from '#lib/random.ts'
import type { Current } from '#lib/session/current.ts'
import { sessionToLeave, signOutHere } from '#lib/session/ending.ts'
import { digestOf } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'
import { configurationOf } from './discovery.ts'
import { idTokenPlace } from './federation.ts'
import { postLogoutRedirectUri, providerByIssuer } from './providers.ts'

/**
 * Whoever signs out here may still be signed in at a provider that opens the account. For ten minutes that is
 * remembered twice, for this browser alone:
 *
 * - That a provider has to ask, under `__Host-browser`: no number of trips that begin afterwards pushes it out. It says
 *   no more than that, so whoever has this cookie alone learns from it nothing about anybody.
 * - Which provider it was, under `__Host-sign-in`, with the ID token: the page that says goodbye names it, and offers to
 *   sign out there as well.
 * @see OpenID Connect RP-Initiated Logout 1.0; ASVS v5.0.0-7.6.2; policy §4.7: one click back in
 */
export interface SignedOutHere {
  readonly provider: IdentityProvider
  readonly pending: Pending
}

export interface StaysSignedIn {
  /** Null: the account has one, which nobody has used since the session began. */
  readonly provider: IdentityProvider | null
  /** Sealed; null where the session rests on no ID token. */
  readonly idToken: string | null
}

/**
 * What stays signed in when this session ends: at the provider that it rests on or, where its person has only linked one
 * or confirmed an act by one, there. Null when no provider opens the account. To be asked before it ends.
 */
export async function staysSignedIn({ id, userId, beganAt }: SessionCheck): Promise<StaysSignedIn | null> {
  const federation = await store().identities.federation(id)
  const provider = federation && providerByIssuer(federation.issuer)
  if (provider) return { provider, idToken: federation.sealed }
  const identities = (await store().identities.list(userId)).filter(({ issuer }) => providerByIssuer(issuer))
  if (identities.length === 0) return null
  const used = identities.findLast(({ createdAt, lastUsedAt }) => (lastUsedAt ?? createdAt) >= beganAt)
  return { provider: (used && providerByIssuer(used.issuer)) ?? null, idToken: null }
}

/** Signs out of whatever session a request came with. @returns the cookies by which this browser is known to have done so */
export async function signOutRemembered(current: Current, context: RequestContext): Promise<readonly Cookie[]> {
  const session = sessionToLeave(current)
  const stays = session && (await staysSignedIn(session))
  await signOutHere(current)
  return rememberSignOut(stays, context)
}

/** @returns the cookies by which this browser is known to have signed out */
export async function rememberSignOut(
  stays: StaysSignedIn | null,
  context: RequestContext,
): Promise<readonly Cookie[]> {
  if (!stays) return []
  await remember(browserBytes(context), {})
  const { provider, idToken } = stays
  if (!provider) return beganCookies(null, context)
  const { secret, cookie } = await addBrowserSecret(context.cookieHeader)
  await remember(secret, { issuer: provider.issuer, ...(idToken !== null && { idToken }) })
  return beganCookies(cookie, context)
}

async function remember(secret: Buffer, detail: Pending['detail']): Promise<void> {
  const whose = { userId: null, sessionId: null, securityVersion: 0 }
  const row = { id: randomId(), kind: 'signed-out', secretDigest: digestOf(secret), ...whose, detail } as const
  await store().pending.begin({ ...row, lifetime: SIGN_IN_COOKIE_LIFETIME }, null)
}

/** Whether somebody whom a provider can sign in has just signed out in this browser. */
export async function hasSignedOutHere(context: RequestContext): Promise<boolean> {
  return (await store().pending.find('signed-out', digestOf(browserBytes(context)))) !== undefined
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
