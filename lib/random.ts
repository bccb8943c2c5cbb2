import 'server-only'
import { randomBytes } from 'node:crypto'

/**
 * The one source of randomness: the platform's CSPRNG. Nothing here is a UUID, a counter or a time.
 * @see ASVS v5.0.0-11.5.1
 */

/** 256 bits: what every secret has, twice what ASVS v5.0.0-7.2.3 asks for. */
export function randomSecret(): Buffer {
  return randomBytes(32)
}

/** 96 bits: a nonce for AES-GCM, never used twice with one key. NIST SP 800-38D §8.2.2. */
export function randomNonce(): Buffer {
  return randomBytes(12)
}

/** What `randomId` makes: anything else names no row. */
export const ID = /^[\w-]{22}$/

/** A public name for a row, 128 bits in base64url (22 characters). Knowing it opens nothing. */
export function randomId(): string {
  return randomBytes(16).toString('base64url')
}
