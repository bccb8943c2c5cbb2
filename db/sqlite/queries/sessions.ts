import 'server-only'
import type Database from 'better-sqlite3'
import { and, asc, eq, getTableColumns, gt, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { CheckValues } from '../rows.ts'
import { browsers, sessions } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/**
 * What every request runs. So the driver runs it, without drizzle between, and the digests that nearly every row has
 * come as text: a blob would cost the driver a microsecond, more than to read the digits again.
 */
export function checkStatement(client: Database.Database, db: BetterSQLite3Database) {
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

export function sessionQueries(db: BetterSQLite3Database) {
  const { id: _, ...changeable } = columns(sessions)
  const changes = Object.fromEntries(Object.keys(changeable).map((column) => [column, to(column)]))
  const isRemembered = eq(sessions.remembered, p('remembered'))
  const isUnlocked = sql`locked_at is null`
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
      .where(and(isRemembered, isUnlocked, lte(sessions.lastActiveAt, p('before'))))
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
      .where(and(sql`${sessions.remembered} in (0, 1)`, isUnlocked, gt(sessions.lastActiveAt, p('after'))))
      .prepare(),
    lockedSince: db
      .select({ id: sessions.id, at: sessions.lockedAt })
      .from(sessions)
      .where(gt(sessions.lockedAt, p('after')))
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
    anyBrowser: db
      .select({ firstSeen: browsers.firstSeen })
      .from(browsers)
      .where(eq(browsers.userId, p('userId')))
      .limit(1)
      .prepare(),
    findBrowser: db
      .select({ firstSeen: browsers.firstSeen })
      .from(browsers)
      .where(and(eq(browsers.userId, p('userId')), eq(browsers.browserDigest, p('browserDigest'))))
      .prepare(),
  }
}
