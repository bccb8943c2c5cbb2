import 'server-only'
import type { Factors, FullProof } from '#db/contract.ts'
import { browserSecrets, keepBrowserSecret } from '#lib/authentication/browser-secret.ts'
import { registrationOptions, verifyRegistration } from '#lib/authentication/passkey-enrolment.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { type AccountChanged, changeAccount } from './change.ts'

/** Adding and removing an account's passkeys. */

/** What the browser has to make, as JSON; null when the account is gone, or the session over. */
export async function beginPasskey(
  proof: FullProof,
  { cookieHeader }: RequestContext,
): Promise<{ readonly options: string; readonly cookie: Cookie } | null> {
  const { userId, sessionId } = proof
  const user = await store().users.find(userId)
  const { secret, cookie } = await keepBrowserSecret(cookieHeader)
  const options = user && (await registrationOptions(store(), user, { sessionId, secret, proof }))
  return options ? { options: JSON.stringify(options), cookie } : null
}

/** `refused`: the answer was none to what was asked. `known`: this passkey has an account already. */
export type PasskeyAdded = { readonly name: string; readonly changed: AccountChanged } | 'refused' | 'known'

/** @param answer as the browser gave it; anything */
export async function addPasskey(
  proof: FullProof,
  answer: unknown,
  endOthers: boolean,
  context: RequestContext,
): Promise<PasskeyAdded> {
  for (const secret of await browserSecrets(context.cookieHeader)) {
    const { sessionId } = proof
    const made = await verifyRegistration(store(), proof.userId, { sessionId, secret }, answer, context.device)
    if (made === 'known') return made
    if (made === 'refused') continue
    const { name } = made
    const changed = await changeAccount(proof, { kind: 'passkey-added', passkey: made, endOthers }, context, { name })
    return changed.outcome === 'passkey-taken' ? 'known' : { name, changed }
  }
  return 'refused'
}

/** At level 3 nothing else opens the account: without its last passkey it would be shut to its own person. */
export function isOnlyWayIn({ passkeys }: Pick<Factors, 'passkeys'>): boolean {
  return settings().policy.level === 3 && passkeys.length <= 1
}

export async function removePasskey(
  proof: FullProof,
  id: string,
  endOthers: boolean,
  context: RequestContext,
): Promise<AccountChanged | { readonly outcome: 'only-way-in' }> {
  const factors = await store().users.factors(proof.userId)
  const passkey = factors?.passkeys.find((one) => one.id === id)
  if (!factors || !passkey) return { outcome: 'not-found' }
  const keepOne = settings().policy.level === 3
  const change = { kind: 'passkey-removed', id, keepOne, endOthers } as const
  const changed = await changeAccount(proof, change, context, { name: passkey.name })
  return changed.outcome === 'last-passkey' ? { outcome: 'only-way-in' } : changed
}
