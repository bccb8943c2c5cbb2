import 'server-only'
import type { AdapterPayload } from 'oidc-provider'
import type { Client } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { offeredScopes } from './grantable.ts'
import { clientProof } from './registration.ts'
import { acrOf, authTimeOf } from './request.ts'
import { apiResource } from './resource.ts'
import { API_SCOPES, IDENTITY_SCOPES, only } from './scopes.ts'
import { shownIn } from './shown.ts'
import { grantStands, sessionStands } from './standing.ts'

/** Our rows, as the protocol library wants to see them. It never writes them. */

export async function clientView(id: string): Promise<AdapterPayload | undefined> {
  const client = await store().clients.find(id)
  if (!client || !clientProof(client, settings().policy.level).taken) return undefined
  const { name, redirectUris, postLogoutRedirectUris, backchannelLogoutUri, scope } = client
  return {
    client_id: id,
    client_name: name,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
    ...(backchannelLogoutUri !== null && { backchannel_logout_uri: backchannelLogoutUri }),
    scope: only(scope, offeredScopes()).join(' ') || 'openid',
    // What the library allows in addresses; whether a person is asked each time is decided by `isNative`.
    application_type: redirectUris.every((uri) => /^https?:/.test(uri)) ? 'web' : 'native',
    response_types: redirectUris.length > 0 ? ['code'] : [],
    grant_types: grantTypes(client),
    ...authentication(client),
    dpop_bound_access_tokens: settings().policy.level === 3,
  }
}

/** Its own keys stand in the row: none is ever fetched from where somebody says that it is. */
function authentication({ secretDigest, publicKeys }: Client): Partial<AdapterPayload> {
  if (publicKeys.length > 0) return { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [...publicKeys] } }
  if (!secretDigest) return { token_endpoint_auth_method: 'none' }
  // Never compared as it is: what is shown is hashed first (`provider.ts`).
  return { token_endpoint_auth_method: 'client_secret_basic', client_secret: secretDigest.toString('base64url') }
}

function grantTypes({ redirectUris, device }: Client): string[] {
  return [
    ...(redirectUris.length > 0 ? ['authorization_code'] : []),
    'refresh_token',
    ...(device ? ['urn:ietf:params:oauth:grant-type:device_code'] : []),
  ]
}

export async function grantView(id: string): Promise<AdapterPayload | undefined> {
  const check = await store().grants.check(id)
  if (!check || !grantStands(check)) return undefined
  const { userId, clientId, scope, createdAt, expiresAt } = check.grant
  const api = only(scope, API_SCOPES).join(' ')
  return {
    jti: id,
    kind: 'Grant',
    accountId: userId,
    clientId,
    openid: { scope: only(scope, IDENTITY_SCOPES).join(' ') },
    ...(api && { resources: { [apiResource()]: api } }),
    iat: Math.floor(createdAt.getTime() / 1000),
    exp: Math.floor(expiresAt.getTime() / 1000),
  }
}

/** Our public session id is its `sid`: it opens nothing, and is what relying parties are told when the session ends. */
export async function sessionView(id: string): Promise<AdapterPayload | undefined> {
  const session = await store().sessions.check(id)
  if (!session || !sessionStands(session, session.now)) return undefined
  return {
    jti: id,
    uid: id,
    kind: 'Session',
    accountId: session.userId,
    loginTs: authTimeOf(await shownIn(session)),
    acr: acrOf(session),
    amr: [...new Set(session.authentications.map(({ method }) => method))],
  }
}
