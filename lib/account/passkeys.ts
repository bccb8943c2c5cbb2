import 'server-only'
import type { FullProof } from '#db/contract.ts'
import { browserSecrets, keepBrowserSecret } from '#lib/authentication/browser-secret.ts'
import { registrationOptions, verifyRegistration } from '#lib/authentication/passkey-enrolment.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { type AccountChanged, changeAccount } from './change.ts'

/** Adding and removing an account's passkeys. */

/** What the browser has to make, as JSON; null when the account is gone. */
export async function beginPasskey(
  { userId, sessionId }: FullProof,
  { cookieHeader }: RequestContext,
): Promise<{ readonly options: string; readonly cookie: Cookie } | null> {
  const user = await store().users.find(userId)
  const { secret, cookie } = await keepBrowserSecret(cookieHeader)
  const options = user && (await registrationOptions(store(), user, { sessionId, secret }))
  return options ? { options: JSON.stringify(options), cookie } : null
}

export type PasskeyAdded = AccountChanged | { readonly outcome: 'refused' | 'known' }

/** @param answer as the browser gave it; anything */
export async function addPasskey(
  proof: FullProof,
  answer: unknown,
  endOthers: boolean,
  context: RequestContext,
): Promise<PasskeyAdded & { readonly name?: string }> {
  for (const secret of await browserSecrets(context.cookieHeader)) {
    const { sessionId } = proof
    const made = await verifyRegistration(store(), proof.userId, { sessionId, secret }, answer, context.device)
    if (made === 'known') return { outcome: 'known' }
    if (made === 'refused') continue
    const { name } = made
    const changed = await changeAccount(proof, { kind: 'passkey-added', passkey: made, endOthers }, context, { name })
    return { ...changed, name }
  }
  return { outcome: 'refused' }
}

/** At level 3 nothing else opens the account: without one it would be shut to its own person. */
export async function isOnlyWayIn({ userId }: Pick<FullProof, 'userId'>): Promise<boolean> {
  const factors = await store().users.factors(userId)
  return settings().policy.level === 3 && (factors?.passkeys.length ?? 0) <= 1
}

export async function removePasskey(
  proof: FullProof,
  id: string,
  endOthers: boolean,
  context: RequestContext,
): Promise<AccountChanged | { readonly outcome: 'only-way-in' }> {
  const factors = await store().users.factors(proof.userId)
  const passkey = factors?.passkeys.find((one) => one.id === id)
  if (!passkey) return { outcome: 'not-found' }
  if (await isOnlyWayIn(proof)) return { outcome: 'only-way-in' }
  return changeAccount(proof, { kind: 'passkey-removed', id, endOthers }, context, { name: passkey.name })
}
