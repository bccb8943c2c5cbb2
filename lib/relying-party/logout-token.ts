import 'server-only'
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { SignedOutElsewhere } from '#db/contract.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { log } from '#lib/log.ts'
import { store } from '#lib/store.ts'
import { DAY, secondsBetween } from '#lib/time.ts'
import { configurationOf, LEEWAY, PATIENCE } from './discovery.ts'
import { areKeysAway } from './keys-away.ts'
import { seldom } from './seldom.ts'

/**
 * What a provider sends when it has signed somebody out. Strict, since whoever could forge one would sign people out: it
 * must say that it is such a token (`logout+jwt`, unless this provider is known not to), be signed by the provider's
 * keys with an algorithm of the list, for us, from now, once, about a session or a person, and be no ID token.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.4, 2.6; ASVS v5.0.0-10.5.5, 9.2.2
 */
type Read =
  | (Omit<SignedOutElsewhere, 'issuer'> & { readonly outcome: 'signed-out' })
  /** The body of the answer says no more than that. */
  | { readonly outcome: 'refused' }
  /** Its keys cannot be had: it may send the token again. */
  | { readonly outcome: 'unreachable' }

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'EdDSA', 'Ed25519']
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

/** Ends what it names. The token is used up in the step that ends it: whatever fails before, it may be sent again. */
export async function signOutByToken(
  provider: IdentityProvider,
  token: string,
): Promise<'signed-out' | 'refused' | 'unreachable'> {
  const read = await readLogoutToken(provider, token)
  if (read.outcome !== 'signed-out') return read.outcome
  const { outcome, ...what } = read
  const ended = await store().identities.signedOutElsewhere({ issuer: provider.issuer, ...what })
  return ended === 'again' ? refused(provider, 'it came before').outcome : outcome
}

async function readLogoutToken(provider: IdentityProvider, token: string): Promise<Read> {
  const keys = await keysOf(provider)
  if (!keys) return { outcome: 'unreachable' }
  const now = await store().clock()
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: provider.issuer,
      audience: provider.clientId,
      algorithms: ALGORITHMS,
      requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
      clockTolerance: LEEWAY,
      currentDate: now,
      ...(provider.logoutTokenType === 'logout+jwt' && { typ: 'logout+jwt' }),
    })
    return read(provider, payload, now)
  } catch (cause) {
    if (areKeysAway(cause)) {
      tellOfKeys(provider.id, (leftOut) =>
        log().warn({ provider: provider.id, err: cause, leftOut }, 'the keys of an identity provider cannot be had'),
      )
      return { outcome: 'unreachable' }
    }
    if (cause instanceof errors.JOSEError) return refused(provider, cause.code)
    throw cause
  }
}

function read(provider: IdentityProvider, payload: JWTPayload, now: Date): Read {
  const { iat = 0, exp = 0, jti, events, sub, sid } = payload
  if ('nonce' in payload) return refused(provider, 'it has a nonce')
  if (!isLogout(events)) return refused(provider, 'events')
  if (iat * 1000 > now.getTime() + LEEWAY * 1000) return refused(provider, 'iat')
  const subject = nameIn(sub)
  const session = nameIn(sid)
  if (subject === undefined || session === undefined || (subject === null && session === null)) {
    return refused(provider, 'sub and sid')
  }
  if (typeof jti !== 'string' || jti === '') return refused(provider, 'jti')
  // Until it has run out; after that `exp` refuses it. A year from now is remembered for a day: what it names began before.
  const lifetime = Math.min(DAY, secondsBetween(now, new Date(exp * 1000)) + 2 * LEEWAY)
  const issuedAt = new Date(Math.floor(iat) * 1000)
  return { outcome: 'signed-out', subject, sid: session, issuedAt, token: { id: jti, lifetime } }
}

/** §2.4: an object with this one name, whose value is an object. */
function isLogout(events: unknown): boolean {
  if (typeof events !== 'object' || events === null || Array.isArray(events)) return false
  const event = (events as Record<string, unknown>)[EVENT]
  return typeof event === 'object' && event !== null && !Array.isArray(event)
}

/** Null: it is not there. Undefined: it is there, and is no name. */
function nameIn(value: unknown): string | null | undefined {
  if (value === undefined) return null
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : undefined
}

interface Keys {
  readonly uri: string
  readonly get: JWTVerifyGetKey
}

const shared = globalThis as { signetProviderKeys?: Map<string, Keys> }

/** The provider's own keys, at the address that its metadata gives; nothing in a token says where to look. */
async function keysOf(provider: IdentityProvider): Promise<JWTVerifyGetKey | null> {
  const uri = (await configurationOf(provider))?.serverMetadata().jwks_uri
  if (!uri) return null
  shared.signetProviderKeys ??= new Map()
  const known = shared.signetProviderKeys.get(provider.issuer)
  if (known?.uri === uri) return known.get
  const get = createRemoteJWKSet(new URL(uri), { timeoutDuration: PATIENCE * 1000 })
  shared.signetProviderKeys.set(provider.issuer, { uri, get })
  return get
}

/** Anybody can send what is none. */
const [tellOfRefusal, tellOfKeys] = [seldom(), seldom()]

function refused(provider: IdentityProvider, problem: string): { readonly outcome: 'refused' } {
  tellOfRefusal(provider.id, (leftOut) =>
    log().warn({ provider: provider.id, problem, leftOut }, 'a logout token was refused'),
  )
  return { outcome: 'refused' }
}
