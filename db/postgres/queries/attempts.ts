import 'server-only'
import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { attempts } from '../schema.ts'
import { p } from './placeholders.ts'

export function attemptQueries(db: NodePgDatabase) {
  const instant = sql`statement_timestamp()`
  // Compared with the row as it is while it is locked, so that parallel attempts cannot both be the last one.
  const over = sql`${attempts.resetsAt} <= ${instant}`
  const windowEnd = sql`${instant} + make_interval(secs => ${p('seconds')})`
  const blockEnd = sql`${instant} + make_interval(secs => ${p('blockSeconds')})`
  const lapsed = db
    .select({ key: attempts.key })
    .from(attempts)
    .where(sql`${over}`)
    .limit(2)
    .for('update', { skipLocked: true })
  return {
    take: db
      .insert(attempts)
      .values({ key: p('key'), taken: 1, windowEndsAt: windowEnd, resetsAt: windowEnd })
      .onConflictDoUpdate({
        target: attempts.key,
        set: {
          taken: sql`case when ${over} then 1 else least(${attempts.taken} + 1, ${p('ceiling')}::bigint + 1) end`,
          windowEndsAt: sql`case when ${over} then ${windowEnd} else ${attempts.windowEndsAt} end`,
          resetsAt: sql`case when ${over} then ${windowEnd}
            when ${attempts.taken} = ${p('ceiling')}::bigint then greatest(${attempts.resetsAt}, ${blockEnd})
            else ${attempts.resetsAt} end`,
        },
      })
      .returning({
        taken: attempts.taken,
        wait: sql<number>`ceil(extract(epoch from ${attempts.resetsAt} - ${instant}))::int`,
      })
      .prepare('take_attempt'),
    giveBack: db
      .update(attempts)
      .set({
        taken: sql`least(${attempts.taken}, ${p('ceiling')}::bigint) - 1`,
        resetsAt: sql`${attempts.windowEndsAt}`,
      })
      .where(and(eq(attempts.key, p('key')), gt(attempts.taken, 0), gt(attempts.resetsAt, instant)))
      .prepare('give_back_attempt'),
    forgetLapsed: db.delete(attempts).where(inArray(attempts.key, lapsed)).prepare('forget_lapsed_attempts'),
  }
}
