import 'server-only'
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { events, users } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

export function accountQueries(db: BetterSQLite3Database) {
  const { seq: _, ...event } = columns(events)
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
    makeAdministrator: db
      .update(users)
      .set({ administrator: true })
      .where(eq(users.id, p('id')))
      .prepare(),
    insertEvent: db.insert(events).values(event).prepare(),
    eventsOfUser: db
      .select()
      .from(events)
      .where(and(eq(events.userId, p('userId')), lt(events.seq, p('before')), ofKind))
      .orderBy(desc(events.seq))
      .limit(p('most'))
      .prepare(),
  }
}
