import 'server-only'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { store } from '#lib/store.ts'
import { DAY, secondsBetween } from '#lib/time.ts'
import { shownReason } from './reasons.ts'

/** Once a day for each session: a tab that keeps asking is one event. */
const ONCE_A_DAY = { name: 'ended-session-used', attempts: 1, seconds: DAY, blockSeconds: DAY }

/**
 * An authentic token of a session that is over was presented. That is written down, for it may be a copy at work; also
 * after a sign-out, since that takes the cookie away: who shows it later has kept one.
 *
 * A session that ran out by itself is everyday life: the person comes back the next morning. So are the first seconds
 * after an end: requests are on their way, and open pages ask what has happened.
 * @see ASVS v5.0.0-16.3.3; docs/decisions/0015
 */
export async function noteEndedSessionUsed(sessionId: string, headers: Headers): Promise<void> {
  const record = await store().sessions.ended(sessionId)
  if (!record || ['idle', 'expired'].includes(shownReason(record.reason))) return
  if (secondsBetween(record.endedAt, await store().clock()) < settings().policy.renewalGrace) return
  const first = await store().limiter(ONCE_A_DAY).take(sessionId)
  if (!first.allowed) return
  await store().events.append(
    eventFrom('ended-session-used', { userId: record.userId, sessionId }, requestContext(headers)),
  )
}
