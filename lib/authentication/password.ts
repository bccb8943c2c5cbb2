import 'server-only'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { randomSecret } from '#lib/random.ts'
import { createGate } from './hashing-gate.ts'

/**
 * How passwords are stored: argon2id over the password in NFC, as a PHC string that names its own parameters.
 * 19 MiB, two passes, one lane. To strengthen it, change this line: each hash is renewed at its next sign-in.
 * @see OWASP Password Storage Cheat Sheet; ASVS v5.0.0-11.4.2; NIST SP 800-63B-4 §3.1.1.2
 */
export const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const

/** argon2id, version 1.3: the library's constants are type-only and cannot be imported. */
const ALGORITHM = { algorithm: 2, version: 1 } as const

/**
 * Two hashes keep two cores busy and hold 38 MiB; sixteen more wait about a tenth of a second. Beyond that, the
 * honest thing is to say so.
 */
const gate = createGate({ running: 2, waiting: 16 })

/** Too many hashes are under way. Callers answer 503 with `Retry-After: retryAfter` (seconds). */
export class HashingBusy extends Error {
  readonly code = 'hashing_busy'
  readonly retryAfter = 1
  constructor() {
    super('too many passwords are being hashed')
    this.name = 'HashingBusy'
  }
}

/** A new hash, or `HashingBusy` thrown. */
export async function hashPassword(password: string): Promise<string> {
  return admitted(() => hash(password.normalize('NFC'), { ...PARAMETERS, ...ALGORITHM }))
}

export interface Verified {
  readonly right: boolean
  /** The hash was made with other parameters: make a new one now that the password is known to be right. */
  readonly rehash: boolean
}

/**
 * Whether this is the password. Without a hash (no such account) the same work is done and the answer is no, so that
 * time does not tell who has an account. Throws `HashingBusy`.
 * @see ASVS v5.0.0-6.3.8
 */
export async function verifyPassword(stored: string | null, password: string): Promise<Verified> {
  const right = await admitted(() => verify(stored ?? nobody, password.normalize('NFC')))
  return { right: right && stored !== null, rehash: right && stored !== null && needsRehash(stored) }
}

/** Whether a hash was made with anything but the present parameters. */
export function needsRehash(stored: string): boolean {
  const made = parseOptions(stored)
  const wanted = { ...PARAMETERS, ...ALGORITHM }
  return (Object.keys(wanted) as (keyof typeof wanted)[]).some((name) => made[name] !== wanted[name])
}

async function admitted<T>(work: () => Promise<T>): Promise<T> {
  const answer = await gate.run(work)
  if (answer === 'busy') throw new HashingBusy()
  return answer
}

/** A hash of the present parameters that no password has: its digest is random, so even the first look costs alike. */
const nobody = phc(randomSecret().subarray(0, 16), randomSecret())

function phc(salt: Buffer, digest: Buffer): string {
  const { memoryCost: m, timeCost: t, parallelism: p } = PARAMETERS
  const [s, d] = [salt, digest].map((bytes) => bytes.toString('base64').replace(/=+$/, ''))
  return `$argon2id$v=19$m=${m},t=${t},p=${p}$${s}$${d}`
}
