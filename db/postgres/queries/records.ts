import 'server-only'
import { and, asc, desc, eq, gt, inArray, isNull, lte } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { endedSessions, events } from '../schema.ts'
import { ago, columns, p } from './placeholders.ts'

export function endedQueries(db: NodePgDatabase) {
  const { seq: _, ...record } = columns(endedSessions)
  const kept = gt(endedSessions.endedAt, ago('kept'))
  const due = db
    .select({ seq: endedSessions.seq })
    .from(endedSessions)
    .where(lte(endedSessions.endedAt, ago('kept')))
    .orderBy(asc(endedSessions.endedAt))
    .limit(p('most'))
    .for('update', { skipLocked: true })
  // The oldest come first in the index of everybody's events, so it needs no other.
  const nobodys = db
    .select({ seq: events.seq, at: events.at })
    .from(events)
    .where(isNull(events.userId))
    .orderBy(asc(events.userId), asc(events.seq))
    .limit(p('most'))
    .for('update', { skipLocked: true })
    .as('nobodys')
  const nobodysDue = db
    .select({ seq: nobodys.seq })
    .from(nobodys)
    .where(lte(nobodys.at, ago('kept')))
  return {
    insertEnded: db.insert(endedSessions).values(record).prepare('insert_ended'),
    ended: db
      .select()
      .from(endedSessions)
      .where(and(eq(endedSessions.id, p('id')), kept))
      .prepare('ended'),
    endedOfUser: db
      .select()
      .from(endedSessions)
      .where(and(eq(endedSessions.userId, p('userId')), kept))
      .orderBy(desc(endedSessions.endedAt), desc(endedSessions.seq))
      .limit(p('most'))
      .prepare('ended_of_user'),
    endedSince: db
      .select({ id: endedSessions.id, reason: endedSessions.reason, at: endedSessions.endedAt })
      .from(endedSessions)
      .where(gt(endedSessions.endedAt, p('from')))
      .orderBy(asc(endedSessions.seq))
      .prepare('ended_since'),
    purgeEnded: db.delete(endedSessions).where(inArray(endedSessions.seq, due)).prepare('purge_ended'),
    purgeEvents: db.delete(events).where(inArray(events.seq, nobodysDue)).prepare('purge_events'),
  }
}
