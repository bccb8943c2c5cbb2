import 'server-only'
import { and, asc, desc, eq, getTableColumns, gt, gte, isNull, lte, ne, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { endedSessions, sessions, users } from '../schema.ts'
import { p } from './placeholders.ts'

/**
 * What administrators look at. Each counts along an index and follows it to no row, or looks at a page's worth of rows:
 * with a million sessions none takes longer than some twenty milliseconds.
 */
export function administrationQueries(db: BetterSQLite3Database) {
  const count = sql<number>`count(*)`
  const found = (column: typeof users.name | typeof users.email) => sql`instr(lower(${column}), lower(${p('search')}))`
  // Those of an earlier epoch are over, though their rows may be there still.
  const live = sql`${sessions} where ${sessions.userId} = ${users.id} and ${sessions.epoch} >= ${p('epoch')}`
  const hasSession = sql`exists (select 1 from ${sessions} where ${sessions.userId} = ${users.id})`
  return {
    otherAdministrators: db
      .select({ count })
      .from(users)
      .where(and(sql`administrator`, isNull(users.disabledAt), ne(users.id, p('id'))))
      .prepare(),
    usersAfter: db
      .select({
        ...getTableColumns(users),
        sessions: sql<number>`(select count(*) from ${live})`,
        lastActiveAt: sql<number | null>`(select max(${sessions.lastActiveAt}) from ${live})`,
      })
      .from(users)
      .where(
        and(
          gt(users.email, p('after')),
          isNull(users.deletedAt),
          sql`(${found(users.email)} or ${found(users.name)} or instr(${users.name}, ${p('search')}))`,
        ),
      )
      .orderBy(asc(users.email))
      .limit(p('most'))
      .prepare(),
    newestSessions: db
      .select({ ...getTableColumns(sessions), email: users.email })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(gte(sessions.epoch, p('epoch')))
      .orderBy(desc(sessions.beganAt))
      .limit(p('most'))
      .prepare(),
    countUsers: db.select({ count }).from(users).where(isNull(users.deletedAt)).prepare(),
    countSessions: db.select({ count }).from(sessions).prepare(),
    countUnlocked: db.select({ count }).from(sessions).where(sql`locked_at is null`).prepare(),
    countPeople: db.select({ count }).from(users).where(hasSession).prepare(),
    countBegan: db
      .select({ count })
      .from(sessions)
      .where(and(gt(sessions.beganAt, p('from')), lte(sessions.beganAt, p('at'))))
      .prepare(),
    countBeganAndEnded: db
      .select({ count })
      .from(endedSessions)
      .where(and(gt(endedSessions.beganAt, p('from')), lte(endedSessions.beganAt, p('at'))))
      .prepare(),
    countEnded: db
      .select({ count })
      .from(endedSessions)
      .where(
        and(
          eq(endedSessions.reason, p('reason')),
          gt(endedSessions.endedAt, p('from')),
          lte(endedSessions.endedAt, p('at')),
        ),
      )
      .prepare(),
  }
}
