import 'server-only'
import type { FullProof } from '#db/contract.ts'
import { BUSY_FOR, hashPassword } from '#lib/authentication/password.ts'
import { passwordAdvice } from '#lib/authentication/password-advice.ts'
import { passwordProblem } from '#lib/authentication/password-policy.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { type AccountChanged, changeAccount } from './change.ts'

export type PasswordChanged =
  | AccountChanged
  | { readonly outcome: 'weak'; readonly message: string }
  | { readonly outcome: 'busy'; readonly retryAfter: number }

/**
 * Gives the account a new password. The present one has just been shown for the proof (v5.0.0-6.2.3).
 * @param endOthers what the person chose for their other sessions
 */
export async function changePassword(
  proof: FullProof,
  newPassword: string,
  endOthers: boolean,
  context: RequestContext,
): Promise<PasswordChanged> {
  const user = await store().users.find(proof.userId)
  if (!user) return { outcome: 'not-found' }
  const weakness = passwordProblem(newPassword, user)
  if (weakness) return { outcome: 'weak', message: passwordAdvice(weakness) }
  const passwordHash = await hashPassword(newPassword)
  if (passwordHash === 'busy') return { outcome: 'busy', retryAfter: BUSY_FOR }
  return changeAccount(proof, { kind: 'password-changed', passwordHash, endOthers }, context)
}
