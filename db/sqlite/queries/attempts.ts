import 'server-only'
import { and, eq, gt, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { attempts } from '../schema.ts'
import { p } from './placeholders.ts'

export function attemptQueries(db: BetterSQLite3Database) {
  // Compared with the row as it is while it is locked, so that parallel attempts cannot both be the last one.
  const over = sql`${attempts.resetsAt} <= ${p('now')}`
  const lapsed = db
    .select({ key: attempts.key })
    .from(attempts)
    .where(lte(attempts.resetsAt, p('now')))
    .limit(2)
  return {
    take: db
      .insert(attempts)
      .values({ key: p('key'), taken: 1, windowEndsAt: p('windowEnd'), resetsAt: p('windowEnd') })
      .onConflictDoUpdate({
        target: attempts.key,
        set: {
          taken: sql`case when ${over} then 1 else min(${attempts.taken} + 1, ${p('ceiling')} + 1) end`,
          windowEndsAt: sql`case when ${over} then ${p('windowEnd')} else ${attempts.windowEndsAt} end`,
          resetsAt: sql`case when ${over} then ${p('windowEnd')}
            when ${attempts.taken} = ${p('ceiling')} then max(${attempts.resetsAt}, ${p('blockEnd')})
            else ${attempts.resetsAt} end`,
        },
      })
      .returning({ taken: attempts.taken, resetsAt: attempts.resetsAt })
      .prepare(),
    giveBack: db
      .update(attempts)
      .set({ taken: sql`min(${attempts.taken}, ${p('ceiling')}) - 1`, resetsAt: sql`${attempts.windowEndsAt}` })
      .where(and(eq(attempts.key, p('key')), gt(attempts.taken, 0), gt(attempts.resetsAt, p('now'))))
      .prepare(),
    forgetLapsed: db.delete(attempts).where(sql`${attempts.key} in ${lapsed}`).prepare(),
  }
}
