import type { Authentication, Factors } from '#db/contract.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'
import { secondsBetween } from '#lib/time.ts'
import { hasFirstFactor, hasMethod, hasPasskey } from './assurance.ts'
import { hasSecondFactor } from './second-factor.ts'

/**
 * What is still to be shown before a sensitive act. `second` is a code of the app, a recovery code or a passkey;
 * `passkey` is a passkey and nothing else; `provider` is a sign-in at another provider that opens the account. A passkey
 * stands for everything in the list, wherever the account has one.
 */
export type Missing = 'password' | 'second' | 'passkey' | 'provider'

/**
 * What is missing for a proof of this kind, all of it to be shown; empty when nothing is. Pure: recency is a comparison
 * with the recorded authentications, of which those younger than `window` count. A window reached exactly has passed.
 *
 * | proof    | levels 1 and 2                              | level 3                             |
 * | -------- | ------------------------------------------- | ----------------------------------- |
 * | `recent` | one fresh factor                            | a fresh passkey                     |
 * | `full`   | a fresh passkey; or a fresh password, and   | a fresh passkey; as on the left     |
 * |          | a fresh code where there is a second factor | where this session never had one    |
 *
 * At level 3 a session without any passkey opens nothing but the making of one (after a first sign-in, or with a
 * recovery code after the passkey was lost); what it shows in full is what there is. A session that began with a passkey
 * never falls back to less. Where an account has no password, a fresh sign-in at a provider that opens it stands for one;
 * where it has one, that does for `recent` and not for `full`. A password that is switched off is not done without: it counts as missing until it is reset.
 *
 * @param window seconds
 * @see ASVS v5.0.0-7.5.1 full, 7.5.2 recent; NIST SP 800-63B-4 §5.2
 */
export function missingFor(
  proof: 'recent' | 'full',
  factors: Factors,
  level: AssuranceLevel,
  authentications: readonly Authentication[],
  now: Date,
  window: number,
): readonly Missing[] {
  const fresh = authentications.filter(({ at }) => secondsBetween(at, now) < window)
  if (hasPasskey(fresh)) return []
  if (proof === 'recent') return missingForRecent(factors, level, fresh)
  if (level === 3 && hasPasskey(authentications)) return ['passkey']
  return missingForFull(factors, fresh)
}

function missingForRecent(factors: Factors, level: AssuranceLevel, fresh: readonly Authentication[]): Missing[] {
  if (level === 3) return ['passkey']
  if (hasFirstFactor(fresh) || hasMethod(fresh, 'otp')) return []
  if (!factors.password && factors.identities > 0) return ['provider']
  if (factors.password || !hasSecondFactor(factors)) return ['password']
  return [secondOf(factors)]
}

function missingForFull(factors: Factors, fresh: readonly Authentication[]): Missing[] {
  const elsewhere = !factors.password && factors.identities > 0
  const password = !hasMethod(fresh, 'pwd') && !(elsewhere && hasMethod(fresh, 'fed'))
  const second = hasSecondFactor(factors) && !hasMethod(fresh, 'otp')
  // The passkey that is needed anyway stands for the password too.
  if (second && secondOf(factors) === 'passkey') return ['passkey']
  if (password && !factors.password && factors.passkeys.length > 0) return ['passkey']
  const first = elsewhere ? 'provider' : 'password'
  return [...(password ? ([first] as const) : []), ...(second ? (['second'] as const) : [])]
}

/** Where there is no code to be typed, only a passkey will do. */
function secondOf({ totp, recoveryCodes }: Factors): 'second' | 'passkey' {
  return totp !== null || recoveryCodes > 0 ? 'second' : 'passkey'
}
