import 'server-only'
import { and, desc, eq, gt, inArray, isNotNull, lt, ne, or, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { browsers, endedSessions, events, users } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

export function accountQueries(db: BetterSQLite3Database) {
  const { seq: _, ...event } = columns(events)
  const { id: __, ...changeable } = columns(users)
  const changes = Object.fromEntries(Object.keys(changeable).map((column) => [column, to(column)]))
  const ofSession = sql`(${p('sessionId')} is null or ${events.sessionId} = ${p('sessionId')})`
  const ofKind = sql`(${p('kinds')} = '[]' or ${events.kind} in (select value from json_each(${p('kinds')})))`
  return {
    insertUser: db
      .insert(users)
      .values(columns(users))
      .onConflictDoNothing({ target: users.email })
      .returning()
      .prepare(),
    user: db
      .select()
      .from(users)
      .where(eq(users.id, p('id')))
      .prepare(),
    userByEmail: db
      .select()
      .from(users)
      .where(eq(users.email, p('email')))
      .prepare(),
    /** Whose an address is, or was until so lately that they may have it back; but for one account. */
    addressHolder: db
      .select({ id: users.id })
      .from(users)
      .where(
        and(
          ne(users.id, p('except')),
          or(eq(users.email, p('email')), and(eq(users.formerEmail, p('email')), gt(users.formerEmailUntil, p('now')))),
        ),
      )
      .limit(1)
      .prepare(),
    rehash: db
      .update(users)
      .set({ passwordHash: to('to') })
      .where(and(eq(users.id, p('id')), eq(users.passwordHash, p('from'))))
      .prepare(),
    nameUser: db
      .update(users)
      .set({ name: to('name') })
      .where(eq(users.id, p('id')))
      .prepare(),
    saveUser: db
      .update(users)
      .set(changes)
      .where(eq(users.id, p('id')))
      .prepare(),
    countPassword: db
      .update(users)
      .set({
        passwordFailures: sql`case when ${p('right')} then 0 else ${users.passwordFailures} + 1 end`,
        passwordHash: sql`case when ${p('right')} or ${users.passwordFailures} + 1 < ${p('most')}
          then ${users.passwordHash} end`,
      })
      .where(
        and(
          eq(users.id, p('id')),
          isNotNull(users.passwordHash),
          sql`not (${p('right')} and ${users.passwordFailures} = 0)`,
        ),
      )
      .returning({ passwordHash: users.passwordHash })
      .prepare(),
    insertEvent: db.insert(events).values(event).returning({ seq: events.seq }).prepare(),
    scrubEvents: db
      .update(events)
      .set({ device: null, ip: null, place: null, detail: '{}' })
      .where(eq(events.userId, p('userId')))
      .prepare(),
    scrubEnded: db
      .update(endedSessions)
      .set({ name: null, userAgent: null, ip: null, place: null })
      .where(eq(endedSessions.userId, p('userId')))
      .prepare(),
    // A typed reason may speak of the person; why the account is gone stays.
    scrubAdministered: db
      .update(events)
      .set({
        detail: sql`json_remove(${events.detail}, '$.user',
          iif(json_extract(${events.detail}, '$.act') = 'account-deleted', '$.user', '$.reason'))`,
      })
      .where(and(sql`kind = 'administered'`, eq(sql`json_extract(${events.detail}, '$.userId')`, p('userId'))))
      .prepare(),
    forgetBrowsers: db
      .delete(browsers)
      .where(eq(browsers.userId, p('userId')))
      .prepare(),
    forgetOtherBrowsers: db
      .delete(browsers)
      .where(and(eq(browsers.userId, p('userId')), ne(browsers.browserDigest, p('browserDigest'))))
      .prepare(),
    /** The newest event by which an account was secured. */
    lastSecured: db
      .select({ seq: events.seq, kind: events.kind })
      .from(events)
      .where(and(eq(events.userId, p('userId')), inArray(events.kind, ['reported', 'email-restored'])))
      .orderBy(desc(events.seq))
      .limit(1)
      .prepare(),
    event: db
      .select()
      .from(events)
      .where(eq(events.seq, p('seq')))
      .prepare(),
    /** Whether a notice has been answered already. */
    eventOfNotice: db
      .select({ seq: events.seq })
      .from(events)
      .where(and(eq(events.userId, p('userId')), sql`json_extract(${events.detail}, '$.notice') = ${p('notice')}`))
      .limit(1)
      .prepare(),
    eventsOfUser: db
      .select()
      .from(events)
      .where(and(eq(events.userId, p('userId')), lt(events.seq, p('before')), ofKind, ofSession))
      .orderBy(desc(events.seq))
      .limit(p('most'))
      .prepare(),
  }
}
