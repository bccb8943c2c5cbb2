import 'server-only'
import type { Factors, Store, UserStore } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { recoveryCodeDigest } from './recovery-codes.ts'
import { codeThrottle } from './throttle.ts'
import { matchingStep } from './totp.ts'
import { openSecret } from './totp-secret.ts'

/**
 * Using a code up: one of the authenticator app, or a recovery code. The two look so unlike that nobody has to say which
 * it is. An attempt is counted before the code is looked at, and a right one is right once.
 * @see ASVS v5.0.0-6.5.1, 6.5.5, 6.6.3
 */
export type CodeUsed =
  /** `securityVersion` is the account's as the code was checked: what goes on with it is void once it has grown. */
  | { readonly outcome: 'right'; readonly factor: 'totp' | 'recovery-code'; readonly securityVersion: number }
  | { readonly outcome: 'wrong' }
  /** `lasting`: too many wrong ones in a row, so waiting does not help; a mailed reset or a passkey does. */
  | { readonly outcome: 'throttled'; readonly retryAfter: number; readonly lasting: boolean }

export interface CodeStore extends Pick<Store, 'limiter' | 'clock'> {
  readonly users: Pick<UserStore, 'factors' | 'spend'>
}

/** @param who whose code it must be; the session, if any, stands in the event of a used recovery code */
export async function spendCode(
  store: CodeStore,
  who: { readonly userId: string; readonly sessionId: string | null },
  typed: string,
  context: Pick<RequestContext, 'device' | 'origin'>,
): Promise<CodeUsed> {
  const factors = await store.users.factors(who.userId)
  if (!factors) return { outcome: 'wrong' }
  const { securityVersion } = factors
  const attempt = await codeThrottle(store).take({ userId: who.userId, securityVersion })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter, lasting: attempt.lasting }
  const digest = recoveryCodeDigest(typed)
  const isRight = digest
    ? await spendRecoveryCode(store, factors, who, digest, context)
    : await spendTotp(store, factors, who.userId, typed)
  if (!isRight) return { outcome: 'wrong' }
  await attempt.giveBack()
  return { outcome: 'right', factor: digest ? 'recovery-code' : 'totp', securityVersion }
}

/** The person is told by mail: the event's own transaction sees to it. */
function spendRecoveryCode(
  { users }: CodeStore,
  { recoveryCodes }: Factors,
  who: { readonly userId: string; readonly sessionId: string | null },
  digest: Buffer,
  context: Pick<RequestContext, 'device' | 'origin'>,
) {
  const event = eventFrom('recovery-code-used', who, context, { left: String(Math.max(0, recoveryCodes - 1)) })
  return users.spend(who.userId, { factor: 'recovery-code', digest }, event)
}

/** By the store's clock, never the sender's. A secret under an older key goes under the present one with its use. */
async function spendTotp({ users, clock }: CodeStore, { totp }: Factors, userId: string, typed: string) {
  const opened = totp && openSecret(totp.secret, userId)
  const step = opened ? matchingStep(opened.secret, typed, await clock()) : null
  if (!opened || step === null) return false
  return users.spend(userId, { factor: 'totp', step, ...(opened.resealed && { resealed: opened.resealed }) }, null)
}
