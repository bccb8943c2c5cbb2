import 'server-only'
import type { SessionCheck } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import type { Standing } from '#lib/session/current.ts'
import { reauthenticated } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { BUSY_FOR, verifyPassword } from './password.ts'
import { reauthenticationThrottle } from './throttle.ts'

export type Reauthenticated =
  | { readonly outcome: 'confirmed'; readonly session: SessionCheck; readonly cookie: Cookie }
  | { readonly outcome: 'wrong-password' | 'session-over' | 'superseded' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * The person of a session shows once more who they are. It makes a new token, and the old one is dead at once. With
 * a password as the account's only factor this is all that a sign-in needs, so the absolute lifetime begins anew.
 * @see ASVS v5.0.0-7.2.4, 7.5.1; NIST SP 800-63B-4 §5.2
 */
export async function reauthenticate(
  current: Standing,
  password: string,
  context: RequestContext,
): Promise<Reauthenticated> {
  const { proof, recognition } = current
  if (recognition !== 'present' || proof.session.successor) return { outcome: 'superseded' }
  const attempt = await reauthenticationThrottle(store()).take({ userId: proof.userId, sessionId: proof.sessionId })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const user = await store().users.find(proof.userId)
  const verified = await verifyPassword(user?.passwordHash ?? null, password)
  if (verified === 'busy') {
    await attempt.giveBack()
    return { outcome: 'throttled', retryAfter: BUSY_FOR }
  }
  if (!verified.right) {
    await store().events.append(eventFrom('reauthentication-failed', proof, context))
    return { outcome: 'wrong-password' }
  }
  await attempt.giveBack()
  const done = await reauthenticated(
    proof,
    'pwd',
    true,
    eventFrom('reauthenticated', proof, context, { method: 'pwd' }),
  )
  return typeof done === 'string' ? { outcome: done } : { outcome: 'confirmed', ...done }
}
