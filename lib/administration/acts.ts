import 'server-only'
import type { AccountChange, AdministratorProof, Changed, MaybePromise, RecentProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { log } from '#lib/log.ts'
import { raiseEpochIfOwn } from '#lib/session/epoch.ts'
import { store } from '#lib/store.ts'

/** What an administrator may do to an account, by the kind of the change that it is. */
export const ACTS = [
  'account-disabled',
  'account-enabled',
  'account-deleted',
  'factors-removed',
  'administrator-granted',
  'administrator-withdrawn',
  'sessions-ended',
] as const

export type Act = (typeof ACTS)[number]

export function parseAct(text: string): Act | null {
  return ACTS.find((act) => act === text) ?? null
}

/** To look is not enough: acting takes a fresh proof as well. */
export type ActingProof = AdministratorProof & RecentProof

export interface Because {
  readonly reason: string
  readonly context: RequestContext
}

/**
 * One act on one account, told on both sides with its reason: to the person in what happened to their account, to the
 * administrator in what they did.
 * @param sessionId for `sessions-ended`: one, or all with null
 */
export function administer(
  proof: ActingProof,
  userId: string,
  act: Act,
  sessionId: string | null,
  { reason, context }: Because,
): MaybePromise<Changed> {
  const change: AccountChange = act === 'sessions-ended' ? { kind: act, sessionId } : { kind: act }
  const kind = act === 'sessions-ended' ? 'administered' : act
  const event = eventFrom(kind, { userId, sessionId: proof.sessionId }, context, { reason })
  return store().users.change({ by: 'administrator', proof, userId }, change, event)
}

/**
 * Ends the sessions of everybody, this one too. From the raised epoch on none of before opens anything, in this database
 * or in a copy of it; the rows follow, a few at a time, and open pages hear of it. Where the epoch is not ours to raise,
 * a session is over when its row is, so all of them end before this answers.
 * @returns what is left to do, for after the answer
 * @see ASVS v5.0.0-7.4.5; docs/decisions/0030
 */
export async function endEverybody(
  proof: ActingProof,
  { reason, context }: Because,
): Promise<(() => Promise<void>) | 'session-over'> {
  const detail = { act: 'sessions-ended', user: 'everybody', reason }
  const noted = await store().events.appendBy(proof, eventFrom('administered', proof, context, detail))
  if (noted === 'session-over') return noted
  const rows = async () => {
    const ended = await store().sessions.endForEverybody({ endedBy: null, why: reason })
    log().info({ ended }, 'an administrator ended all sessions')
  }
  if (raiseEpochIfOwn()) return rows
  await rows()
  return async () => undefined
}
