import 'server-only'
import { errors, type Interaction } from 'oidc-provider'
import type { SessionProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { randomId } from '#lib/random.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
import { REQUEST_LIFETIME, refreshLimits } from './lifetimes.ts'
import { openidProvider } from './provider.ts'
import { acrOf, authTimeOf } from './request.ts'
import { shownIn } from './shown.ts'
import { nextOf, type WaitingRequest } from './waiting.ts'

/**
 * A person's answer. The only place where an application is let do anything, and only what the page has shown: under the
 * proof of the session, for a request that waits for just that, once (v5.0.0-7.6.2, 10.7.1 to 10.7.3).
 */
export type Answered = 'answered' | 'not-asked' | 'session-over'

export async function allow(waiting: WaitingRequest, proof: SessionProof, context: RequestContext): Promise<Answered> {
  // The row decides anew: what the page has shown may be long ago.
  if ((await nextOf(waiting, proof)) !== 'consent' || !(await isFirst(waiting))) return 'not-asked'
  const grantId = await grant(waiting, proof, context)
  if (grantId === null) return 'session-over'
  if (waiting.userCode !== null && !(await letDeviceIn(waiting, proof, grantId))) return 'session-over'
  await note(waiting.interaction, { consent: { grantId } })
  return 'answered'
}

export async function cancel(waiting: WaitingRequest): Promise<Answered> {
  if (waiting.interaction.result || !(await isFirst(waiting))) return 'not-asked'
  const refusal = { error: 'access_denied', error_description: 'the person has not allowed it' }
  const { deviceCode } = waiting.interaction
  const code = deviceCode ? await openidProvider().DeviceCode.find(deviceCode) : undefined
  if (code) await Object.assign(code, { error: refusal.error, errorDescription: refusal.error_description }).save()
  await note(waiting.interaction, refusal)
  return 'answered'
}

/** Of two answers at once one counts. */
async function isFirst({ interaction }: WaitingRequest): Promise<boolean> {
  return store().artifacts.once('answer', interaction.deviceCode ?? interaction.uid, REQUEST_LIFETIME)
}

async function grant(waiting: WaitingRequest, proof: SessionProof, context: RequestContext): Promise<string | null> {
  const { client, scope } = waiting
  const { userId, sessionId, session } = proof
  const offline = scope.split(' ').includes('offline_access')
  const begun = await store().grants.begin(
    proof,
    {
      id: randomId(),
      clientId: client.id,
      scope,
      offline,
      authenticatedAt: (await shownIn(session)).shownAt,
      methods: session.authentications.map(({ method }) => method).join(' '),
      lifetime: refreshLimits(settings().policy.level, offline).overall,
      replaces: waiting.userCode === null ? await formerGrant(proof, client.id, offline) : null,
    },
    eventFrom('app-linked', { userId, sessionId }, context, { app: client.name }),
  )
  return typeof begun === 'string' ? null : begun.id
}

/**
 * What this application was let do in this session before: from a page it is one application, not several devices. What
 * was let stay is not taken back by something less.
 */
async function formerGrant(
  { userId, sessionId }: SessionProof,
  clientId: string,
  offline: boolean,
): Promise<string | null> {
  const grants = (await store().grants.list(userId)).filter((each) => offline || !each.offline)
  return grants.find((each) => each.clientId === clientId && each.sessionId === sessionId)?.id ?? null
}

/** The device hears of it when it asks next. False when the grant has ended meanwhile. RFC 8628 §3.3 */
async function letDeviceIn(
  { interaction, scope }: WaitingRequest,
  proof: SessionProof,
  grantId: string,
): Promise<boolean> {
  const code = await openidProvider().DeviceCode.find(String(interaction.deviceCode))
  if (!code) return false
  const { userId: accountId, sessionId, session } = proof
  const { resource } = interaction.params
  Object.assign(code, {
    accountId,
    acr: acrOf(session),
    amr: [...new Set(session.authentications.map(({ method }) => method))],
    authTime: authTimeOf(await shownIn(session)),
    grantId,
    scope,
    sessionUid: sessionId,
    sid: sessionId,
    ...(resource !== undefined && { resource }),
  })
  try {
    await code.save()
    return true
  } catch (cause) {
    if (cause instanceof errors.InvalidGrant) return false
    throw cause
  }
}

async function note(interaction: Interaction, result: NonNullable<Interaction['result']>): Promise<void> {
  interaction.result = result
  const now = await store().clock()
  await interaction.save(Math.max(1, Math.floor(secondsBetween(now, new Date(interaction.exp * 1000)))))
}
