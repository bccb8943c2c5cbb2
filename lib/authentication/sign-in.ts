import 'server-only'
import { hash } from 'node:crypto'
import type { SessionCheck, User } from '#db/contract.ts'
import { normaliseEmail, parseEmail } from '#lib/account/email.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { beginSession, browserDigest } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { HOUR } from '#lib/time.ts'
import { BUSY_FOR, hashPassword, isBusy, verifyPassword } from './password.ts'
import { signInThrottle } from './throttle.ts'

export interface Credentials {
  readonly email: string
  readonly password: string
  readonly remember: boolean
}

export type SignedIn =
  | { readonly outcome: 'signed-in'; readonly user: User; readonly session: SessionCheck; readonly cookie: Cookie }
  | { readonly outcome: 'wrong-credentials' | 'limit-reached' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Signs in with address and password. An unknown address and a wrong password take the same way: the same throttle,
 * a hash of the same cost, the same number of writes, the same answer.
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
  const verified = await verifyPassword(user?.passwordHash ?? null, credentials.password)
  if (verified === 'busy') {
    await attempt.giveBack()
    return { outcome: 'throttled', retryAfter: BUSY_FOR }
  }
  if (!user || !verified.right) {
    await noteFailure(user?.id ?? null, context)
    return { outcome: 'wrong-credentials' }
  }
  await attempt.giveBack()
  if (verified.rehash) await rehash(user, credentials.password)
  const opened = await beginSession(user, 'pwd', credentials.remember, context)
  if (opened.outcome === 'limit-reached') return opened
  if (opened.outcome === 'refused') return { outcome: 'wrong-credentials' }
  return { outcome: 'signed-in', user, session: opened.session, cookie: opened.cookie }
}

/** A failure at an unknown address is written too, so that both take the same time; it belongs to nobody. */
async function noteFailure(userId: string | null, context: RequestContext): Promise<void> {
  await store().events.append(eventFrom('sign-in-failed', { userId, sessionId: null }, context))
}

const ONCE_AN_HOUR = { name: 'throttled-noted', attempts: 1, seconds: HOUR, blockSeconds: HOUR }

/** The account's list says that somebody is trying; hammering does not make it longer. Unknown addresses alike. */
async function noteThrottled(email: string, userId: string | null, context: RequestContext): Promise<void> {
  const first = await store().limiter(ONCE_AN_HOUR).take(hash('sha256', email))
  if (first.allowed) await store().events.append(eventFrom('sign-in-throttled', { userId, sessionId: null }, context))
}

/** Parameters grow with the machines: a hash made with older ones is replaced while the password is at hand. */
async function rehash(user: User, password: string): Promise<void> {
  const renewed = await hashPassword(password)
  if (renewed !== 'busy' && user.passwordHash) await store().users.rehash(user.id, user.passwordHash, renewed)
}
