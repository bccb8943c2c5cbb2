import 'server-only'
import { and, asc, desc, eq, getTableColumns, gt, inArray, lt, lte, or, type Placeholder, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { PgTable } from 'drizzle-orm/pg-core'
import { attempts, browsers, endedSessions, events, sessions, users } from './schema.ts'

/**
 * Every statement of the store, built once for the pool and once for each of its connections, on which transactions
 * run; the server keeps each by its name. Rows come with the time of their statement, so that all nodes go by one
 * clock.
 */
export type Queries = ReturnType<typeof prepareQueries>

export function prepareQueries(db: NodePgDatabase) {
  return {
    ...sessionQueries(db),
    ...lockingQueries(db),
    ...endedQueries(db),
    ...accountQueries(db),
    ...attemptQueries(db),
    clock: db.select({ now }).from(sql`(select 1) as one`).prepare('clock'),
    /** Reaches the listeners of all nodes when the transaction commits, and nobody when it does not. */
    notify: db
      .select({ sent: sql`pg_notify('signet', ${sql.placeholder('change')})` })
      .from(sql`(select 1) as one`)
      .prepare('notify'),
  }
}

const p = sql.placeholder
/** For `set`, which takes no bare placeholder. */
const to = (name: string) => sql`${p(name)}`
const now = sql`statement_timestamp()`.mapWith(sessions.beganAt).as('now')
const ago = (seconds: string) => sql`statement_timestamp() - make_interval(secs => ${p(seconds)})`

/** A placeholder for each column, named like it. */
function columns<T extends PgTable>(table: T) {
  const names = Object.keys(getTableColumns(table))
  return Object.fromEntries(names.map((name) => [name, p(name)])) as {
    [K in keyof T['$inferInsert']]-?: Placeholder
  }
}

const all = { ...getTableColumns(sessions), now }

function sessionQueries(db: NodePgDatabase) {
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
      .where(and(inArray(sessions.remembered, [false, true]), gt(sessions.lastActiveAt, p('from'))))
      .prepare('active_since'),
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

/**
 * Locks are taken in one order, so that no two steps wait for each other: first the user, then sessions by their
 * ids in a single statement. A user's lock keeps sessions from beginning meanwhile.
 */
function lockingQueries(db: NodePgDatabase) {
  const isRemembered = eq(sessions.remembered, p('remembered'))
  return {
    lockUser: db
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, p('id')))
      .for('no key update')
      .prepare('lock_user'),
    lock: db
      .select(all)
      .from(sessions)
      .where(inArray(sessions.id, [p('id'), p('other')]))
      .orderBy(asc(sessions.id))
      .for('update')
      .prepare('lock'),
    /** Against the end of the session, not against other acts of it. */
    share: db
      .select(all)
      .from(sessions)
      .where(eq(sessions.id, p('id')))
      .for('share')
      .prepare('share'),
    lockOfUser: db
      .select(all)
      .from(sessions)
      .where(or(eq(sessions.userId, p('userId')), eq(sessions.id, p('other'))))
      .orderBy(asc(sessions.id))
      .for('update')
      .prepare('lock_of_user'),
    lockAfter: db
      .select(all)
      .from(sessions)
      .where(and(gt(sessions.id, p('after')), lte(sessions.beganAt, p('start'))))
      .orderBy(asc(sessions.id))
      .limit(p('most'))
      .for('update')
      .prepare('lock_after'),
    // What somebody else holds is passed over: the sweep waits for nobody.
    lockIdle: db
      .select(all)
      .from(sessions)
      .where(and(isRemembered, lte(sessions.lastActiveAt, ago('seconds'))))
      .orderBy(asc(sessions.lastActiveAt))
      .limit(p('most'))
      .for('update', { skipLocked: true })
      .prepare('lock_idle'),
    lockExpired: db
      .select(all)
      .from(sessions)
      .where(and(isRemembered, lte(sessions.lifetimeFrom, ago('seconds'))))
      .orderBy(asc(sessions.lifetimeFrom))
      .limit(p('most'))
      .for('update', { skipLocked: true })
      .prepare('lock_expired'),
  }
}

function endedQueries(db: NodePgDatabase) {
  const { seq: _, ...record } = columns(endedSessions)
  const kept = gt(endedSessions.endedAt, ago('kept'))
  const due = db
    .select({ seq: endedSessions.seq })
    .from(endedSessions)
    .where(lte(endedSessions.endedAt, ago('kept')))
    .orderBy(asc(endedSessions.endedAt))
    .limit(p('most'))
    .for('update', { skipLocked: true })
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
  }
}

function accountQueries(db: NodePgDatabase) {
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

function attemptQueries(db: NodePgDatabase) {
  const instant = sql`statement_timestamp()`
  // Compared with the row as it is while it is locked, so that parallel attempts cannot both be the last one.
  const over = sql`${attempts.resetsAt} <= ${instant}`
  const windowEnd = sql`${instant} + make_interval(secs => ${p('seconds')})`
  const blockEnd = sql`${instant} + make_interval(secs => ${p('blockSeconds')})`
  const lapsed = db
    .select({ key: attempts.key })
    .from(attempts)
    .where(sql`${over}`)
    .limit(2)
    .for('update', { skipLocked: true })
  return {
    take: db
      .insert(attempts)
      .values({ key: p('key'), taken: 1, resetsAt: windowEnd })
      .onConflictDoUpdate({
        target: attempts.key,
        set: {
          taken: sql`case when ${over} then 1 else least(${attempts.taken} + 1, ${p('ceiling')}::bigint + 1) end`,
          resetsAt: sql`case when ${over} then ${windowEnd}
            when ${attempts.taken} = ${p('ceiling')}::bigint then greatest(${attempts.resetsAt}, ${blockEnd})
            else ${attempts.resetsAt} end`,
        },
      })
      .returning({
        taken: attempts.taken,
        wait: sql<number>`ceil(extract(epoch from ${attempts.resetsAt} - ${instant}))::int`,
      })
      .prepare('take_attempt'),
    giveBack: db
      .update(attempts)
      .set({ taken: sql`${attempts.taken} - 1` })
      .where(
        and(
          eq(attempts.key, p('key')),
          gt(attempts.taken, 0),
          lte(attempts.taken, p('ceiling')),
          gt(attempts.resetsAt, instant),
        ),
      )
      .prepare('give_back_attempt'),
    forgetLapsed: db.delete(attempts).where(inArray(attempts.key, lapsed)).prepare('forget_lapsed_attempts'),
  }
}
