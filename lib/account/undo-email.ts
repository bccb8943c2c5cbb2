import 'server-only'
import { eventFrom } from '#lib/audit/event.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { DAY } from '#lib/time.ts'
import { type Notice, noticeOf } from './notice.ts'
import { mailReset } from './reset.ts'

/** As long as the former address gets notices, and nobody else can have it: `db/plan.ts`. Seconds. */
const WITHIN = 7 * DAY

interface Undoable extends Notice {
  readonly from: string
  readonly to: string
}

/** The change of address that a notice to the former address is about, or null. */
export async function undoable(carried: string | null): Promise<Undoable | null> {
  const notice = await noticeOf('undo-email', carried, WITHIN)
  const { from, to } = notice?.event.detail ?? {}
  return notice?.event.kind === 'email-changed' && from && to ? { ...notice, from, to } : null
}

/**
 * Gives an account back to its former address: everything that is open ends, no password opens it, and a link for a new
 * one goes there. Pressing twice changes nothing more.
 */
export async function undoEmail(carried: string | null, context: RequestContext): Promise<'restored' | 'void'> {
  const change = await undoable(carried)
  if (!change) return 'void'
  const { userId, event: about, from, to } = change
  const by = { by: 'notice', userId, event: about.seq } as const
  // Told as it is seen from the account: from the address that it had, to the one that it has again.
  const event = eventFrom('email-restored', { userId, sessionId: null }, context, { from: to, to: from })
  const changed = await store().users.change(by, { kind: 'email-restored', from, to }, event)
  if (changed.outcome === 'changed') {
    await mailReset(changed.user, context)
    return 'restored'
  }
  return (await isRestored(userId, about.seq)) ? 'restored' : 'void'
}

/** Whether this very notice has been answered, by an earlier press. */
async function isRestored(userId: string, seq: number): Promise<boolean> {
  const earlier = await store().events.list({ userId, kinds: ['email-restored'], before: null, most: 20 })
  return earlier.some(({ detail }) => detail.notice === String(seq))
}
