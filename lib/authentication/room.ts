import 'server-only'
import type { Session } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { standing } from '#lib/session/policy.ts'
import { store } from '#lib/store.ts'
import { type Proceeded, proceed } from './completion.ts'
import { findHalf, type HalfSignIn, takeHalf } from './half-sign-in.ts'
import { verifyAuthentication } from './passkeys.ts'
import { BUSY_FOR, isBusy } from './password.ts'
import { tryPassword } from './password-tried.ts'
import { due } from './second-factor.ts'
import { reauthenticationThrottle } from './throttle.ts'

/**
 * All that a sign-in takes was right, and the account has as many sessions as it may have. What happens then is the
 * deployment's choice (`SESSION_LIMIT_ACTION`):
 *
 * - `end-oldest`: nobody gets here.
 * - `ask`: the person picks which sessions end.
 * - `refuse`: sign out somewhere else first. Whoever cannot, because a thief holds the sessions, shows once more who
 *   they are, and the least recently used one ends. So nobody is shut out of their own account.
 *
 * What ends, ends in the step that begins the new session: parallel calls never pass the limit together, and where
 * nothing begins, nothing ends. Those that end are told by mail, those that look by the reason.
 * @see ASVS v5.0.0-7.1.2; policy §1.5, §4.8
 */
export interface Waiting {
  readonly half: HalfSignIn
  /** Those that count, newest activity first. */
  readonly sessions: readonly Session[]
  /** How many of them must end at least. None: there is room again. */
  readonly excess: number
  readonly action: 'refuse' | 'ask'
}

export type Roomed =
  | Exclude<Proceeded, { outcome: 'refused' }>
  | { readonly outcome: 'void' | 'wrong-factor' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/** What waits for room in this browser. @param id of the half that a form was made for */
export async function waiting(context: RequestContext, id?: string): Promise<Waiting | null> {
  const half = await findHalf(context.cookieHeader, id)
  const factors = half && (await store().users.factors(half.userId))
  const { policy, sessionLimit } = settings()
  const { most, action } = sessionLimit
  if (!half || !factors || due(factors, policy.level, half.authentications).length > 0) return null
  if (most === null || action === 'end-oldest') return null
  const [all, now] = [await store().sessions.list(half.userId), await store().clock()]
  const sessions = all.filter((session) => standing(session, policy, now) === 'active')
  return { half, sessions, excess: Math.max(0, sessions.length + 1 - most), action }
}

/**
 * `ask`: the ones with these ids end, and the session begins. Ids that are not this account's count for nothing.
 * Without any, nothing ends, and the session begins if there is room by now; so too where sign-ins are refused.
 */
export async function makeRoom(context: RequestContext, ids: readonly string[], id?: string): Promise<Roomed> {
  const now = await waiting(context, id)
  if (!now || (now.action !== 'ask' && ids.length > 0)) return { outcome: 'void' }
  return begin(now.half, context, { ...settings().sessionLimit, chosen: ids })
}

/** `refuse`: the password once more, and the oldest ends. At level 3 only a passkey does. */
export async function insistWithPassword(context: RequestContext, password: string, id?: string): Promise<Roomed> {
  const now = await waiting(context, id)
  if (now?.action !== 'refuse') return { outcome: 'void' }
  if (settings().policy.level === 3) return { outcome: 'wrong-factor' }
  if (isBusy()) return { outcome: 'throttled', retryAfter: BUSY_FOR }
  const { userId } = now.half
  const attempt = await reauthenticationThrottle(store()).take({ userId, sessionId: 'sign-in' })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const event = eventFrom('reauthentication-failed', { userId, sessionId: null }, context, { method: 'pwd' })
  const tried = await tryPassword(await store().users.find(userId), password, event)
  if (tried !== 'wrong') await attempt.giveBack()
  if (tried === 'busy') return { outcome: 'throttled', retryAfter: BUSY_FOR }
  return tried === 'right' ? begin(now.half, context, insisting()) : { outcome: 'wrong-factor' }
}

/** The same with a passkey. */
export async function insistWithPasskey(context: RequestContext, answer: unknown, id?: string): Promise<Roomed> {
  const now = await waiting(context, id)
  if (now?.action !== 'refuse') return { outcome: 'void' }
  const { userId, secret } = now.half
  const use = { purpose: 'factor', userId, sessionId: null, secret } as const
  const used = await verifyAuthentication(store(), use, answer, context)
  return used.outcome === 'verified' ? begin(now.half, context, insisting()) : { outcome: 'wrong-factor' }
}

function insisting() {
  return { ...settings().sessionLimit, action: 'end-oldest' } as const
}

async function begin(half: HalfSignIn, context: RequestContext, limit: Parameters<typeof proceed>[3]): Promise<Roomed> {
  if (!(await takeHalf(half))) return { outcome: 'void' }
  const { id: _, secret: __, expiresAt, ...soFar } = half
  const proceeded = await proceed(soFar, context, expiresAt, limit)
  return proceeded.outcome === 'refused' ? { outcome: 'void' } : proceeded
}
