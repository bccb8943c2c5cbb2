import 'server-only'
import type { AccountChange, Changed, EventKind, FullProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { sessionCookie } from '#lib/session/lifecycle.ts'
import { newToken } from '#lib/session/token.ts'
import { store } from '#lib/store.ts'

export type AccountChanged =
  | {
      readonly outcome: 'changed'
      /** Of the new token under which this session goes on; null where the change asks for none, or ended it. */
      readonly cookie: Cookie | null
      /** How many other sessions ended. */
      readonly ended: number
    }
  | Exclude<Changed, { outcome: 'changed' }>

/**
 * Its own person changes an account: what ends with it, and whether this session goes on under a new token, is decided
 * by one table. @see db/what-ends.ts; ASVS v5.0.0-7.4.3, 7.2.4
 */
export async function changeAccount(
  proof: FullProof,
  change: Extract<AccountChange, { kind: EventKind }>,
  context: RequestContext,
  detail: Readonly<Record<string, string>> = {},
): Promise<AccountChanged> {
  const { token, digest } = newToken()
  const event = eventFrom(change.kind, proof, context, detail)
  const changed = await store().users.change({ by: 'person', proof, digest }, change, event)
  if (changed.outcome !== 'changed') return changed
  const { session, ended } = changed
  return { outcome: 'changed', ended, cookie: session && (await sessionCookie(session, session.generation, token)) }
}

/** What a change has ended, after the sentence that says what was changed. */
export function endedWords(ended: number): string {
  if (ended === 0) return 'No other session was signed out.'
  return ended === 1 ? 'The other session was signed out.' : `${ended} other sessions were signed out.`
}
