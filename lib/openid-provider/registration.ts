/**
 * What an application may be registered as. Pure. Addresses are compared character by character later on, so what is
 * taken here is what will be asked for: nothing is tidied up.
 * @see RFC 9700 §2.1, RFC 8252 §7, RFC 7591 §2; ASVS v5.0.0-10.4.1, v5.0.0-10.2.1, v5.0.0-10.4.16
 */
import type { Client } from '#db/contract.ts'
import { isLoopback } from '#lib/config/address.ts'
import { displayText } from '#lib/display-text.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'
import { parseClientKeys } from './client-keys.ts'
import { API_SCOPES, IDENTITY_SCOPES, only } from './scopes.ts'

export const DEFAULT_SCOPE = 'openid profile email offline_access'

/** As somebody typed it. */
export interface Wanted {
  readonly name: string
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  /** Empty for none. */
  readonly backchannelLogoutUri: string
  readonly scope: string
  readonly device: boolean
  /** It can keep a secret: it runs on a server, and nowhere else. One that has keys is, whatever this says. */
  readonly confidential: boolean
  /** A JWK or a JWK Set, which stands in for a secret; empty for none. */
  readonly publicKeys: string
}

export type Registration = Omit<Client, 'id' | 'secretDigest' | 'createdAt'>
export type Problems = Readonly<Partial<Record<keyof Wanted, string>>>

const LONGEST_NAME = 80
const LONGEST_URI = 2000
const MOST_URIS = 20

const SCOPES: readonly string[] = [...IDENTITY_SCOPES, ...API_SCOPES]

/** One that keeps something by which it proves itself: a secret of ours, or a key of its own. */
function isConfidential({ confidential, publicKeys }: Wanted): boolean {
  return confidential || publicKeys.trim() !== ''
}

/** Whether a secret is made for it: a key of its own is better, as nobody here ever knows it. */
export function needsSecret({ publicKeys }: Registration, { confidential }: Pick<Wanted, 'confidential'>): boolean {
  return confidential && publicKeys.length === 0
}

/** @param level the deployment's: at level 3 an application on a server proves itself by a key (v5.0.0-10.4.16) */
export function parseRegistration(
  wanted: Wanted,
  level: AssuranceLevel,
): { readonly registration: Registration } | { readonly problems: Problems } {
  const keys = parseClientKeys(wanted.publicKeys)
  const name = displayText(wanted.name, LONGEST_NAME)
  const scope = only(wanted.scope.replaceAll(/\s+/g, ' '), SCOPES).join(' ')
  const problems: Problems = {
    ...('problem' in name && {
      name: `Give it a name that people will know it by, of at most ${LONGEST_NAME} characters.`,
    }),
    ...problemOf('redirectUris', wanted.redirectUris, wanted),
    ...problemOf('postLogoutRedirectUris', wanted.postLogoutRedirectUris, wanted),
    ...(wanted.backchannelLogoutUri !== '' && backchannelProblem(wanted.backchannelLogoutUri)),
    ...scopeProblem(wanted.scope),
    ...('problem' in keys ? { publicKeys: keys.problem } : secretProblem(wanted, level)),
    ...(wanted.redirectUris.length === 0 &&
      !wanted.device && {
        redirectUris: 'Say where people come back to; only a device without a browser needs no address.',
      }),
  }
  if ('problem' in name || 'problem' in keys || Object.keys(problems).length > 0) return { problems }
  const { redirectUris, postLogoutRedirectUris, device } = wanted
  const backchannelLogoutUri = wanted.backchannelLogoutUri || null
  const addresses = { redirectUris, postLogoutRedirectUris, backchannelLogoutUri }
  return { registration: { name: name.text, publicKeys: keys.keys, ...addresses, scope, device } }
}

function secretProblem(wanted: Wanted, level: AssuranceLevel): Problems {
  if (level < 3 || !wanted.confidential || wanted.publicKeys.trim() !== '') return {}
  return {
    publicKeys:
      'At level 3 an application on a server proves itself by a key, not by a secret. Make a pair there, and give its public key.',
  }
}

function problemOf(
  field: 'redirectUris' | 'postLogoutRedirectUris',
  uris: readonly string[],
  wanted: Wanted,
): Problems {
  if (uris.length > MOST_URIS) return { [field]: `Use at most ${MOST_URIS} addresses.` }
  for (const uri of uris) {
    const problem = uriProblem(uri, !isConfidential(wanted))
    if (problem) return { [field]: `${problem}: ${uri.slice(0, 100)}` }
  }
  return {}
}

function backchannelProblem(uri: string): Problems {
  const problem = uriProblem(uri, false)
  return problem ? { backchannelLogoutUri: problem } : {}
}

/** @param apps whether it may lead to an app on a device: whoever keeps a secret runs on a server */
function uriProblem(uri: string, apps: boolean): string | null {
  if (uri.length > LONGEST_URI) return `An address has at most ${LONGEST_URI} characters`
  if (/[#*\\]|[^\x21-\x7e]/.test(uri)) return 'An address has no space, no fragment and no wildcard'
  const url = URL.canParse(uri) ? new URL(uri) : null
  // What a browser would write in another way would never be equal to it again.
  if (!url || (url.href !== uri && url.href !== `${uri}/`)) return 'Write the address as a browser would'
  if (url.username || url.password) return 'An address has no name and no password in it'
  if (url.protocol === 'https:') return null
  if (url.protocol === 'http:')
    return isLoopback(url.origin) ? null : 'Without https an address leads to this very machine alone'
  // RFC 8252 §7.1: a name under the maker's control, backwards, so it has a dot.
  if (!/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol))
    return 'An address begins with https, or with the app’s own name, such as com.example.app:'
  return apps ? null : 'An application that keeps a secret has https addresses'
}

function scopeProblem(scope: string): Problems {
  const asked = scope.split(/\s+/).filter(Boolean)
  const unknown = asked.find((each) => !SCOPES.includes(each))
  if (unknown !== undefined)
    return { scope: `There is no scope “${unknown.slice(0, 40)}”. There are: ${SCOPES.join(', ')}.` }
  return asked.includes('openid') ? {} : { scope: 'It needs the scope openid, to know whose tokens it has.' }
}

/**
 * How it proves itself, and whether that is taken: at level 3 a secret is not, so that one which was added at another level
 * is nobody until it is added anew, with a key (v5.0.0-10.4.16).
 */
export function clientProof(
  { secretDigest, publicKeys }: Pick<Client, 'secretDigest' | 'publicKeys'>,
  level: AssuranceLevel,
): { readonly by: 'keys' | 'secret' | 'none'; readonly taken: boolean } {
  if (publicKeys.length > 0) return { by: 'keys', taken: true }
  return secretDigest ? { by: 'secret', taken: level < 3 } : { by: 'none', taken: true }
}

/**
 * An app on a device: a public client with an address that any other app there could claim, be it a name of its own or a
 * port of the machine. RFC 8252 §8.6
 */
export function isNative(isPublic: boolean, redirectUris: readonly string[]): boolean {
  return isPublic && redirectUris.some((uri) => !uri.startsWith('https:'))
}
