import 'server-only'
import { createECDH, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { settings } from '#lib/config.ts'
import { MINUTE, now, secondsAfter } from '#lib/time.ts'
import { deriveKey } from './derive.ts'
import { areSame, type Key, type KeyRing, ring } from './ring.ts'

/**
 * The keys that sign tokens: derived from the ring, a pair of each algorithm for each of its keys. So they are kept
 * where the ring is kept, are the same on every node, and `keys rotate` replaces them with it: nothing else is stored.
 *
 * A new key is published at once, in the set that relying parties read, and signs `PUBLISHED_AHEAD` later. One that no
 * longer signs stays published until it leaves the ring, 30 days later: nothing that we sign is good for as long.
 * @see ASVS v5.0.0-11.2.2, v5.0.0-13.3.4; RFC 7517, RFC 8037; docs/decisions/0039
 */
export type SigningAlgorithm = 'ES256' | 'EdDSA'

/** What may sign, and nothing else may be verified (v5.0.0-9.1.2). */
export const SIGNING_ALGORITHMS: readonly SigningAlgorithm[] = ['ES256', 'EdDSA']

/** From its publication until it signs, so that whoever keeps a copy of the set has had time to read it anew. Seconds. */
export const PUBLISHED_AHEAD = 10 * MINUTE

/** A public key as it is published. */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP'
  readonly crv: 'P-256' | 'Ed25519'
  readonly x: string
  readonly y?: string
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly use: 'sig'
}

export interface PrivateJwk extends PublicJwk {
  readonly d: string
}

export interface SigningKey {
  /** Its RFC 7638 thumbprint. */
  readonly kid: string
  readonly alg: SigningAlgorithm
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: PrivateJwk
}

export interface SigningKeys {
  /** Private; of each algorithm the one that signs now comes first. For the OpenID Provider. */
  readonly jwks: { readonly keys: readonly PrivateJwk[] }
  /** What is published, in the same order. */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] }
  current(alg: SigningAlgorithm): SigningKey
  /** By its `kid`, of this ring alone. */
  find(kid: string): SigningKey | undefined
  /** Grows whenever anything above has changed. */
  readonly version: number
}

const shared = globalThis as typeof globalThis & { signetSigningKeys?: () => SigningKeys }

/** The signing keys in force now. They follow the ring: read them for each use. */
export function signingKeys(): SigningKeys {
  shared.signetSigningKeys ??= openSigningKeys(ring, now, settings().origin)
  return shared.signetSigningKeys()
}

/** Signing keys that follow a ring. `clock` is the caller's, so that a test can turn it. */
export function openSigningKeys(readRing: () => KeyRing, clock: () => Date, origin: string): () => SigningKeys {
  let from: readonly Key[] = []
  let current: SigningKeys | undefined
  return () => {
    const read = readRing()
    const signer = signerOf(read, clock())
    const keys = [signer, ...read.keys.filter(({ id }) => id !== signer.id)]
    if (current && areSame(keys, from)) return current
    from = keys
    current = setOf(keys, origin, (current?.version ?? 0) + 1)
    return current
  }
}

/** The newest that was published for long enough; when there is none, the one that seals. */
function signerOf({ keys, sealing }: KeyRing, at: Date): Key {
  return keys.find((key) => signsFrom(key) <= at) ?? sealing
}

/** A key without a date of its own was there before anybody asked for it. */
export function signsFrom({ sealsFrom }: Key): Date {
  return sealsFrom ? secondsAfter(sealsFrom, PUBLISHED_AHEAD) : new Date(0)
}

function setOf(ring: readonly Key[], origin: string, version: number): SigningKeys {
  const keys = ring.flatMap(({ secret }) => SIGNING_ALGORITHMS.map((alg) => derive(secret, alg, origin)))
  const byId = new Map(keys.map((key) => [key.kid, key]))
  return Object.freeze({
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    publicJwks: { keys: keys.map(({ jwk: { d: _, ...published } }) => published) },
    current: (wanted: SigningAlgorithm) => keys.find(({ alg }) => alg === wanted) as SigningKey,
    find: (kid: string) => byId.get(kid),
    version,
  })
}

/** Another origin has other keys, also with the same secret: none signs for the other. */
function derive(secret: string, alg: SigningAlgorithm, origin: string): SigningKey {
  const bytes = (part: string) => deriveKey(secret, 'sign', alg, part, origin)
  const privateKey = alg === 'ES256' ? p256(Buffer.concat([bytes('1'), bytes('2')])) : ed25519(bytes('1'))
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' }) as Omit<PrivateJwk, 'kid' | 'alg' | 'use'>
  const kid = thumbprint({ crv, kty, x, ...(y !== undefined && { y }) })
  const jwk: PrivateJwk = { kty, crv, x, ...(y !== undefined && { y }), kid, alg, use: 'sig', d }
  return { kid, alg, privateKey, publicKey: createPublicKey(privateKey), jwk }
}

/** RFC 7638 §3: the required members alone, in the order of their names. */
function thumbprint(required: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url')
}

/** Order of the group of P-256. FIPS 186-5 (SP 800-186 §3.2.1.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A key from more bits than it has, so that none is likelier than another. FIPS 186-5 A.2.1. @param bits 64 bytes */
function p256(bits: Buffer): KeyObject {
  const scalar = (BigInt(`0x${bits.toString('hex')}`) % (P256_ORDER - 1n)) + 1n
  const d = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(d)
  const point = curve.getPublicKey()
  const [x, y] = [point.toString('base64url', 1, 33), point.toString('base64url', 33)] as const
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d: d.toString('base64url') }, format: 'jwk' })
}

/** Any 32 bytes are a key (RFC 8032 §5.1.5); around them what RFC 8410 §7 wants to see. */
function ed25519(seed: Buffer): KeyObject {
  const key = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}
