import 'server-only'
import { timingSafeEqual } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { randomSecret } from '#lib/random.ts'

/**
 * Codes of an authenticator app: six digits, a new one every 30 seconds, HMAC-SHA-1. These are the only parameters
 * that every app understands; SHA-1 is sound here, for an HMAC does not rest on resistance to collisions.
 * @see RFC 6238; ASVS v5.0.0-6.5.5
 */
const PARAMETERS = { algorithm: 'SHA1', digits: 6, period: 30 } as const
const ISSUER = 'Signet'

/** 160 bits, the length of the hash (RFC 4226 §4), in base32: what is sealed for the database and typed into an app. */
export function newTotpSecret(): string {
  const bytes = new Uint8Array(randomSecret().subarray(0, 20))
  return new Secret({ buffer: bytes.buffer }).base32
}

/** What the QR code says. @param email the account's address, by which the app tells its entries apart */
export function totpUri(secret: string, email: string): string {
  return new TOTP({ ...PARAMETERS, issuer: ISSUER, label: email, secret: Secret.fromBase32(secret) }).toString()
}

/**
 * The time step that a code belongs to, or null. A clock may be one step off either way, so three codes are right at
 * any time. Whether the step has been used already is the store's to say (`users.spend`): a step only grows.
 * All three are compared, each in constant time, so that an answer's time does not tell which came near.
 * @param now the server's clock, never a client's (v5.0.0-6.5.8)
 */
export function matchingStep(secret: string, code: string, now: Date): number | null {
  const digits = code.length > 32 ? '' : code.replace(/\s/g, '')
  if (!/^[0-9]{6}$/.test(digits)) return null
  const key = Secret.fromBase32(secret)
  const present = Math.floor(now.getTime() / 1000 / PARAMETERS.period)
  let matching: number | null = null
  // Upwards: should two steps have one code, the later one is that which may still be unused.
  for (const step of [present - 1, present, present + 1]) {
    const expected = codeAt(key, step)
    if (timingSafeEqual(Buffer.from(expected), Buffer.from(digits))) matching = step
  }
  return matching
}

function codeAt(secret: Secret, step: number): string {
  return TOTP.generate({ ...PARAMETERS, secret, timestamp: step * PARAMETERS.period * 1000 })
}
