import 'server-only'
import { hasSecondFactor } from '#lib/authentication/second-factor.ts'
import type { Current } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'

/** Whose locked session this browser holds, and whether a code opens it: told to nobody but the bearer of its token. */
export async function lockedHere(current: Current): Promise<{ email: string; hasCodes: boolean } | null> {
  if (current.state === 'standing' || current.because !== 'locked') return null
  const { userId } = current.session
  const [user, factors] = [await store().users.find(userId), await store().users.factors(userId)]
  if (!user || !factors) return null
  const hasCodes = hasSecondFactor(factors) && (factors.totp !== null || factors.recoveryCodes > 0)
  return { email: user.email, hasCodes }
}
