import type { Authentication } from '#db/contract.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'

/**
 * How strongly somebody has shown who they are: computed from the recorded authentications, never stored or set. Pure.
 *
 * | method       | what it is                                                                                |
 * | ------------ | ----------------------------------------------------------------------------------------- |
 * | `pwd`        | password                                                                                  |
 * | `otp`        | code of an authenticator app, or recovery code                                            |
 * | `hwk`, `swk` | passkey, always with user verification: bound to a device, or synchronised between several |
 * | `fed`        | another provider's word, for one factor                                                   |
 * | `mfa`        | beside `fed`: its word for two, where it is believed so far                                |
 *
 * The names are those of RFC 8176, but for `fed`, which is ours.
 */
const PASSKEY_METHODS: readonly string[] = ['hwk', 'swk']

type Methods = readonly Pick<Authentication, 'method'>[]

/** Which name a passkey's use is recorded under. @param backupEligible whether it may leave its device */
export function passkeyMethod(backupEligible: boolean): 'hwk' | 'swk' {
  return backupEligible ? 'swk' : 'hwk'
}

export function hasPasskey(authentications: Methods): boolean {
  return authentications.some(({ method }) => PASSKEY_METHODS.includes(method))
}

export function hasMethod(authentications: Methods, method: 'pwd' | 'otp' | 'fed' | 'mfa'): boolean {
  return authentications.some((one) => one.method === method)
}

/**
 * The level that these authentications amount to. A passkey with user verification is two factors in one, and no
 * look-alike page gets anything from it: level 3 in this app. Password and code are two factors: level 2. Either alone
 * is one. Another provider's word stands for a password, and for two factors where it is believed, never for a passkey.
 * @see NIST SP 800-63B-4 §2; docs/decisions/0025 on synchronised passkeys
 */
export function assuranceLevel(authentications: Methods): AssuranceLevel | 0 {
  if (hasPasskey(authentications)) return 3
  const [first, code] = [hasFirstFactor(authentications), hasMethod(authentications, 'otp')]
  if (first && (code || isTwoElsewhere(authentications))) return 2
  return first || code ? 1 : 0
}

/** What a sign-in may begin with, beside a passkey. */
export function hasFirstFactor(authentications: Methods): boolean {
  return hasMethod(authentications, 'pwd') || hasMethod(authentications, 'fed')
}

/** Another provider has seen two factors, and is believed. */
export function isTwoElsewhere(authentications: Methods): boolean {
  return hasMethod(authentications, 'fed') && hasMethod(authentications, 'mfa')
}

export function authenticatedAt(authentications: readonly Authentication[]): Date {
  return new Date(Math.max(0, ...authentications.map(({ at }) => at.getTime())))
}
