import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import type { User } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { BUSY_FOR, hashPassword, isBusy } from '#lib/authentication/password.ts'
import { passwordAdvice } from '#lib/authentication/password-advice.ts'
import { passwordProblem } from '#lib/authentication/password-policy.ts'
import { resetThrottle } from '#lib/authentication/throttle.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { browserDigest } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { normaliseEmail, parseEmail } from './email.ts'
import { linkOf, mailLink } from './mailed-link.ts'

export type Asked =
  | { readonly outcome: 'asked' }
  | { readonly outcome: 'invalid'; readonly message: string }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** No answer comes sooner than this, so that what a database does a little faster or slower is not seen. Milliseconds. */
const AT_LEAST = 300

/**
 * Asks for a link that chooses a new password. Known, unknown and disabled addresses take the same way: the same
 * throttle, the same writes (a link of nobody, where nobody gets one), the same time, the same answer.
 * @see ASVS v5.0.0-6.3.8, v5.0.0-6.4.3
 */
export async function askForReset(written: string, context: RequestContext): Promise<Asked> {
  const [asked] = await Promise.all([ask(written, context), pause(AT_LEAST)])
  return asked
}

async function ask(written: string, context: RequestContext): Promise<Asked> {
  const parsed = parseEmail(written)
  if ('problem' in parsed) return { outcome: 'invalid', message: parsed.problem }
  const email = normaliseEmail(parsed.email)
  const user = await store().users.findByEmail(email)
  const attempt = await resetThrottle(store()).take({
    email,
    userId: user?.id ?? null,
    ip: context.origin.ip,
    browserDigest: browserDigest(context.browser),
  })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  await mailReset(user && !user.disabledAt ? user : null, context)
  return { outcome: 'asked' }
}

/** To the present address of the account alone: `db/notices.ts`. */
export async function mailReset(user: User | null, context: RequestContext): Promise<void> {
  const event = eventFrom('reset-requested', { userId: user?.id ?? null, sessionId: null }, context)
  await mailLink({ kind: 'reset', user }, event)
}

export type Reset =
  | { readonly outcome: 'reset' }
  /** Used, late, replaced, or never was. */
  | { readonly outcome: 'void' }
  | { readonly outcome: 'invalid'; readonly message: string }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Uses a link up: a new password, and everything that was open ends. It signs nobody in, and takes no second factor
 * away: whoever has lost that too has recovery codes.
 * @see ASVS v5.0.0-6.4.3, v5.0.0-7.4.3
 */
export async function resetPassword(token: string | null, password: string, context: RequestContext): Promise<Reset> {
  const link = await linkOf('reset', token)
  if (!link) return { outcome: 'void' }
  const weakness = passwordProblem(password, link.user)
  if (weakness) return { outcome: 'invalid', message: passwordAdvice(weakness) }
  const passwordHash = isBusy() ? 'busy' : await hashPassword(password)
  if (passwordHash === 'busy') return { outcome: 'throttled', retryAfter: BUSY_FOR }
  const event = eventFrom('password-reset', { userId: link.user.id, sessionId: null }, context)
  const by = { by: 'link', pendingId: link.pending.id } as const
  const changed = await store().users.change(by, { kind: 'password-reset', passwordHash }, event)
  return { outcome: changed.outcome === 'changed' ? 'reset' : 'void' }
}
