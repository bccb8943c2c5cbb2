import 'server-only'
import type { Configuration, KoaContextWithOIDC, RefreshToken } from 'oidc-provider'
import { settings } from '#lib/config.ts'
import { signingKeys } from '#lib/keys/signing.ts'
import { adapterFor } from './adapter.ts'
import { accessTokenClaims, findAccount } from './claims.ts'
import { checkAssertion } from './client-assertion.ts'
import { errorPage } from './error-page.ts'
import { beginFlow } from './flow.ts'
import { offeredScopes } from './grantable.ts'
import { ACCESS_LIFETIME, CODE_LIFETIME, REQUEST_LIFETIME, refreshLifetime, refreshLimits } from './lifetimes.ts'
import { loadGrant, policy } from './policy.ts'
import { ACR } from './request.ts'
import { checkRefresh, resourceServer } from './resource.ts'
import { LIBRARY_COOKIES, visitOf } from './visit.ts'

/** Where what is. `code_verification` is a page of ours. */
const ROUTES = {
  authorization: '/oauth/authorize',
  code_verification: '/device',
  device_authorization: '/oauth/device',
  end_session: '/oauth/end-session',
  introspection: '/oauth/introspect',
  jwks: '/oauth/jwks',
  pushed_authorization_request: '/oauth/par',
  revocation: '/oauth/revoke',
  token: '/oauth/token',
  userinfo: '/oauth/userinfo',
} as const

/**
 * What of OAuth 2.1 and OpenID Connect there is: the authorization code with PKCE, device codes, and refresh tokens that
 * rotate. No implicit or hybrid answers, no passwords, no registration by strangers, no pages of the library's own.
 * @see ASVS v5.0.0-10.4.1 to 10.4.16; docs/decisions/0033
 */
export function configuration(): Configuration {
  return {
    adapter: adapterFor,
    // It takes them as they are and hands them out whole, so it gets copies.
    jwks: structuredClone(signingKeys().jwks) as NonNullable<Configuration['jwks']>,
    routes: ROUTES,
    scopes: offeredScopes(),
    cookies: { names: LIBRARY_COOKIES },
    claims: {
      openid: ['sub', 'sid', 'auth_time', 'acr', 'amr'],
      profile: ['name'],
      email: ['email'],
    },
    acrValues: [...ACR],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: clientAuthMethods(),
    assertJwtClientAuthClaimsAndHeader: checkAssertion,
    clientDefaults: {
      id_token_signed_response_alg: 'ES256',
      backchannel_logout_session_required: true,
      response_modes: ['query'],
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
      idTokenSigningAlgValues: ['ES256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA', 'Ed25519'],
    },
    features: features(),
    interactions: { policy: policy(), url: askThePerson },
    loadExistingGrant: loadGrant,
    findAccount,
    extraTokenClaims: accessTokenClaims,
    rotateRefreshToken: (ctx) => checkRefresh(ctx).then(() => true),
    issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
    // What stands is decided by the rows, at each use (`adapter.ts`).
    expiresWithSession: async () => false,
    renderError: errorPage,
    clientBasedCORS: () => false,
    ttl: lifetimes(),
  }
}

/** Of a secret the provider knows as much as the application: at level 3 there is none (v5.0.0-10.4.16). */
function clientAuthMethods(): NonNullable<Configuration['clientAuthMethods']> {
  const keysAlone = settings().policy.level === 3
  return ['private_key_jwt', ...(keysAlone ? [] : (['client_secret_basic', 'client_secret_post'] as const)), 'none']
}

function features(): Configuration['features'] {
  return {
    devInteractions: { enabled: false },
    claimsParameter: { enabled: false },
    clientCredentials: { enabled: false },
    dPoP: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: async (_, client, token) =>
        client.clientAuthMethod !== 'none' && client.clientId === token.clientId,
    },
    revocation: { enabled: true, allowedPolicy: async (_, client, token) => client.clientId === token.clientId },
    pushedAuthorizationRequests: {
      enabled: true,
      allowUnregisteredRedirectUris: false,
      requirePushedAuthorizationRequests: settings().policy.level === 3,
    },
    resourceIndicators: { enabled: true, getResourceServerInfo: resourceServer, useGrantedResource: async () => true },
    // Told by our own outbox, in the step that ends a session; here it is announced.
    backchannelLogout: { enabled: true },
    // The confirmation is a page of ours (`sign-out.ts`).
    rpInitiatedLogout: { enabled: true, logoutSource: () => undefined },
    deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****' },
    userinfo: { enabled: true },
  }
}

function lifetimes(): Configuration['ttl'] {
  return {
    AccessToken: ACCESS_LIFETIME,
    AuthorizationCode: CODE_LIFETIME,
    DeviceCode: REQUEST_LIFETIME,
    IdToken: ACCESS_LIFETIME,
    Interaction: REQUEST_LIFETIME,
    RefreshToken: refreshTtl,
    // Never used: both are our own rows.
    Grant: REQUEST_LIFETIME,
    Session: REQUEST_LIFETIME,
  }
}

function refreshTtl(_: KoaContextWithOIDC, token: RefreshToken): number {
  const offline = (token.scope ?? '').split(' ').includes('offline_access')
  return refreshLifetime(refreshLimits(settings().policy.level, offline), token.totalLifetime())
}

/** The request waits in this browser; the page at this address takes it from there. */
async function askThePerson(ctx: KoaContextWithOIDC, { uid }: { readonly uid: string }): Promise<string> {
  const { cookies, began, toSet } = visitOf(ctx)
  toSet.push(await beginFlow({ id: uid, began }, cookies))
  return `${settings().origin}/authorize/${uid}`
}
