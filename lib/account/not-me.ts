import 'server-only'
import { eventFrom } from '#lib/audit/event.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { DAY } from '#lib/time.ts'
import { type Notice, noticeOf } from './notice.ts'
import { mailReset } from './reset.ts'

/** As long as records of ended sessions are kept. Seconds. */
const WITHIN = 28 * DAY

export function reportable(carried: string | null): Promise<Notice | null> {
  return noticeOf('not-me', carried, WITHIN)
}

/**
 * "This wasn't me": everything that is open ends, no password opens the account, and a link for a new one goes to its
 * address. Whoever presses twice, or later once more, changes nothing: each notice is answered once.
 * @see ASVS v5.0.0-6.3.5, v5.0.0-7.4.3
 */
export async function reportNotMe(carried: string | null, context: RequestContext): Promise<'reported' | 'void'> {
  const notice = await reportable(carried)
  if (!notice) return 'void'
  const { userId, event: about } = notice
  const by = { by: 'notice', userId, event: about.seq } as const
  const event = eventFrom('reported', { userId, sessionId: null }, context, { about: about.kind })
  const changed = await store().users.change(by, { kind: 'reported' }, event)
  if (changed.outcome === 'changed') await mailReset(changed.user, context)
  // Void here is a notice that has been answered: what there was to do is done.
  return changed.outcome === 'not-found' ? 'void' : 'reported'
}
