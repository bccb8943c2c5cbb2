import 'server-only'
import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto'

/**
 * Opens what iron-session's `sealData` has sealed with its defaults: form Fe26.2, AES-256-CBC, HMAC-SHA-256.
 *
 * `unsealData` asks WebCrypto six times, and each time waits for another thread: a quarter to half a millisecond, for
 * arithmetic that takes a tenth of it. A server that has just started has not seen any cookie before. iron-session seals,
 * and says in `fe26.test.ts` what is right. @see docs/decisions/0041
 */

/** Passwords by the id that a seal names; never on the prototype of an object. */
export type Passwords = ReadonlyMap<string, string>

const SHAPE = /^(Fe26\.2\*(\d{1,10})\*([0-9a-f]{64})\*([\w-]{22})\*([\w-]{22,1400})\*)\*([0-9a-f]{64})\*([\w-]{43})~2$/

/**
 * What was sealed, or undefined for every kind of failure. Only the text that was issued opens: iron decodes base64url
 * leniently and iron-session ignores what follows `~`, so a seal has variants that open there as well as itself. One
 * with an expiry is none of ours: the row decides.
 */
export function openFe26(text: string, passwords: Passwords): unknown {
  const [, head, id = '', encryptionSalt = '', iv = '', sealed = '', macSalt = '', mac = ''] = SHAPE.exec(text) ?? []
  const password = passwords.get(id)
  if (head === undefined || password === undefined || ![iv, sealed, mac].every(isCanonical)) return undefined
  const expected = createHmac('sha256', keyOf(password, macSalt)).update(head).digest()
  if (!timingSafeEqual(expected, bytes(mac))) return undefined
  try {
    const decipher = createDecipheriv('aes-256-cbc', keyOf(password, encryptionSalt), bytes(iv))
    return JSON.parse(Buffer.concat([decipher.update(bytes(sealed)), decipher.final()]).toString('utf8'))
  } catch {
    return undefined
  }
}

/** iron derives by PBKDF2, with the hexadecimal text of the salt: one turn is enough where the password is a random key. */
function keyOf(password: string, salt: string): Buffer {
  return pbkdf2Sync(password, salt, 1, 32, 'sha1')
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'base64url')
}

function isCanonical(text: string): boolean {
  return bytes(text).toString('base64url') === text
}
