import 'server-only'
import { and, asc, desc, eq, gt, lte, ne, or, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { events, outbox, pending, users } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** What is half done, and mails that wait. */
export function pendingQueries(db: BetterSQLite3Database) {
  const { id: _, ...mail } = columns(outbox)
  const due = db
    .select({ id: pending.id })
    .from(pending)
    .where(lte(pending.expiresAt, p('now')))
    .limit(p('most'))
  return {
    insertPending: db.insert(pending).values(columns(pending)).prepare(),
    findPending: db
      .select()
      .from(pending)
      .where(
        and(
          eq(pending.secretDigest, p('secretDigest')),
          eq(pending.kind, p('kind')),
          gt(pending.expiresAt, p('now')),
          or(eq(pending.id, p('id')), sql`${p('id')} is null`),
        ),
      )
      .orderBy(desc(pending.createdAt), desc(sql`rowid`))
      .limit(1)
      .prepare(),
    pendingById: db
      .select()
      .from(pending)
      .where(eq(pending.id, p('id')))
      .prepare(),
    takePending: db
      .delete(pending)
      .where(and(eq(pending.id, p('id')), gt(pending.expiresAt, p('now'))))
      .returning()
      .prepare(),
    deletePending: db
      .delete(pending)
      .where(eq(pending.id, p('id')))
      .prepare(),
    deletePendingOfKind: db
      .delete(pending)
      .where(and(eq(pending.userId, p('userId')), eq(pending.kind, p('kind'))))
      .prepare(),
    deletePendingOfUser: db
      .delete(pending)
      .where(eq(pending.userId, p('userId')))
      .prepare(),
    /** What was half done from a session goes with it. */
    deletePendingOfSession: db
      .delete(pending)
      .where(eq(pending.sessionId, p('sessionId')))
      .prepare(),
    /** What is half done, of everybody. What is remembered of sign-outs elsewhere is nobody's to go on with. */
    deleteAllPending: db.delete(pending).where(ne(pending.kind, 'signed-out-elsewhere')).prepare(),
    purgePending: db.delete(pending).where(sql`${pending.id} in ${due}`).prepare(),

    insertMail: db.insert(outbox).values(mail).prepare(),
    dueMails: db
      .select({ mail: outbox, event: events, user: { id: users.id, name: users.name, email: users.email } })
      .from(outbox)
      .innerJoin(events, eq(events.seq, outbox.eventSeq))
      .innerJoin(users, eq(users.id, events.userId))
      .where(lte(outbox.dueAt, p('now')))
      .orderBy(asc(outbox.dueAt), asc(outbox.id))
      .limit(p('most'))
      .prepare(),
    postponeMail: db
      .update(outbox)
      .set({ dueAt: to('dueAt') })
      .where(eq(outbox.id, p('id')))
      .prepare(),
    failMail: db
      .update(outbox)
      .set({ dueAt: to('dueAt'), failures: sql`${outbox.failures} + 1` })
      .where(eq(outbox.id, p('id')))
      .prepare(),
    deleteMail: db
      .delete(outbox)
      .where(eq(outbox.id, p('id')))
      .prepare(),
    waitingMails: db
      .select({ count: sql<number>`count(*)`, oldest: sql<number | null>`min(${outbox.createdAt})` })
      .from(outbox)
      .prepare(),
  }
}
