import 'server-only'
import { hash, verify as verifySignature } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import * as z from 'zod'
import { settings } from '#lib/config.ts'
import { SIGNING_ALGORITHMS, type SigningKey, signingKeys } from '#lib/keys/signing.ts'
import { ACCESS_LIFETIME } from '#lib/openid-provider/lifetimes.ts'
import { ID } from '#lib/random.ts'
import { MINUTE, secondsBetween } from '#lib/time.ts'

/**
 * Signed access tokens: RFC 9068, and nothing beyond what we issue ourselves. What the header says about keys is not
 * looked at; the key is one of the own ring, by `kid`, and decides the algorithm.
 * @see ASVS v5.0.0-9.1.1 to 9.1.3, 9.2.1 to 9.2.4; RFC 8725
 */
export interface AccessToken {
  readonly userId: string
  readonly clientId: string
  readonly grantId: string
  /** The session in which it was issued; null when its grant had outlived that. */
  readonly sessionId: string | null
  readonly scope: string
  readonly issuedAt: Date
  readonly notBefore: Date
  readonly expiresAt: Date
  /** Thumbprint of the key that it is bound to (RFC 9449 §6); null for whoever bears it. */
  readonly jkt: string | null
}

export function apiAudience(): string {
  return `${settings().origin}/api`
}

/** Longer ones are no tokens of ours. Characters. */
const LONGEST = 4096
/** Clocks of nodes that issue and verify may differ by this much. Seconds. */
const LEEWAY = MINUTE

const Header = z.strictObject({ alg: z.enum(SIGNING_ALGORITHMS), typ: z.literal('at+jwt'), kid: z.string() })

const instant = z
  .int()
  .positive()
  .transform((seconds) => new Date(seconds * 1000))
const name = z.string().min(1).max(256)
const Claims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string().regex(ID),
  client_id: name,
  jti: name,
  gid: name,
  sid: z.string().regex(ID).optional(),
  scope: z.string().max(1024).default(''),
  iat: instant,
  nbf: instant.optional(),
  exp: instant,
  // Bound to anything but a key that we can see proof of, it is not for us.
  cnf: z.strictObject({ jkt: name }).optional(),
})

interface Verified {
  readonly kid: string
  readonly token: AccessToken
}

/** Verified signatures by the token's digest: the same text under the same key is not verified twice. Rows are. */
const remembered = new LRUCache<string, Verified>({ max: 10_000 })

/**
 * What a token of ours says, or null for everything else. Whether it may be used now, `isInTime` and the rows of its
 * grant and session decide, each time.
 */
export function readAccessToken(text: string): AccessToken | null {
  if (text.length > LONGEST) return null
  const digest = hash('sha256', text, 'base64url')
  const known = remembered.get(digest)
  // A key that has left the ring takes along what it has signed.
  if (known && signingKeys().find(known.kid)) return known.token
  const verified = verify(text)
  if (verified) remembered.set(digest, verified)
  return verified?.token ?? null
}

function verify(text: string): Verified | null {
  const [header, payload, signature] = partsOf(text) ?? []
  const key = header && keyOf(header)
  if (!key || !payload || !signature || !isSigned(text, signature, key)) return null
  const token = tokenOf(jsonOf(payload))
  return token && { kid: key.kid, token }
}

/** RFC 7515 §7.1. One token has one text: three parts in base64url, each the only one for what it decodes to. */
function partsOf(text: string): readonly Buffer[] | null {
  const parts = text.split('.')
  const decoded = parts.map((part) => Buffer.from(part, 'base64url'))
  const canonical = decoded.every((part, i) => part.toString('base64url') === parts[i])
  return parts.length === 3 && canonical ? decoded : null
}

function keyOf(part: Buffer): SigningKey | undefined {
  const header = Header.safeParse(jsonOf(part))
  const key = header.success ? signingKeys().find(header.data.kid) : undefined
  return key?.alg === header.data?.alg ? key : undefined
}

/**
 * By the platform and in this thread: a library goes through the threads of WebCrypto, whose hand-over costs a quarter of
 * the work. The key's own algorithm, whatever the header says; of ES256 the 64 bytes of RFC 7518 §3.4, and no DER.
 */
function isSigned(text: string, signature: Buffer, { alg, publicKey }: SigningKey): boolean {
  const signed = Buffer.from(text.slice(0, text.lastIndexOf('.')))
  return verifySignature(
    alg === 'ES256' ? 'sha256' : null,
    signed,
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    signature,
  )
}

function jsonOf(part: Buffer): unknown {
  try {
    return JSON.parse(part.toString('utf8'))
  } catch {
    return undefined
  }
}

function tokenOf(payload: unknown): AccessToken | null {
  const parsed = Claims.safeParse(payload)
  if (!parsed.success) return null
  const { iss, aud, sub, client_id, gid, sid, scope, iat, nbf, exp, cnf } = parsed.data
  if (iss !== settings().origin || aud !== apiAudience()) return null
  if (exp <= iat || secondsBetween(iat, exp) > ACCESS_LIFETIME) return null
  return {
    userId: sub,
    clientId: client_id,
    grantId: gid,
    sessionId: sid ?? null,
    scope,
    issuedAt: iat,
    notBefore: nbf ?? iat,
    expiresAt: exp,
    jkt: cnf?.jkt ?? null,
  }
}

/** An instant reached exactly at `now`, leeway included, has passed. */
export function isInTime({ notBefore, issuedAt, expiresAt }: AccessToken, now: Date): boolean {
  const begun = Math.max(notBefore.getTime(), issuedAt.getTime()) - LEEWAY * 1000
  return begun <= now.getTime() && now.getTime() < expiresAt.getTime() + LEEWAY * 1000
}
