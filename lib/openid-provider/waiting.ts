import 'server-only'
import type { DeviceCode, Interaction } from 'oidc-provider'
import type { Client, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { findFlow } from './flow.ts'
import { grantable } from './grantable.ts'
import { authenticationNeed } from './policy.ts'
import { openidProvider } from './provider.ts'
import { clientProof, isNative } from './registration.ts'
import { isShownSince, words } from './request.ts'
import { reusableGrant } from './reuse.ts'
import { shownIn } from './shown.ts'

/** An application's request for access that waits for its person, in this browser. */
export interface WaitingRequest {
  readonly id: string
  readonly began: Date
  readonly interaction: Interaction
  readonly client: Client
  /** What there is to be granted. */
  readonly scope: string
  /** It came from a device that shows this code; null when it came from a page. */
  readonly userCode: string | null
}

/**
 * Null when it is over, began in another browser, or under another sign-in: a request begun in one account is never
 * answered in another (policy §3, session puzzling).
 */
export async function waitingRequest(
  cookieHeader: string | null,
  id: string,
  { sessionId }: SessionProof,
): Promise<WaitingRequest | null> {
  const flow = await findFlow(cookieHeader, id)
  const interaction = flow && (await openidProvider().Interaction.find(id))
  if (!interaction) return null
  const begunIn = interaction.session?.uid
  const client = await store().clients.find(String(interaction.params.client_id))
  if (!client || (begunIn !== undefined && begunIn !== sessionId)) return null
  const code = interaction.deviceCode ? await openidProvider().DeviceCode.find(interaction.deviceCode) : undefined
  if (interaction.deviceCode && !code) return null
  const { began } = flow
  return { id, began, interaction, client, scope: grantable(interaction.params), userCode: userCodeOf(code) }
}

/** As the device shows it. */
function userCodeOf(code: DeviceCode | undefined): string | null {
  return code?.userCode ? code.userCode.replace(/^(.{4})(.+)$/, '$1-$2') : null
}

/**
 * What comes next.
 *
 * - `authenticate`: the person shows anew who they are.
 * - `stronger`: they have, and with other factors of theirs it would be enough.
 * - `consent`: they are asked.
 * - `unreachable`, `another`: a device asks for more than this account has, or for another one, and can be told of neither.
 * - `onward`: it is answered, or needs no answer; the application hears of it.
 */
export type Next = 'authenticate' | 'stronger' | 'consent' | 'unreachable' | 'another' | 'onward'

export async function nextOf(
  { interaction, began, client, scope, userCode }: WaitingRequest,
  proof: SessionProof,
): Promise<Next> {
  if (interaction.result) return 'onward'
  const need = await authenticationNeed(interaction.params, proof, began)
  if (need === 'unreachable' || need === 'another') return userCode === null ? 'onward' : need
  if (need === 'due') return isShownSince(await shownIn(proof.session), began) ? 'stronger' : 'authenticate'
  // A device is let in by a person each time, and so is an app that anybody on a device could pass themselves off as.
  const native = isNative(clientProof(client, settings().policy.level).by === 'none', client.redirectUris)
  const always = userCode !== null || words(interaction.params.prompt).includes('consent') || native
  if (always) return 'consent'
  const { userId, sessionId } = proof
  return (await reusableGrant({ userId, sessionId, clientId: client.id, scope })) ? 'onward' : 'consent'
}
