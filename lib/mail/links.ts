import 'server-only'
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import { settings } from '#lib/config.ts'
import { deriveKey } from '#lib/keys/derive.ts'
import { type Key, ring } from '#lib/keys/ring.ts'
import { randomNonce } from '#lib/random.ts'

/**
 * What the links in mails carry. Those of a notice ("This wasn't me", "undo") carry a proof that Signet itself wrote
 * them, made of the event's number: nothing is stored for them. Those of a reset or a new address carry a random token;
 * until its mail is sent, it stands sealed in the outbox, so that the database alone opens no account.
 */
export type NoticePurpose = 'not-me' | 'undo-email'

/** What a link is for, of which event, and to which address it was mailed: from another address it proves nothing. */
export interface NoticeLink {
  readonly seq: number
  readonly purpose: NoticePurpose
  readonly to: string
}

/** @returns 43 characters of base64url */
export function noticeProof(link: NoticeLink): string {
  return proofWith(ring().sealing, link).toString('base64url')
}

/** Any key of the ring will do. A proof goes when the key that made it retires. */
export function isNoticeProof(value: unknown, link: NoticeLink): boolean {
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value) || !Number.isSafeInteger(link.seq)) return false
  const given = Buffer.from(value, 'base64url')
  // The last character has two bits to spare: of the ways to write a proof, one is right.
  if (given.toString('base64url') !== value) return false
  return ring().keys.some((key) => timingSafeEqual(given, proofWith(key, link)))
}

function proofWith(key: Key, { seq, purpose, to }: NoticeLink): Buffer {
  return createHmac('sha256', deriveKey(key.secret, 'notice', purpose, settings().origin))
    .update(JSON.stringify([seq, to]))
    .digest()
}

const NONCE = 12
const TAG = 16
/** Authenticated with the text, so that nothing else that is ever sealed under this key passes for it. */
const BOUND = Buffer.from('a link for a mail')

/** For `NewEvent.sealed`. AES-256-GCM; layout: 12 bytes nonce, 16 tag, text; base64url. */
export function sealForMail(text: string): string {
  const nonce = randomNonce()
  const cipher = createCipheriv('aes-256-gcm', mailKey(ring().sealing), nonce).setAAD(BOUND)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Null when no key of the ring opens it: it was tampered with, or its key is gone. */
export function openFromMail(sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  if (bytes.length < NONCE + TAG) return null
  for (const key of ring().keys) {
    const text = openWith(key, bytes)
    if (text !== null) return text
  }
  return null
}

function openWith(key: Key, bytes: Buffer): string | null {
  const options = { authTagLength: TAG }
  const decipher = createDecipheriv('aes-256-gcm', mailKey(key), bytes.subarray(0, NONCE), options).setAAD(BOUND)
  decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function mailKey(key: Key): Buffer {
  return deriveKey(key.secret, 'mail', settings().origin)
}
