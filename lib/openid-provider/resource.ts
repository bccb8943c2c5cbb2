import 'server-only'
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { ACCESS_LIFETIME } from './lifetimes.ts'
import { API_SCOPES, isWithin, only } from './scopes.ts'

/** The API, as a resource (RFC 8707) and as the audience of its tokens. */
export function apiResource(): string {
  return `${settings().origin}/api`
}

/**
 * What a token for a resource is like: there is one resource, whose tokens are signed (RFC 9068). What the application was
 * never registered for is refused rather than left out.
 */
export async function resourceServer(
  ctx: KoaContextWithOIDC,
  resource: string,
  client: { readonly clientId: string },
): Promise<ResourceServer> {
  if (resource !== apiResource()) throw new errors.InvalidTarget()
  const registered = (await store().clients.find(client.clientId))?.scope ?? ''
  const asked = only(String(ctx.oidc.params?.scope ?? ''), API_SCOPES).join(' ')
  if (!isWithin(asked, registered)) throw new errors.InvalidScope('requested scope is not allowed', asked)
  return {
    scope: only(registered, API_SCOPES).join(' '),
    audience: resource,
    accessTokenTTL: ACCESS_LIFETIME,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  }
}

/**
 * Whether a refresh asks for what its token has. The library looks only when the token is spent and its successor kept, and
 * then neither reaches the application: its next try would count as a theft. Throws as the library does.
 */
export async function checkRefresh(ctx: KoaContextWithOIDC): Promise<void> {
  const { params, client, entities } = ctx.oidc
  const granted = entities.RefreshToken?.resource
  const asked = params?.resource || granted
  if (!client || !asked) return
  if (typeof asked !== 'string' || ![granted].flat().includes(asked)) throw new errors.InvalidTarget()
  await resourceServer(ctx, asked, client)
}
