import 'server-only'
import { hkdfSync } from 'node:crypto'

/**
 * A key for one purpose, derived from a secret of the ring (HKDF-SHA-256, RFC 5869). The purpose names the kind of
 * thing, its version and the origin, so what was sealed for one purpose, or by another deployment with the same
 * secret, cannot be opened as something else: iron itself has no associated data to bind.
 *
 * @returns 32 bytes
 */
export function deriveKey(secret: string | Uint8Array, ...purpose: readonly string[]): Buffer {
  const info = JSON.stringify(['signet', 1, ...purpose])
  return Buffer.from(hkdfSync('sha256', secret, new Uint8Array(32), info, 32))
}
