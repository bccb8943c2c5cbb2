import 'server-only'
import type Database from 'better-sqlite3'
import { and, asc, desc, eq, getTableColumns, gt, lt, lte, type Placeholder, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { CheckValues } from './rows.ts'
import { attempts, browsers, endedSessions, events, sessions, users } from './schema.ts'

/**
 * Every statement of the store, prepared once for each opened file. Building a drizzle query costs some forty times
 * what running it does.
 */
export type Queries = ReturnType<typeof prepareQueries>

export function prepareQueries(client: Database.Database, db: BetterSQLite3Database) {
  return {
    check: checkStatement(client, db),
    ...sessionQueries(db),
    ...endedQueries(db),
    ...accountQueries(db),
    ...attemptQueries(db),
    /** Changes when another connection, of any process, has written. */
    version: (): number => client.pragma('data_version', { simple: true }) as number,
  }
}

const p = sql.placeholder
/** For `set`, which takes no bare placeholder. */
const to = (name: string) => sql`${p(name)}`

/** A placeholder for each column, named like it. */
function columns<T extends SQLiteTable>(table: T) {
  const names = Object.keys(getTableColumns(table))
  return Object.fromEntries(names.map((name) => [name, p(name)])) as {
    [K in keyof T['$inferInsert']]-?: Placeholder
  }
}

/**
 * What every request runs. So the driver runs it, without drizzle between, and the digests that nearly every row has
 * come as text: a blob would cost the driver a microsecond, more than to read the digits again.
 */
function checkStatement(client: Database.Database, db: BetterSQLite3Database) {
  const { browserDigest, name, browser, os, kind, userAgent, ip, place, ...check } = getTableColumns(sessions)
  const digest = sql`hex(${sessions.digest})`
  const predecessorDigest = sql`iif(${sessions.predecessorDigest} is null, null, hex(${sessions.predecessorDigest}))`
  const query = db
    .select({ ...check, digest, predecessorDigest })
    .from(sessions)
    .where(eq(sessions.id, p('id')))
  const statement = client.prepare<[string], CheckValues>(query.toSQL().sql).raw()
  return (id: string): CheckValues | undefined => statement.get(id)
}

function sessionQueries(db: BetterSQLite3Database) {
  const { id: _, ...changeable } = columns(sessions)
  const changes = Object.fromEntries(Object.keys(changeable).map((column) => [column, to(column)]))
  const isRemembered = eq(sessions.remembered, p('remembered'))
  return {
    live: db
      .select()
      .from(sessions)
      .where(eq(sessions.id, p('id')))
      .prepare(),
    liveOfUser: db
      .select()
      .from(sessions)
      .where(eq(sessions.userId, p('userId')))
      .prepare(),
    liveAfter: db
      .select()
      .from(sessions)
      .where(gt(sessions.id, p('after')))
      .orderBy(asc(sessions.id))
      .limit(p('most'))
      .prepare(),
    idleSince: db
      .select()
      .from(sessions)
      .where(and(isRemembered, lte(sessions.lastActiveAt, p('before'))))
      .orderBy(asc(sessions.lastActiveAt))
      .limit(p('most'))
      .prepare(),
    expiredSince: db
      .select()
      .from(sessions)
      .where(and(isRemembered, lte(sessions.lifetimeFrom, p('before'))))
      .orderBy(asc(sessions.lifetimeFrom))
      .limit(p('most'))
      .prepare(),
    activeSince: db
      .select({ id: sessions.id, lastActiveAt: sessions.lastActiveAt })
      .from(sessions)
      .where(and(sql`${sessions.remembered} in (0, 1)`, gt(sessions.lastActiveAt, p('after'))))
      .prepare(),
    insertSession: db.insert(sessions).values(columns(sessions)).prepare(),
    saveSession: db
      .update(sessions)
      .set(changes)
      .where(eq(sessions.id, p('id')))
      .prepare(),
    touchSession: db
      .update(sessions)
      .set({ lastActiveAt: to('lastActiveAt'), ip: to('ip'), place: to('place') })
      .where(eq(sessions.id, p('id')))
      .prepare(),
    nameSession: db
      .update(sessions)
      .set({ name: to('name') })
      .where(eq(sessions.id, p('id')))
      .prepare(),
    deleteSession: db
      .delete(sessions)
      .where(eq(sessions.id, p('id')))
      .prepare(),
    knowBrowser: db
      .insert(browsers)
      .values(columns(browsers))
      .onConflictDoNothing()
      .returning({ firstSeen: browsers.firstSeen })
      .prepare(),
    findBrowser: db
      .select({ firstSeen: browsers.firstSeen })
      .from(browsers)
      .where(and(eq(browsers.userId, p('userId')), eq(browsers.browserDigest, p('browserDigest'))))
      .prepare(),
  }
}

function endedQueries(db: BetterSQLite3Database) {
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

function accountQueries(db: BetterSQLite3Database) {
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

function attemptQueries(db: BetterSQLite3Database) {
  // Compared with the row as it is while it is locked, so that parallel attempts cannot both be the last one.
  const over = sql`${attempts.resetsAt} <= ${p('now')}`
  const lapsed = db
    .select({ key: attempts.key })
    .from(attempts)
    .where(lte(attempts.resetsAt, p('now')))
    .limit(2)
  return {
    take: db
      .insert(attempts)
      .values({ key: p('key'), taken: 1, resetsAt: p('windowEnd') })
      .onConflictDoUpdate({
        target: attempts.key,
        set: {
          taken: sql`case when ${over} then 1 else min(${attempts.taken} + 1, ${p('ceiling')} + 1) end`,
          resetsAt: sql`case when ${over} then ${p('windowEnd')}
            when ${attempts.taken} = ${p('ceiling')} then max(${attempts.resetsAt}, ${p('blockEnd')})
            else ${attempts.resetsAt} end`,
        },
      })
      .returning({ taken: attempts.taken, resetsAt: attempts.resetsAt })
      .prepare(),
    giveBack: db
      .update(attempts)
      .set({ taken: sql`${attempts.taken} - 1` })
      .where(
        and(
          eq(attempts.key, p('key')),
          gt(attempts.taken, 0),
          lte(attempts.taken, p('ceiling')),
          gt(attempts.resetsAt, p('now')),
        ),
      )
      .prepare(),
    forgetLapsed: db.delete(attempts).where(sql`${attempts.key} in ${lapsed}`).prepare(),
  }
}
