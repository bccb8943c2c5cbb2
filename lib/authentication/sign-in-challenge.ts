import 'server-only'
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { Cookie } from '#lib/http/cookies.ts'
import { browserBytes, type RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { findHalf } from './half-sign-in.ts'
import { authenticationOptions } from './passkeys.ts'
import { challengeThrottle } from './throttle.ts'

export type Challenged =
  | {
      readonly outcome: 'asked'
      readonly options: PublicKeyCredentialRequestOptionsJSON
      readonly cookie: Cookie | null
    }
  | { readonly outcome: 'void' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * What a browser asks a passkey for, to sign in with nothing else: any that it knows for Signet. A page asks for it
 * unbidden, so it is bound to the cookie which that page came with, and brings none that anything else hangs on: late,
 * that would take the place of what a form has brought meanwhile.
 */
export async function signInChallenge(context: RequestContext): Promise<Challenged> {
  const attempt = await challengeThrottle(store()).take(context.origin)
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const use = { purpose: 'sign-in', userId: null, sessionId: null, secret: browserBytes(context) } as const
  const options = await authenticationOptions(store(), use)
  return options ? { outcome: 'asked', options, cookie: null } : { outcome: 'void' }
}

/** The same for the second step: the passkeys of whoever has just shown the password. */
export async function factorChallenge(context: RequestContext, id?: string): Promise<Challenged> {
  const half = await findHalf(context.cookieHeader, id)
  if (!half) return { outcome: 'void' }
  const attempt = await challengeThrottle(store()).take({ half: half.id })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const { userId, secret } = half
  const options = await authenticationOptions(store(), { purpose: 'factor', userId, sessionId: null, secret })
  return options ? { outcome: 'asked', options, cookie: null } : { outcome: 'void' }
}
