import 'server-only'
import type { Factors, SessionCheck, SessionProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { isSuperseded, type Standing } from '#lib/session/current.ts'
import { reauthenticated } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { hasMethod, hasPasskey } from './assurance.ts'
import { browserSecrets } from './browser-secret.ts'
import type { Act, Confirmation } from './challenges.ts'
import { spendCode } from './codes.ts'
import { verifyAuthentication } from './passkeys.ts'
import { BUSY_FOR, isBusy } from './password.ts'
import { tryPassword } from './password-tried.ts'
import { due } from './second-factor.ts'
import type { Shown } from './shown.ts'
import { reauthenticationThrottle } from './throttle.ts'

export type Reauthenticated =
  | {
      readonly outcome: 'confirmed'
      readonly session: SessionCheck
      readonly cookie: Cookie
      /** The act for which a passkey was asked, if it was asked for one. */
      readonly confirmed: Confirmation | null
    }
  /** `password-or-code`: both were shown, and which of them was wrong is nobody's business. */
  | { readonly outcome: 'wrong'; readonly what: 'password' | 'code' | 'password-or-code' | 'passkey' }
  | { readonly outcome: 'session-over' | 'superseded' }
  /** `lasting`: waiting does not help, a mailed reset or a passkey does. */
  | { readonly outcome: 'throttled'; readonly retryAfter: number; readonly lasting: boolean }

/**
 * The person of a session shows once more who they are: all that is shown must be right, and is recorded at once, under
 * a new token; the old one is dead at once. Shown with all that a sign-in takes, it also begins the absolute lifetime anew.
 * @param act a passkey that was asked for another one is refused
 * @see ASVS v5.0.0-7.2.4, 7.5.1; NIST SP 800-63B-4 §5.2
 */
export async function reauthenticate(
  current: Standing,
  shown: Shown,
  context: RequestContext,
  act?: Act,
): Promise<Reauthenticated> {
  const { proof } = current
  if (isSuperseded(current)) return { outcome: 'superseded' }
  if (shown.password !== null && isBusy()) return throttled(BUSY_FOR)
  const attempt = await reauthenticationThrottle(store()).take(proof)
  if (!attempt.allowed) return throttled(attempt.retryAfter)
  const checked = await check(proof, shown, context, act)
  if (!('methods' in checked)) {
    if (checked.outcome === 'throttled') await attempt.giveBack()
    return checked
  }
  await attempt.giveBack()
  const methods = checked.methods.join(' ')
  const event = eventFrom('reauthenticated', proof, context, { method: methods })
  const done = await reauthenticated(proof, methods, await isFull(proof, checked.methods), event)
  return typeof done === 'string' ? { outcome: done } : { outcome: 'confirmed', ...done, confirmed: checked.confirmed }
}

function throttled(retryAfter: number, lasting = false) {
  return { outcome: 'throttled', retryAfter, lasting } as const
}

type Checked =
  | { readonly methods: readonly string[]; readonly confirmed: Confirmation | null }
  | Extract<Reauthenticated, { readonly outcome: 'wrong' | 'throttled' }>

/** The password first: with a wrong one, no code is used up. */
async function check(
  proof: SessionProof,
  { password, code, passkey }: Shown,
  context: RequestContext,
  act: Act | undefined,
): Promise<Checked> {
  const methods: string[] = []
  let confirmed: Confirmation | null = null
  const wrong = password !== null && code !== null ? 'password-or-code' : password !== null ? 'password' : 'code'
  if (password !== null) {
    const user = await store().users.find(proof.userId)
    const event = eventFrom('reauthentication-failed', proof, context, { method: 'pwd' })
    const tried = await tryPassword(user, password, event)
    if (tried === 'busy') return throttled(BUSY_FOR)
    if (tried === 'wrong') return { outcome: 'wrong', what: wrong }
    methods.push('pwd')
  }
  if (code !== null) {
    const used = await spendCode(store(), proof, code, context)
    if (used.outcome === 'throttled') return used
    if (used.outcome === 'wrong') return failed(proof, 'otp', wrong, context)
    methods.push('otp')
  }
  if (passkey !== null) {
    const used = await passkeyUsed(proof, passkey, context, act)
    if (used === null) return failed(proof, 'swk', 'passkey', context)
    methods.push(used.method)
    confirmed = used.confirmed
  }
  return methods.length > 0 ? { methods, confirmed } : { outcome: 'wrong', what: 'password' }
}

async function failed(
  proof: SessionProof,
  method: string,
  what: Extract<Reauthenticated, { outcome: 'wrong' }>['what'],
  context: RequestContext,
): Promise<Checked> {
  await store().events.append(eventFrom('reauthentication-failed', proof, context, { method }))
  return { outcome: 'wrong', what }
}

/** The challenge belongs to one of the secrets that this browser carries; the answer finds it under that one only. */
async function passkeyUsed(
  { userId, sessionId }: SessionProof,
  answer: unknown,
  context: RequestContext,
  act: Act | undefined,
): Promise<{ readonly method: string; readonly confirmed: Confirmation | null } | null> {
  for (const secret of await browserSecrets(context.cookieHeader)) {
    const use = { purpose: 'reauthenticate', userId, sessionId, secret, act } as const
    const used = await verifyAuthentication(store(), use, answer, context)
    if (used.outcome === 'verified') {
      const { method, mark, securityVersion } = used
      return { method, confirmed: mark === null ? null : { secret, mark, securityVersion } }
    }
    if (used.because !== 'void') return null
  }
  return null
}

/** v5.0.0-7.3.2: whether what was shown in this one act is all that a sign-in of this account takes. */
async function isFull({ userId }: SessionProof, methods: readonly string[]): Promise<boolean> {
  const factors = await store().users.factors(userId)
  return factors !== undefined && isAllOfSignIn(factors, methods)
}

function isAllOfSignIn(factors: Factors, methods: readonly string[]): boolean {
  const { level } = settings().policy
  const shown = methods.map((method) => ({ method }))
  // A recovery code gets in at level 3, to make a passkey; it makes no session of that level last longer.
  if (level === 3 || hasPasskey(shown)) return hasPasskey(shown)
  return hasMethod(shown, 'pwd') && due(factors, level, shown).length === 0
}
