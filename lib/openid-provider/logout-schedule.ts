/** When a relying party that could not be told is tried again. Pure. */
import { HOUR, MINUTE, SECOND, secondsBetween } from '#lib/time.ts'

/** After the first failure, the second, and so on; the last holds from there on. */
const WAITS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE] as const

/** No session that rests on ours lives longer than ours could have. */
const GIVEN_UP_AFTER = 12 * HOUR

/** Whoever says no in so many words will hardly say yes. */
const MOST_REFUSALS = 5

/**
 * @param refused it answered, and the answer was no
 * @param failures how often it had failed before this time
 * @returns seconds, or null: it is given up
 */
export function tellAgainAfter(refused: boolean, failures: number, since: Date, now: Date): number | null {
  if (secondsBetween(since, now) >= GIVEN_UP_AFTER) return null
  if (refused && failures + 1 >= MOST_REFUSALS) return null
  return WAITS[Math.min(failures, WAITS.length - 1)] ?? null
}
