import 'server-only'
import { hash, timingSafeEqual } from 'node:crypto'
import { randomSecret } from '#lib/random.ts'

/**
 * The session token: 32 bytes from the CSPRNG. The browser keeps it sealed; the row keeps only its SHA-256,
 * which is enough, since a value with 256 bits of entropy cannot be guessed from its digest.
 *
 * @see ASVS v5.0.0-7.2.3 reference tokens with at least 128 bits, NIST SP 800-63B-4 §5.1
 */
export interface NewToken {
  readonly token: Buffer
  readonly digest: Buffer
}

export function newToken(): NewToken {
  const token = randomSecret()
  return { token, digest: digestOf(token) }
}

export function digestOf(token: Uint8Array): Buffer {
  return hash('sha256', token, 'buffer')
}

export function sameDigest(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
