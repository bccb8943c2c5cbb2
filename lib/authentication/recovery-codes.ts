import 'server-only'
import { hash } from 'node:crypto'
import { randomSecret } from '#lib/random.ts'

/**
 * Recovery codes: ten, each good for one sign-in in place of the second factor. Shown once, when they are made.
 *
 * A code has 120 bits, so its SHA-256 is enough in the database: nobody guesses what has so many, at whatever speed.
 * A slow hash is for what people choose. ASVS asks for one below 112 bits only.
 * @see ASVS v5.0.0-6.5.1 used once, 6.5.2 stored, 6.5.3 random; NIST SP 800-63B-4 §4.2 (at least 64 bits)
 */
const COUNT = 10

/** Crockford's base32: no I, L, O or U. What is typed in place of 1 and 0 is unmistakable, and no code says a word. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Bytes; a character for every five bits of them. */
const LENGTH = 15
const GROUP = 4

export interface RecoveryCodes {
  /** As they are shown: six groups of four. */
  readonly codes: readonly string[]
  /** As they are stored, in the same order. */
  readonly digests: readonly Buffer[]
}

export function newRecoveryCodes(): RecoveryCodes {
  const plain = Array.from({ length: COUNT }, () => spell(randomSecret().subarray(0, LENGTH)))
  return { codes: plain.map(grouped), digests: plain.map(digest) }
}

const FORM = new RegExp(`^[${ALPHABET}]{${(LENGTH * 8) / 5}}$`)

/** The digest of a code as somebody typed it, or null when no code looks like that. */
export function recoveryCodeDigest(typed: string): Buffer | null {
  const plain = typed.length > 200 ? '' : tidy(typed)
  return FORM.test(plain) ? digest(plain) : null
}

/** Case, spaces and dashes of any kind do not count, nor which of its lookalikes a digit was taken for. */
function tidy(typed: string): string {
  return typed
    .replace(/[\s\p{Pd}\u2212]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
}

function spell(bytes: Uint8Array): string {
  let value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let i = 0; i < (LENGTH * 8) / 5; i++, value >>= 5n) text = `${ALPHABET[Number(value & 31n)]}${text}`
  return text
}

function grouped(plain: string): string {
  return plain.match(new RegExp(`.{${GROUP}}`, 'g'))?.join('-') ?? ''
}

function digest(plain: string): Buffer {
  return hash('sha256', plain, 'buffer')
}
