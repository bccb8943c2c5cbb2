import 'server-only'
import { and, asc, desc, eq, gt, isNull, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { endedSessions, events } from '../schema.ts'
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
  // The oldest come first in the index of everybody's events, so it needs no other.
  const nobodys = db
    .select({ seq: events.seq, at: events.at })
    .from(events)
    .where(isNull(events.userId))
    .orderBy(asc(events.userId), asc(events.seq))
    .limit(p('most'))
    .as('nobodys')
  const nobodysDue = db
    .select({ seq: nobodys.seq })
    .from(nobodys)
    .where(lte(nobodys.at, p('before')))
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
    purgeEvents: db.delete(events).where(sql`${events.seq} in ${nobodysDue}`).prepare(),
  }
}
