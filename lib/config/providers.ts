import 'server-only'
import type { SessionPolicy } from '#lib/session/policy.ts'
import { isLoopback } from './address.ts'
import { DURATION_FORM, formatDuration, parseDuration } from './duration.ts'
import type { Reader } from './reader.ts'

/** An OpenID Provider that people may sign in with, and what of its word is believed. */
export interface IdentityProvider {
  /** Stands in the paths that belong to it. */
  readonly id: string
  /** What the button says. */
  readonly name: string
  /** As its metadata and its tokens write it, character by character. */
  readonly issuer: string
  readonly clientId: string
  /** Null: a public client, held by PKCE alone. Never to be logged. */
  readonly clientSecret: string | null
  /** With a space between them. */
  readonly scopes: string
  /** Values that mean two factors when this provider says them; whatever else it says counts as one. */
  readonly twoFactors: { readonly acr: readonly string[]; readonly amr: readonly string[] }
  /** Its authentication may be this old at a sign-in. Seconds. */
  readonly maxAge: number
  /** A session that rests on it lasts this long at most; null: as long as ours. Seconds. */
  readonly sessionLifetime: number | null
  /** `any`: its logout tokens do not say that they are such; everything else about them is checked all the same. */
  readonly logoutTokenType: 'logout+jwt' | 'any'
}

const EXAMPLE =
  '[{"id":"work","name":"Work","issuer":"https://login.example.org","clientId":"signet","clientSecret":"…"}]'

/** A JSON list of providers. What is wrong is named by entry and field; no value is repeated, for secrets stand there. */
export function readProviders(reader: Reader, { ordinary }: SessionPolicy): readonly IdentityProvider[] {
  const text = reader.text('IDENTITY_PROVIDERS')
  if (text === undefined) return []
  const list = parseList(text)
  if (!list) {
    reader.problem(`IDENTITY_PROVIDERS is no JSON list of objects. Set ${EXAMPLE}.`)
    return []
  }
  const read = list.map((entry, index) => {
    const name = typeof entry.id === 'string' && ID.test(entry.id) ? `“${entry.id}”` : `number ${index + 1}`
    const say = (problem: string) => reader.problem(`IDENTITY_PROVIDERS, entry ${name}: ${problem}`)
    return readEntry(entry, ordinary.absoluteLifetime, say)
  })
  for (const field of ['id', 'issuer'] as const) {
    for (const value of twice(read.map((provider) => provider?.[field]))) {
      reader.problem(`IDENTITY_PROVIDERS has two entries with the ${field} ${value}. Give each an ${field} of its own.`)
    }
  }
  return read.filter((provider) => provider !== null)
}

type Entry = Readonly<Record<string, unknown>>

function parseList(text: string): readonly Entry[] | null {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = (one: unknown) => typeof one === 'object' && one !== null && !Array.isArray(one)
    return Array.isArray(value) && value.every(isObject) ? value : null
  } catch {
    return null
  }
}

const ID = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/
/** RFC 6749 appendix A.4, and no control characters anywhere. */
const SCOPES = /^(?=.*\bopenid\b)[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/
const WORD = /^[\x21-\x7e]{1,200}$/
/** RFC 6749 appendix A.1 and A.2. */
const CLIENT = /^[\x20-\x7e]{1,500}$/
const FIELDS = [
  'id',
  'name',
  'issuer',
  'clientId',
  'clientSecret',
  'scopes',
  'twoFactors',
  'maxAge',
  'sessionLifetime',
  'logoutTokenType',
]

function readEntry(entry: Entry, lifetime: number, say: (problem: string) => void): IdentityProvider | null {
  const wrong: string[] = Object.keys(entry)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `${field} is not a field that it can have. Use ${FIELDS.join(', ')}.`)
  function field<T>(name: string, absent: T | undefined, check: (value: unknown) => T | undefined, remedy: string): T {
    const value = entry[name]
    const read = value === undefined ? absent : check(value)
    if (read === undefined) wrong.push(`${name} is ${value === undefined ? 'missing' : 'wrong'}. Set ${remedy}.`)
    return read as T
  }
  const provider: IdentityProvider = {
    id: field('id', undefined, matching(ID), '1 to 32 of a to z, 0 to 9 and hyphens, such as "work"'),
    name: field('name', undefined, matching(/^[^\p{C}]{1,60}$/u), 'what the button says, 1 to 60 characters'),
    issuer: field(
      'issuer',
      undefined,
      issuer,
      'its https address, without a query, as its metadata writes it; http is for loopback alone',
    ),
    clientId: field('clientId', undefined, matching(CLIENT), 'the client id that it gave to this app'),
    clientSecret: field('clientSecret', null, matching(CLIENT), 'the secret that it gave to this app, or none'),
    scopes: field('scopes', 'openid email profile', matching(SCOPES), 'scopes with openid among them'),
    twoFactors: field('twoFactors', { acr: [], amr: [] }, twoFactors, '{"acr":[…],"amr":[…]}, lists of values'),
    maxAge: field('maxAge', lifetime, within(lifetime), `${DURATION_FORM}, ${formatDuration(lifetime)} at most`),
    sessionLifetime: field('sessionLifetime', null, within(Number.POSITIVE_INFINITY), DURATION_FORM),
    logoutTokenType: field('logoutTokenType', 'logout+jwt', tokenType, '"logout+jwt", or "any"'),
  }
  for (const problem of wrong) say(problem)
  return wrong.length > 0 ? null : provider
}

function matching(pattern: RegExp) {
  return (value: unknown) => (typeof value === 'string' && pattern.test(value) ? value : undefined)
}

/** OpenID Connect Discovery §4.3: https, no query, no fragment. On http anybody on the way could sign people in. */
function issuer(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || url.username || url.password || url.search || url.hash) return undefined
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.origin))) return undefined
  return value === url.href || `${value}/` === url.href ? (value as string) : undefined
}

function twoFactors(value: unknown): IdentityProvider['twoFactors'] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { acr = [], amr = [], ...more } = value as Entry
  const isList = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((one) => typeof one === 'string' && WORD.test(one))
  return isList(acr) && isList(amr) && Object.keys(more).length === 0 ? { acr, amr } : undefined
}

function within(most: number) {
  return (value: unknown) => {
    const seconds = typeof value === 'string' ? parseDuration(value) : undefined
    return seconds !== undefined && seconds <= most ? seconds : undefined
  }
}

function tokenType(value: unknown): IdentityProvider['logoutTokenType'] | undefined {
  return value === 'logout+jwt' || value === 'any' ? value : undefined
}

function twice(values: readonly (string | undefined)[]): readonly string[] {
  const again = values.filter((value, index): value is string => value !== undefined && values.indexOf(value) < index)
  return [...new Set(again)]
}
