import 'server-only'
import { hash } from 'node:crypto'
import type { User } from '#db/contract.ts'
import { normaliseEmail, parseEmail } from '#lib/account/email.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { browserDigest } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { HOUR } from '#lib/time.ts'
import { type Proceeded, proceed } from './completion.ts'
import { BUSY_FOR, isBusy } from './password.ts'
import { tryPassword } from './password-tried.ts'
import { signInThrottle } from './throttle.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly remember: boolean
  /** A path of ours, to go to when all is done. */
  readonly returnTo: string
}

export type SignedIn =
  | Exclude<Proceeded, { outcome: 'refused' }>
  | { readonly outcome: 'wrong-credentials' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Signs in with address and password, as far as they go: what else is due is asked for only once they are right. An
 * unknown address, a wrong password and a password that is switched off take the same way: the same throttle, a hash
 * of the same cost, the same number of writes, the same answer.
 * @see ASVS v5.0.0-6.3.1 brute force, 6.3.8 no account discovery
 */
export async function signIn(credentials: Credentials, context: RequestContext): Promise<SignedIn> {
  if (isBusy()) return { outcome: 'throttled', retryAfter: BUSY_FOR }
  const email = normaliseEmail(credentials.email)
  // What is no address has no account; it takes the same way all the same.
  const user = 'email' in parseEmail(email) ? await store().users.findByEmail(email) : undefined
  // Taken before hashing: parallel attempts cannot outrun the count, and a flood costs no hashes.
  const attempt = await signInThrottle(store()).take({
    email,
    userId: user?.id ?? null,
    ip: context.origin.ip,
    browserDigest: browserDigest(context.browser),
  })
  if (!attempt.allowed) {
    await noteThrottled(email, user?.id ?? null, context)
    return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  }
  const failure = eventFrom('sign-in-failed', { userId: user?.id ?? null, sessionId: null }, context)
  const tried = await tryPassword(user, credentials.password, failure)
  if (tried !== 'wrong') await attempt.giveBack()
  if (tried === 'busy') return { outcome: 'throttled', retryAfter: BUSY_FOR }
  return tried === 'right' && user ? goOn(user, credentials, context) : { outcome: 'wrong-credentials' }
}

async function goOn(user: User, { remember, returnTo }: Credentials, context: RequestContext): Promise<SignedIn> {
  const { id: userId, securityVersion } = user
  const authentications = [{ method: 'pwd', at: await store().clock() }]
  const proceeded = await proceed({ userId, securityVersion, authentications, remember, returnTo }, context)
  return proceeded.outcome === 'refused' ? { outcome: 'wrong-credentials' } : proceeded
}

const ONCE_AN_HOUR = { name: 'throttled-noted', attempts: 1, seconds: HOUR, blockSeconds: HOUR }

/** The account's list says that somebody is trying; hammering does not make it longer. Unknown addresses alike. */
async function noteThrottled(email: string, userId: string | null, context: RequestContext): Promise<void> {
  const first = await store().limiter(ONCE_AN_HOUR).take(hash('sha256', email))
  if (first.allowed) await store().events.append(eventFrom('sign-in-throttled', { userId, sessionId: null }, context))
}
