import 'server-only'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { events, users } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

export function accountQueries(db: NodePgDatabase) {
  const { seq: _, ...event } = columns(events)
  const { createdAt: __, ...user } = columns(users)
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
    makeAdministrator: db
      .update(users)
      .set({ administrator: true })
      .where(eq(users.id, p('id')))
      .prepare('make_administrator'),
    insertEvent: db
      .insert(events)
      .values({ ...event, at: sql`statement_timestamp()` })
      .prepare('insert_event'),
    eventsOfUser: db
      .select()
      .from(events)
      .where(and(eq(events.userId, p('userId')), lt(events.seq, p('before')), ofKind))
      .orderBy(desc(events.seq))
      .limit(p('most'))
      .prepare('events_of_user'),
  }
}
