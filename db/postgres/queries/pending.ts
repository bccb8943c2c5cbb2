import 'server-only'
import { and, asc, desc, eq, gt, inArray, lte, ne, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { events, outbox, pending, users } from '../schema.ts'
import { ahead, columns, p } from './placeholders.ts'

/** What is half done, and mails that wait. */
export function pendingQueries(db: NodePgDatabase) {
  const { id: _, dueAt: __, createdAt: ___, ...mail } = columns(outbox)
  const { createdAt: ____, expiresAt: _____, ...half } = columns(pending)
  const now = sql`statement_timestamp()`
  const due = db
    .select({ id: pending.id })
    .from(pending)
    .where(lte(pending.expiresAt, now))
    .limit(p('most'))
    .for('update', { skipLocked: true })
  return {
    insertPending: db
      .insert(pending)
      .values({ ...half, createdAt: sql`statement_timestamp()`, expiresAt: ahead('lifetime') })
      .returning()
      .prepare('insert_pending'),
    findPending: db
      .select()
      .from(pending)
      .where(
        and(
          eq(pending.secretDigest, p('secretDigest')),
          eq(pending.kind, p('kind')),
          gt(pending.expiresAt, now),
          or(sql`${pending.id} = ${p('id')}::text`, sql`${p('id')}::text is null`),
        ),
      )
      .orderBy(desc(pending.createdAt))
      .limit(1)
      .prepare('find_pending'),
    pendingById: db
      .select()
      .from(pending)
      .where(eq(pending.id, p('id')))
      .prepare('pending_by_id'),
    takePending: db
      .delete(pending)
      .where(and(eq(pending.id, p('id')), gt(pending.expiresAt, now)))
      .returning()
      .prepare('take_pending'),
    deletePending: db
      .delete(pending)
      .where(eq(pending.id, p('id')))
      .prepare('delete_pending'),
    deletePendingOfKind: db
      .delete(pending)
      .where(and(eq(pending.userId, p('userId')), eq(pending.kind, p('kind'))))
      .prepare('delete_pending_of_kind'),
    deletePendingOfUser: db
      .delete(pending)
      .where(eq(pending.userId, p('userId')))
      .prepare('delete_pending_of_user'),
    /** What was half done from a session goes with it. */
    deletePendingOfSession: db
      .delete(pending)
      .where(eq(pending.sessionId, p('sessionId')))
      .prepare('delete_pending_of_session'),
    /** What is half done, of everybody. What is remembered of sign-outs elsewhere is nobody's to go on with. */
    deleteAllPending: db.delete(pending).where(ne(pending.kind, 'signed-out-elsewhere')).prepare('delete_all_pending'),
    purgePending: db.delete(pending).where(inArray(pending.id, due)).prepare('purge_pending'),

    insertMail: db
      .insert(outbox)
      .values({ ...mail, dueAt: now, createdAt: now })
      .prepare('insert_mail'),
    dueMails: db
      .select({ mail: outbox, event: events, user: { id: users.id, name: users.name, email: users.email } })
      .from(outbox)
      .innerJoin(events, eq(events.seq, outbox.eventSeq))
      .innerJoin(users, eq(users.id, events.userId))
      .where(lte(outbox.dueAt, now))
      .orderBy(asc(outbox.dueAt), asc(outbox.id))
      .limit(p('most'))
      .for('update', { of: outbox, skipLocked: true })
      .prepare('due_mails'),
    postponeMail: db
      .update(outbox)
      .set({ dueAt: ahead('after') })
      .where(eq(outbox.id, p('id')))
      .prepare('postpone_mail'),
    failMail: db
      .update(outbox)
      .set({ dueAt: ahead('after'), failures: sql`${outbox.failures} + 1` })
      .where(eq(outbox.id, p('id')))
      .prepare('fail_mail'),
    deleteMail: db
      .delete(outbox)
      .where(eq(outbox.id, p('id')))
      .prepare('delete_mail'),
    waitingMails: db
      .select({
        count: sql<number>`count(*)::int`,
        oldest: sql<Date | null>`min(${outbox.createdAt})`.mapWith(outbox.createdAt),
      })
      .from(outbox)
      .prepare('waiting_mails'),
  }
}
