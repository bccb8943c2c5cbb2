import 'server-only'
import type { Limiter, LimiterOptions } from '../contract.ts'
import type { Parts } from './step.ts'

/**
 * A counter for each key, in one statement: it begins, counts, blocks and starts anew, by the database's clock.
 * Attempts while blocked change nothing. Each new key takes two lapsed ones with it, so the table does not grow with
 * the number of attackers.
 */
export function postgresLimiter(
  { connection }: Parts,
  { name, attempts, seconds, blockSeconds }: LimiterOptions,
): Limiter {
  return {
    async take(key) {
      const limits = { key: `${name}:${key}`, seconds, blockSeconds, ceiling: attempts }
      const [row] = await connection.read((queries) => queries.take.execute(limits))
      if (!row) throw new Error('an attempt was not counted')
      if (row.taken === 1) await connection.read((queries) => queries.forgetLapsed.execute())
      return row.taken <= attempts ? { allowed: true } : { allowed: false, retryAfter: Math.max(1, row.wait) }
    },

    async giveBack(key) {
      await connection.read((queries) => queries.giveBack.execute({ key: `${name}:${key}`, ceiling: attempts }))
    },
  }
}
