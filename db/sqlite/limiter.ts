import 'server-only'
import type { Limiter, LimiterOptions } from '../contract.ts'
import type { Parts } from './step.ts'

/**
 * A counter for each key, in one statement: it begins, counts, blocks and starts anew. Attempts while blocked change
 * nothing. Each new key takes two lapsed ones with it, so the table does not grow with the number of attackers.
 */
export function sqliteLimiter(
  { connection, options }: Parts,
  { name, attempts, seconds, blockSeconds }: LimiterOptions,
): Limiter {
  return {
    async take(key) {
      const now = options.clock().getTime()
      const windowEnd = now + seconds * 1000
      const blockEnd = now + blockSeconds * 1000
      const row = connection.writeLightly((queries) => {
        const counted = queries.take.get({ key: `${name}:${key}`, now, windowEnd, blockEnd, ceiling: attempts })
        if (counted?.taken === 1) queries.forgetLapsed.run({ now })
        return counted
      })
      if (!row) throw new Error('an attempt was not counted')
      if (row.taken <= attempts) return { allowed: true }
      return { allowed: false, retryAfter: Math.max(1, Math.ceil((row.resetsAt - now) / 1000)) }
    },

    async giveBack(key) {
      const now = options.clock().getTime()
      connection.writeLightly((queries) => queries.giveBack.run({ key: `${name}:${key}`, now, ceiling: attempts }))
    },
  }
}
