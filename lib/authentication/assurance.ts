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
 *
 * The names are those of RFC 8176.
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

export function hasMethod(authentications: Methods, method: 'pwd' | 'otp'): boolean {
  return authentications.some((one) => one.method === method)
}

/**
 * The level that these authentications amount to. A passkey with user verification is two factors in one, and no
 * look-alike page gets anything from it: level 3 in this app. Password and code are two factors: level 2. Either alone
 * is one. @see NIST SP 800-63B-4 §2; docs/decisions/0025 on synchronised passkeys
 */
export function assuranceLevel(authentications: Methods): AssuranceLevel | 0 {
  if (hasPasskey(authentications)) return 3
  const [password, code] = [hasMethod(authentications, 'pwd'), hasMethod(authentications, 'otp')]
  if (password && code) return 2
  return password || code ? 1 : 0
}

export function authenticatedAt(authentications: readonly Authentication[]): Date {
  return new Date(Math.max(0, ...authentications.map(({ at }) => at.getTime())))
}
