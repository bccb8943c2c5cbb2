import 'server-only'
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client'
import { isLoopback } from '#lib/config/address.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { log } from '#lib/log.ts'
import { HOUR, MINUTE, now, secondsBetween } from '#lib/time.ts'

/**
 * A provider's metadata (OpenID Connect Discovery 1.0), asked for when somebody wants to go there and kept for an hour.
 * A provider that does not answer is waited for once, by those who want to go there and nobody else; for ten seconds
 * after that nobody waits for it again.
 */

/** A provider may take this long for each of its answers. Seconds. */
export const PATIENCE = 5
/** Clocks of others may be this far from ours. Seconds. */
export const LEEWAY = MINUTE

const KEPT = HOUR
const SPARED = 10

interface Known {
  readonly at: Date
  readonly configuration: Promise<Configuration | null>
  /** Seconds from `at` for which it is good. */
  good: number
}

/** Each instance of this module has its own: the library takes no configuration of another instance of itself. */
const asked = new Map<string, Known>()

/** Null: the provider cannot be reached, or says of itself what cannot be. */
export function configurationOf(provider: IdentityProvider): Promise<Configuration | null> {
  const known = asked.get(provider.issuer)
  if (known && secondsBetween(known.at, now()) < known.good) return known.configuration
  const fresh: Known = { at: now(), configuration: ask(provider), good: PATIENCE }
  asked.set(provider.issuer, fresh)
  void fresh.configuration.then((found) => {
    fresh.good = found ? KEPT : PATIENCE + SPARED
  })
  return fresh.configuration
}

async function ask(provider: IdentityProvider): Promise<Configuration | null> {
  const { issuer, clientId } = provider
  try {
    const local = isLoopback(issuer)
    const configuration = await discovery(new URL(issuer), clientId, METADATA, authentication(provider), {
      timeout: PATIENCE,
      // Without this the signature of an ID token that came straight from the provider would not be looked at.
      execute: local ? [allowInsecureRequests, enableNonRepudiationChecks] : [enableNonRepudiationChecks],
    })
    const problem = metadataProblem(configuration, issuer)
    if (!problem) return configuration
    log().warn({ provider: provider.id, problem }, 'the metadata of an identity provider cannot be used')
  } catch (cause) {
    log().warn({ provider: provider.id, err: cause }, 'an identity provider cannot be reached')
  }
  return null
}

const METADATA = { [clockTolerance]: LEEWAY }

const ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'] as const

/** Mix-up begins with metadata that speaks for somebody else. @see ASVS v5.0.0-10.2.2, RFC 8414 §3.3 */
function metadataProblem(configuration: Configuration, issuer: string): string | null {
  const metadata = configuration.serverMetadata()
  if (metadata.issuer !== issuer) return 'its issuer is another one'
  for (const name of [...ENDPOINTS, 'end_session_endpoint'] as const) {
    const value = metadata[name]
    if (value === undefined && (name === 'userinfo_endpoint' || name === 'end_session_endpoint')) continue
    if (!isSafeAddress(value, issuer)) return `its ${name} is missing or not https`
  }
  const methods = metadata.code_challenge_methods_supported
  return methods && !methods.includes('S256') ? 'it does not take PKCE with S256' : null
}

/** https; for a provider on this machine, http on this machine. */
function isSafeAddress(value: unknown, issuer: string): boolean {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.origin) && isLoopback(issuer))
}

/** In a header where the provider takes that, otherwise in the body; a client without a secret has its PKCE. */
function authentication({ clientSecret }: IdentityProvider): ClientAuth {
  if (clientSecret === null) return None()
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const chosen = methods.includes('client_secret_basic') || !methods.includes('client_secret_post') ? basic : post
    return chosen(server, client, body, headers)
  }
}
