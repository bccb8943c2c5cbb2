/** When a mail that was not accepted is tried again. Pure. Without jitter: one relay, and a few mails at a time. */
import { DAY, HOUR, MINUTE, SECOND, secondsBetween } from '#lib/time.ts'

/** After the first failure, the second, and so on; the last holds from there on. */
const WAITS = [30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR] as const

/** RFC 5321 §4.5.4.1 gives a relay four to five days; nobody acts on a notice of last week. */
const GIVEN_UP_AFTER = 3 * DAY

/**
 * @param failures how often it had failed before this time
 * @param since when what it tells of happened
 * @returns seconds, or null: it is given up
 */
export function waitAfter(failures: number, since: Date, now: Date): number | null {
  if (secondsBetween(since, now) >= GIVEN_UP_AFTER) return null
  return WAITS[Math.min(failures, WAITS.length - 1)] ?? HOUR
}
