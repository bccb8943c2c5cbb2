import 'server-only'
import type { RequestContext } from '#lib/http/request-context.ts'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import { keepBrowserSecret } from './browser-secret.ts'
import type { Act } from './challenges.ts'
import { authenticationOptions } from './passkeys.ts'
import type { Challenged } from './sign-in-challenge.ts'
import { challengeThrottle } from './throttle.ts'

/**
 * What a browser asks a passkey for, to confirm who is there: one of the account's, for this session and no other, and
 * where an act is told, for this act and no other. `void` for an account without any.
 */
export async function reauthenticationChallenge(
  context: RequestContext,
  _?: string,
  act?: Act,
): Promise<Challenged | { readonly outcome: 'no-session' }> {
  const current = await currentSession(context.cookieHeader)
  if (current.state === 'none') return { outcome: 'no-session' }
  const { proof } = current
  const { userId, sessionId } = proof
  const attempt = await challengeThrottle(store()).take({ session: sessionId })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const { secret, cookie } = await keepBrowserSecret(context.cookieHeader)
  const use = { purpose: 'reauthenticate', userId, sessionId, secret, proof, act } as const
  const options = await authenticationOptions(store(), use)
  return options ? { outcome: 'asked', options, cookie } : { outcome: 'void' }
}
