import 'server-only'
import { parseOptions } from '@node-rs/argon2'
import { randomSecret } from '#lib/random.ts'
import { hashing } from './hashing-threads.ts'

/**
 * How passwords are stored: argon2id over the password in NFC, as a PHC string that names its own parameters.
 * 19 MiB, two passes, one lane. To strengthen it, change this line: each hash is renewed at its next sign-in.
 * @see OWASP Password Storage Cheat Sheet; ASVS v5.0.0-11.4.2; NIST SP 800-63B-4 §3.1.1.2
 */
export const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const

/** argon2id, version 1.3: the library's constants are type-only and cannot be imported. */
const ALGORITHM = { algorithm: 2, version: 1 } as const

/** A PHC string. Typed by its form, so that `'busy'` is not taken for one. */
export type PasswordHash = `$argon2id$${string}`

/** A new hash. `'busy'`: too many are under way; callers answer 429 or 503 with `Retry-After: BUSY_FOR`. */
export async function hashPassword(password: string): Promise<PasswordHash | 'busy'> {
  return (await hashing().make(password.normalize('NFC'), { ...PARAMETERS, ...ALGORITHM })) as PasswordHash | 'busy'
}

/** The queue is empty within this time. Seconds. */
export const BUSY_FOR = 1

/** Asked before an attempt is counted: a flood is turned away without a single write. */
export function isBusy(): boolean {
  return hashing().isFull()
}

export interface Verified {
  readonly right: boolean
  /** The hash was made with other parameters: make a new one now that the password is known to be right. */
  readonly rehash: boolean
}

/**
 * Whether this is the password. Without a hash (no such account) the same work is done and the answer is no, so that
 * time does not tell who has an account. `'busy'` as above.
 * @see ASVS v5.0.0-6.3.8
 */
export async function verifyPassword(stored: string | null, password: string): Promise<Verified | 'busy'> {
  const right = await hashing().check(stored ?? nobody, password.normalize('NFC'))
  if (right === 'busy') return right
  const known = right && stored !== null
  return { right: known, rehash: known && needsRehash(stored) }
}

/** Whether a hash was made with anything but the present parameters. */
export function needsRehash(stored: string): boolean {
  const made = parseOptions(stored)
  const wanted = { ...PARAMETERS, ...ALGORITHM }
  return (Object.keys(wanted) as (keyof typeof wanted)[]).some((name) => made[name] !== wanted[name])
}

/** A hash of the present parameters that no password has: its digest is random, so even the first look costs alike. */
const nobody = phc(randomSecret().subarray(0, 16), randomSecret())

function phc(salt: Buffer, digest: Buffer): PasswordHash {
  const { memoryCost: m, timeCost: t, parallelism: p } = PARAMETERS
  const [s, d] = [salt, digest].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${s}$${d}`
}
