import 'server-only'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import { browserBytes, type RequestContext } from '#lib/http/request-context.ts'
import { HOME } from '#lib/http/return-path.ts'
import { store } from '#lib/store.ts'
import { MINUTE } from '#lib/time.ts'
import { spendCode } from './codes.ts'
import { type LockedSession, lockedSession, type Proceeded, proceed } from './completion.ts'
import { findHalf, type HalfSignIn, type SoFar, takeHalf } from './half-sign-in.ts'
import { verifyAuthentication } from './passkeys.ts'
import { recoveryCodeDigest } from './recovery-codes.ts'
import { due, type SecondFactor } from './second-factor.ts'

/**
 * The second step of a sign-in, and what else is shown without a password: a passkey alone, or a code that opens a
 * locked session. An answer that is wrong changes nothing but the count of attempts. What is due was decided by the
 * first step and is decided again here; nothing that a form carries says who is signing in.
 */
export type Stepped =
  | Exclude<Proceeded, { outcome: 'refused' }>
  | { readonly outcome: 'wrong-factor' }
  /** A right code would have opened a locked session, and the account has as many as it may have. */
  | { readonly outcome: 'no-room' }
  /** There is nothing (any more) to go on with: start again. */
  | { readonly outcome: 'void' }
  /** `lasting`: waiting does not help, a passkey or a mailed reset does. */
  | { readonly outcome: 'throttled'; readonly retryAfter: number; readonly lasting: boolean }

/** What a browser can go on with. */
export type Underway =
  | { readonly kind: 'half'; readonly half: HalfSignIn; readonly next: readonly SecondFactor[] }
  | { readonly kind: 'locked'; readonly locked: LockedSession; readonly next: readonly SecondFactor[] }

/** @param id of the half that a form was made for; without it the newest of this browser */
export async function underway(context: RequestContext, id?: string): Promise<Underway | null> {
  const half = await findHalf(context.cookieHeader, id)
  if (half) return { kind: 'half', half, next: await nextOf(half) }
  const locked = id ? null : await lockedSession(context.cookieHeader)
  return locked ? { kind: 'locked', locked, next: await factorsOf(locked.session.userId) } : null
}

/**
 * A code of the authenticator app, or a recovery code.
 * @param returnTo for a locked session; a half has its own
 */
export async function stepWithCode(
  context: RequestContext,
  typed: string,
  id?: string,
  returnTo = HOME,
): Promise<Stepped> {
  const now = await underway(context, id)
  if (!now || now.next.length === 0) return { outcome: 'void' }
  // At level 3 a code of the app does not stand for a passkey, whatever the form says it is.
  if (!now.next.includes(recoveryCodeDigest(typed) ? 'recovery_code' : 'totp')) return { outcome: 'wrong-factor' }
  const userId = now.kind === 'half' ? now.half.userId : now.locked.session.userId
  const used = await spendCode(store(), { userId, sessionId: null }, typed, context)
  if (used.outcome === 'throttled') return used
  if (used.outcome === 'wrong') {
    await noteFailure(now, userId, context)
    return { outcome: 'wrong-factor' }
  }
  return now.kind === 'half'
    ? goOn(now.half, 'otp', context)
    : unlock({ userId, securityVersion: used.securityVersion, returnTo }, context)
}

/** A passkey as the second factor of the half. */
export async function stepWithPasskey(context: RequestContext, answer: unknown, id?: string): Promise<Stepped> {
  const half = await findHalf(context.cookieHeader, id)
  if (!half || !(await nextOf(half)).includes('passkey')) return { outcome: 'void' }
  const { userId, secret } = half
  const use = { purpose: 'factor', userId, sessionId: null, secret } as const
  const used = await verifyAuthentication(store(), use, answer, context)
  if (used.outcome === 'verified') return goOn(half, used.method, context)
  if (used.because !== 'counter') await noteFailure({ kind: 'half', half, next: [] }, userId, context)
  return { outcome: 'wrong-factor' }
}

/**
 * A passkey alone: it says itself whose it is. Two factors in one, so it is a whole sign-in at every level; in the
 * browser of a locked session of that account it opens that one.
 */
export async function signInWithPasskey(
  answer: unknown,
  wishes: Pick<SoFar, 'remember' | 'returnTo'>,
  context: RequestContext,
): Promise<Stepped> {
  const use = { purpose: 'sign-in', userId: null, sessionId: null, secret: browserBytes(context) } as const
  const used = await verifyAuthentication(store(), use, answer, context)
  if (used.outcome !== 'verified') return { outcome: 'wrong-factor' }
  const { userId, securityVersion, method } = used
  const authentications = [{ method, at: await store().clock() }]
  return visible(await proceed({ ...wishes, userId, securityVersion, authentications }, context))
}

/** Right, so the half is taken, by one of however many; from here nothing but what was shown goes on. */
async function goOn(half: HalfSignIn, method: string, context: RequestContext): Promise<Stepped> {
  if (!(await takeHalf(half))) return { outcome: 'void' }
  const { userId, securityVersion, remember, returnTo, federation } = half
  const authentications = [...half.authentications, { method, at: await store().clock() }]
  const shown = { userId, securityVersion, remember, returnTo, authentications, federation }
  return visible(await proceed(shown, context, half.expiresAt))
}

/**
 * One factor opens a locked session. Where it is none any more, a code alone begins nothing; where there is no room for
 * it, the whole sign-in is due, which asks what is to end.
 */
async function unlock(
  who: Pick<SoFar, 'userId' | 'securityVersion' | 'returnTo'>,
  context: RequestContext,
): Promise<Stepped> {
  const authentications = [{ method: 'otp', at: await store().clock() }]
  const proceeded = await proceed({ ...who, authentications, remember: false }, context)
  const isLockedStill = proceeded.outcome === 'refused' && (await lockedSession(context.cookieHeader)) !== null
  return isLockedStill ? { outcome: 'no-room' } : visible(proceeded)
}

function visible(proceeded: Proceeded): Stepped {
  return proceeded.outcome === 'refused' ? { outcome: 'wrong-factor' } : proceeded
}

async function nextOf({ userId, authentications }: HalfSignIn): Promise<readonly SecondFactor[]> {
  const factors = await store().users.factors(userId)
  return factors ? due(factors, settings().policy.level, authentications) : []
}

/** What opens a locked session besides the password. */
async function factorsOf(userId: string): Promise<readonly SecondFactor[]> {
  const factors = await store().users.factors(userId)
  if (!factors) return []
  const shown = [{ method: 'pwd' }]
  return due(factors, 2, shown)
}

/** As long as a half lives. */
const ONCE = { name: 'second-factor-noted', attempts: 1, seconds: 10 * MINUTE, blockSeconds: 10 * MINUTE }

/**
 * Whoever gets to the second step has the password, so the person is told, by mail too. Once for each half: a second
 * typing error is no news, and mails must not become noise. At a locked session it is a sign-in that failed.
 * @see ASVS v5.0.0-6.3.5
 */
async function noteFailure(now: Underway, userId: string, context: RequestContext): Promise<void> {
  const first = await store()
    .limiter(ONCE)
    .take(now.kind === 'half' ? now.half.id : now.locked.session.id)
  if (!first.allowed) return
  const kind = now.kind === 'half' ? 'second-factor-failed' : 'sign-in-failed'
  await store().events.append(eventFrom(kind, { userId, sessionId: null }, context))
}
