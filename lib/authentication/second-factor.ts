import type { Authentication, Factors } from '#db/contract.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'
import { hasFirstFactor, hasMethod, hasPasskey, isTwoElsewhere } from './assurance.ts'

/** What an account is asked for beyond its first factor. Pure. */
export type SecondFactor = 'totp' | 'recovery_code' | 'passkey'

/**
 * What may come next in a sign-in, in the order in which it is offered; empty when the sign-in is complete.
 *
 * | level | what a sign-in takes                                                             |
 * | ----- | -------------------------------------------------------------------------------- |
 * | 1, 2  | two where the account has a second one, else one                                 |
 * | 3     | a passkey, where the account has one; else as level 2, and a passkey is made next |
 *
 * Level 1 would do with one factor, but whoever adds a second one expects to be asked for it.
 *
 * A passkey is two factors in one, at every level. Another provider's word stands for the password; where it is believed
 * for two factors, nothing else is asked below level 3. At level 3 a recovery code gets in whoever has lost the passkey: what
 * it begins is below level 3, so it opens the making of a new passkey and nothing else.
 *
 * @param shown what was right so far: a password, another provider's word or a passkey at least. Anything less is a bug, and throws.
 * @see ASVS v5.0.0-6.3.3; docs/decisions/0025
 */
export function due(
  factors: Factors,
  level: AssuranceLevel,
  shown: readonly Pick<Authentication, 'method'>[],
): readonly SecondFactor[] {
  if (hasPasskey(shown)) return []
  if (!hasFirstFactor(shown)) throw new Error('a second factor is asked for after the first one only')
  if (hasMethod(shown, 'otp') || !hasSecondFactor(factors)) return []
  if (level < 3 && isTwoElsewhere(shown)) return []
  return offered(factors, level)
}

/**
 * Whether the account has a second factor. Recovery codes alone are none: they stand in for one that is lost, and
 * asking for them at each sign-in would use them up.
 */
export function hasSecondFactor({ totp, passkeys }: Pick<Factors, 'totp' | 'passkeys'>): boolean {
  return totp !== null || passkeys.length > 0
}

function offered({ totp, passkeys, recoveryCodes }: Factors, level: AssuranceLevel): SecondFactor[] {
  const mustBePasskey = level === 3 && passkeys.length > 0
  return [
    ...(totp && !mustBePasskey ? (['totp'] as const) : []),
    ...(recoveryCodes > 0 ? (['recovery_code'] as const) : []),
    ...(passkeys.length > 0 ? (['passkey'] as const) : []),
  ]
}
