import 'server-only'
import { settings } from '#lib/config.ts'
import { knowsOffline } from './lifetimes.ts'
import { apiResource } from './resource.ts'
import { API_SCOPES, IDENTITY_SCOPES, only } from './scopes.ts'

/** The scopes of the provider itself that there are at this level. */
export function offeredScopes(): readonly string[] {
  const offline = knowsOffline(settings().policy.level)
  return IDENTITY_SCOPES.filter((scope) => offline || scope !== 'offline_access')
}

/** Of what a request asks for, what there is to be granted: scopes of the API with its resource only. */
export function grantable({ scope, resource }: Readonly<Record<string, unknown>>): string {
  if (typeof scope !== 'string') return ''
  const api = [resource].flat().includes(apiResource()) ? only(scope, API_SCOPES) : []
  return [...only(scope, offeredScopes()), ...api].join(' ')
}
