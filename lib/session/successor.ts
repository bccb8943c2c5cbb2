import 'server-only'
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { deriveKey } from '#lib/keys/derive.ts'
import { randomSecret } from '#lib/random.ts'

/**
 * Until a browser has shown its new token, the row keeps that token encrypted under a key that only the bearer of
 * the old token can derive. So every bearer of the old token is handed the same successor, however many requests
 * race and however many answers are lost, and the database alone opens nothing.
 *
 * AES-256-GCM; the session and the generation are authenticated with it. Layout: 12 bytes nonce, 16 tag, 32 token.
 */
const NONCE = 12
const TAG = 16

export function wrapSuccessor(successor: Buffer, predecessor: Buffer, id: string, generation: number): Buffer {
  const nonce = randomSecret().subarray(0, NONCE)
  const cipher = createCipheriv('aes-256-gcm', keyFrom(predecessor), nonce).setAAD(boundTo(id, generation))
  const text = Buffer.concat([cipher.update(successor), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text])
}

/** @throws when the predecessor is not the one it was wrapped for, or the row was tampered with. */
export function unwrapSuccessor(wrapped: Buffer, predecessor: Buffer, id: string, generation: number): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(predecessor), wrapped.subarray(0, NONCE))
  decipher.setAAD(boundTo(id, generation)).setAuthTag(wrapped.subarray(NONCE, NONCE + TAG))
  return Buffer.concat([decipher.update(wrapped.subarray(NONCE + TAG)), decipher.final()])
}

function keyFrom(predecessor: Buffer): Buffer {
  return deriveKey(predecessor, 'successor')
}

function boundTo(id: string, generation: number): Buffer {
  return Buffer.from(`${id}.${generation}`)
}
