import 'server-only'
import { and, desc, eq, getTableColumns, gt, inArray, isNotNull, lt, ne, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { browsers, endedSessions, events, users } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

export function accountQueries(db: NodePgDatabase) {
  const { seq: _, ...event } = columns(events)
  const { createdAt: __, ...user } = columns(users)
  const right = sql`${p('right')}::boolean`
  const changes = Object.fromEntries(
    Object.entries(getTableColumns(users)).map(([column, type]) => [column, sql`${sql.param(p(column), type)}`]),
  )
  delete changes.id
  const ofSession = sql`(${p('sessionId')}::text is null or ${events.sessionId} = ${p('sessionId')}::text)`
  const ofKind = sql`(cardinality(${p('kinds')}::text[]) = 0 or ${events.kind} = any(${p('kinds')}::text[]))`
  return {
    insertUser: db
      .insert(users)
      .values({ ...user, createdAt: sql`statement_timestamp()` })
      .onConflictDoNothing({ target: users.email })
      .returning()
      .prepare('insert_user'),
    user: db
      .select()
      .from(users)
      .where(eq(users.id, p('id')))
      .prepare('user'),
    userByEmail: db
      .select()
      .from(users)
      .where(eq(users.email, p('email')))
      .prepare('user_by_email'),
    /** Whose an address is, or was until so lately that they may have it back; but for one account. */
    addressHolder: db
      .select({ id: users.id })
      .from(users)
      .where(
        and(
          ne(users.id, p('except')),
          or(
            eq(users.email, p('email')),
            and(eq(users.formerEmail, p('email')), gt(users.formerEmailUntil, sql`statement_timestamp()`)),
          ),
        ),
      )
      .limit(1)
      .prepare('address_holder'),
    rehash: db
      .update(users)
      .set({ passwordHash: to('to') })
      .where(and(eq(users.id, p('id')), eq(users.passwordHash, p('from'))))
      .prepare('rehash'),
    nameUser: db
      .update(users)
      .set({ name: to('name') })
      .where(eq(users.id, p('id')))
      .prepare('name_user'),
    saveUser: db
      .update(users)
      .set(changes)
      .where(eq(users.id, p('id')))
      .prepare('save_user'),
    countPassword: db
      .update(users)
      .set({
        passwordFailures: sql`case when ${right} then 0 else ${users.passwordFailures} + 1 end`,
        passwordHash: sql`case when ${right} or ${users.passwordFailures} + 1 < ${p('most')}::int
          then ${users.passwordHash} end`,
      })
      .where(
        and(
          eq(users.id, p('id')),
          isNotNull(users.passwordHash),
          sql`not (${right} and ${users.passwordFailures} = 0)`,
        ),
      )
      .returning({ passwordHash: users.passwordHash })
      .prepare('count_password'),
    insertEvent: db
      .insert(events)
      .values({ ...event, at: sql`statement_timestamp()` })
      .returning({ seq: events.seq, at: events.at })
      .prepare('insert_event'),
    scrubEvents: db
      .update(events)
      .set({ device: null, ip: null, place: null, detail: {} })
      .where(eq(events.userId, p('userId')))
      .prepare('scrub_events'),
    scrubEnded: db
      .update(endedSessions)
      .set({ name: null, userAgent: null, ip: null, place: null })
      .where(eq(endedSessions.userId, p('userId')))
      .prepare('scrub_ended'),
    // A typed reason may speak of the person; why the account is gone stays.
    scrubAdministered: db
      .update(events)
      .set({
        detail: sql`${events.detail} - 'user' -
          case when ${events.detail} ->> 'act' = 'account-deleted' then 'user' else 'reason' end`,
      })
      .where(and(sql`kind = 'administered'`, eq(sql`${events.detail} ->> 'userId'`, p('userId'))))
      .prepare('scrub_administered'),
    forgetBrowsers: db
      .delete(browsers)
      .where(eq(browsers.userId, p('userId')))
      .prepare('forget_browsers'),
    forgetOtherBrowsers: db
      .delete(browsers)
      .where(and(eq(browsers.userId, p('userId')), ne(browsers.browserDigest, p('browserDigest'))))
      .prepare('forget_other_browsers'),
    /** The newest event by which an account was secured. */
    lastSecured: db
      .select({ seq: events.seq, kind: events.kind })
      .from(events)
      .where(and(eq(events.userId, p('userId')), inArray(events.kind, ['reported', 'email-restored'])))
      .orderBy(desc(events.seq))
      .limit(1)
      .prepare('last_secured'),
    event: db
      .select()
      .from(events)
      .where(eq(events.seq, p('seq')))
      .prepare('event'),
    /** Whether a notice has been answered already. */
    eventOfNotice: db
      .select({ seq: events.seq })
      .from(events)
      .where(and(eq(events.userId, p('userId')), sql`${events.detail}->>'notice' = ${p('notice')}`))
      .limit(1)
      .prepare('event_of_notice'),
    eventsOfUser: db
      .select()
      .from(events)
      .where(and(eq(events.userId, p('userId')), lt(events.seq, p('before')), ofKind, ofSession))
      .orderBy(desc(events.seq))
      .limit(p('most'))
      .prepare('events_of_user'),
  }
}
