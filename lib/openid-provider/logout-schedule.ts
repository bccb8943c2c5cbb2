/** When a relying party that could not be told is tried again. Pure. */
import { HOUR, MINUTE, SECOND, secondsBetween } from '#lib/time.ts'

/** After the first failure, the second, and so on; the last holds from there on. */
const WAITS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE] as const

/** The longest that a session lives at levels 2 and 3. At level 1 it may be more, and whoever is away for so long is not told. */
const GIVEN_UP_AFTER = 12 * HOUR

/** Whoever says no in so many words will hardly say yes. */
const MOST_REFUSALS = 5

/**
 * @param refusals how often it has answered no, this time included; 0 when this time it was no answer
 * @param failures how often it was put off before this time
 * @returns seconds, or null: it is given up
 */
export function tellAgainAfter(refusals: number, failures: number, since: Date, now: Date): number | null {
  if (secondsBetween(since, now) >= GIVEN_UP_AFTER) return null
  if (refusals >= MOST_REFUSALS) return null
  return WAITS[Math.min(failures, WAITS.length - 1)] ?? null
}
