import 'server-only'
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { settings } from '#lib/config.ts'
import { randomNonce } from '#lib/random.ts'
import { deriveKey } from './derive.ts'
import { type Key, type KeyRing, ring } from './ring.ts'

/**
 * A text sealed for the database, for as long as sessions live: AES-256-GCM under a key derived from the ring for one
 * purpose and this origin. What it belongs to is authenticated with it, so that a row which is moved opens nothing; and
 * what was sealed under a retired key opens no more, as the sessions of then.
 *
 * Layout: `<key id>:<base64url of 12 bytes nonce, 16 tag, the text>`.
 * @see ASVS v5.0.0-11.3.2, 13.3.1
 */
const NONCE = 12
const TAG = 16

/** What the text is for, with its version, and what it belongs to. */
export interface Place {
  readonly purpose: string
  readonly of: string
}

export function sealText(text: string, place: Place, { sealing }: KeyRing = ring()): string {
  const nonce = randomNonce()
  const cipher = createCipheriv('aes-256-gcm', keyFrom(sealing, place), nonce).setAAD(boundTo(place, sealing))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `${sealing.id}:${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
}

/** Null for every kind of failure. */
export function openText(sealed: string, place: Place, { keys }: KeyRing = ring()): string | null {
  const [id, body = '', ...more] = sealed.split(':')
  const key = keys.find((each) => each.id === id)
  const bytes = Buffer.from(body, 'base64url')
  if (!key || more.length > 0 || bytes.length < NONCE + TAG) return null
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(key, place), bytes.subarray(0, NONCE))
  decipher.setAAD(boundTo(place, key)).setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function keyFrom({ secret }: Key, { purpose }: Place): Buffer {
  return deriveKey(secret, 'text', purpose, settings().origin)
}

function boundTo({ purpose, of }: Place, { id }: Key): Buffer {
  return Buffer.from(JSON.stringify([purpose, id, of]))
}
