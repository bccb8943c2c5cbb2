import 'server-only'
import { and, asc, desc, eq, gt, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { endedSessions } from '../schema.ts'
import { columns, p } from './placeholders.ts'

export function endedQueries(db: BetterSQLite3Database) {
  const { seq: _, ...record } = columns(endedSessions)
  const kept = gt(endedSessions.endedAt, p('after'))
  const due = db
    .select({ seq: endedSessions.seq })
    .from(endedSessions)
    .where(lte(endedSessions.endedAt, p('before')))
    .orderBy(asc(endedSessions.endedAt))
    .limit(p('most'))
  return {
    insertEnded: db.insert(endedSessions).values(record).prepare(),
    ended: db
      .select()
      .from(endedSessions)
      .where(and(eq(endedSessions.id, p('id')), kept))
      .prepare(),
    endedOfUser: db
      .select()
      .from(endedSessions)
      .where(and(eq(endedSessions.userId, p('userId')), kept))
      .orderBy(desc(endedSessions.seq))
      .limit(p('most'))
      .prepare(),
    endedAfter: db
      .select({ seq: endedSessions.seq, id: endedSessions.id, reason: endedSessions.reason, at: endedSessions.endedAt })
      .from(endedSessions)
      .where(gt(endedSessions.seq, p('seq')))
      .orderBy(asc(endedSessions.seq))
      .prepare(),
    newestEnded: db
      .select({ seq: endedSessions.seq })
      .from(endedSessions)
      .orderBy(desc(endedSessions.seq))
      .limit(1)
      .prepare(),
    purgeEnded: db.delete(endedSessions).where(sql`${endedSessions.seq} in ${due}`).prepare(),
  }
}
