import 'server-only'
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { deriveKey } from '#lib/keys/derive.ts'
import type { Key } from '#lib/keys/file.ts'
import { type KeyRing, ring } from '#lib/keys/ring.ts'
import { randomNonce } from '#lib/random.ts'

/**
 * The secret of an authenticator app, sealed for the database: AES-256-GCM under a key derived from the ring. The
 * account's id and the key's are authenticated with it, so a row moved to another account opens nothing.
 *
 * **It outlives its key.** Keys retire after the longest session, an authenticator app is kept for years. So each use
 * of a secret that is not under the sealing key brings it there (`resealed`, written by `users.spend` with the code's
 * step), and a retired key, which opens no session any more, still opens this. Nobody loses an app by a rotation,
 * however long they stay away.
 *
 * The origin is no part of the key, unlike a session's: an app goes on working when the deployment moves.
 *
 * Layout: `totp.1:<key id>:<base64url of 12 bytes nonce, 16 tag, the secret>`.
 * @see ASVS v5.0.0-11.2.2 keys can be replaced, 13.3.1 secrets at rest; docs/decisions/0025
 */
const PURPOSE = 'totp'
const VERSION = 'totp.1'
const NONCE = 12
const TAG = 16

export interface OpenedSecret {
  /** Base32. */
  readonly secret: string
  /** The same under the sealing key, when it was under another one; to be stored in its place. */
  readonly resealed: string | null
}

/** @param secret base32, of `newTotpSecret` */
export function sealSecret(secret: string, userId: string, { sealing }: KeyRing = ring()): string {
  const nonce = randomNonce()
  const cipher = createCipheriv('aes-256-gcm', keyFrom(sealing), nonce).setAAD(boundTo(userId, sealing.id))
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return `${VERSION}:${sealing.id}:${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
}

/** Null when it is not this account's, was tampered with, or its key has left the ring: then no code is right. */
export function openSecret(sealed: string, userId: string, keys: KeyRing = ring()): OpenedSecret | null {
  const [version, keyId, body = '', ...more] = sealed.split(':')
  const key = [...keys.keys, ...keys.retired].find(({ id }) => id === keyId)
  if (version !== VERSION || !key || more.length > 0) return null
  const secret = decipher(Buffer.from(body, 'base64url'), userId, key)
  if (secret === null) return null
  return { secret, resealed: key.id === keys.sealing.id ? null : sealSecret(secret, userId, keys) }
}

function decipher(bytes: Buffer, userId: string, key: Key): string | null {
  if (bytes.length <= NONCE + TAG) return null
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(key), bytes.subarray(0, NONCE))
  decipher.setAAD(boundTo(userId, key.id)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function keyFrom({ secret }: Key): Buffer {
  return deriveKey(secret, PURPOSE, VERSION)
}

function boundTo(userId: string, keyId: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, keyId, userId]))
}
