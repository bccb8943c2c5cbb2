import 'server-only'
import { and, desc, eq, getTableColumns, gt, inArray, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { browsers, sessions } from '../schema.ts'
import { all, columns, p, to } from './placeholders.ts'

export function sessionQueries(db: NodePgDatabase) {
  const { browserDigest, name, browser, os, kind, userAgent, ip, place, ...check } = all
  const table = columns(sessions)
  const changes = Object.fromEntries(
    Object.entries(getTableColumns(sessions)).map(([column, type]) => [column, sql`${sql.param(p(column), type)}`]),
  )
  delete changes.id
  return {
    check: db
      .select(check)
      .from(sessions)
      .where(eq(sessions.id, p('id')))
      .prepare('check'),
    find: db
      .select(all)
      .from(sessions)
      .where(eq(sessions.id, p('id')))
      .prepare('find'),
    list: db
      .select(all)
      .from(sessions)
      .where(eq(sessions.userId, p('userId')))
      .orderBy(desc(sessions.lastActiveAt))
      .prepare('list'),
    activeSince: db
      .select({ id: sessions.id })
      .from(sessions)
      .where(
        and(inArray(sessions.remembered, [false, true]), sql`locked_at is null`, gt(sessions.lastActiveAt, p('from'))),
      )
      .prepare('active_since'),
    lockedSince: db
      .select({ id: sessions.id, at: sessions.lockedAt })
      .from(sessions)
      .where(gt(sessions.lockedAt, p('from')))
      .prepare('locked_since'),
    insertSession: db.insert(sessions).values(table).prepare('insert_session'),
    saveSession: db
      .update(sessions)
      .set(changes)
      .where(eq(sessions.id, p('id')))
      .prepare('save_session'),
    touchSession: db
      .update(sessions)
      .set({ lastActiveAt: to('lastActiveAt'), ip: to('ip'), place: to('place') })
      .where(eq(sessions.id, p('id')))
      .prepare('touch_session'),
    nameSession: db
      .update(sessions)
      .set({ name: to('name') })
      .where(eq(sessions.id, p('id')))
      .prepare('name_session'),
    deleteSession: db
      .delete(sessions)
      .where(eq(sessions.id, p('id')))
      .prepare('delete_session'),
    anyBrowser: db
      .select({ firstSeen: browsers.firstSeen })
      .from(browsers)
      .where(eq(browsers.userId, p('userId')))
      .limit(1)
      .prepare('any_browser'),
    findBrowser: db
      .select({ firstSeen: browsers.firstSeen })
      .from(browsers)
      .where(and(eq(browsers.userId, p('userId')), eq(browsers.browserDigest, p('browserDigest'))))
      .prepare('find_browser'),
    knowBrowser: db
      .insert(browsers)
      .values(columns(browsers))
      .onConflictDoNothing()
      .returning({ firstSeen: browsers.firstSeen })
      .prepare('know_browser'),
  }
}
