import 'server-only'
import type Database from 'better-sqlite3'
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { GrantValues } from '../rows.ts'
import { clients, grants, logouts } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** What every request with a signed token runs besides the check of its session: by the driver, like that one. */
export function grantStatement(client: Database.Database, db: BetterSQLite3Database) {
  const query = db
    .select()
    .from(grants)
    .where(eq(grants.id, p('id')))
  const statement = client.prepare<[string], GrantValues>(query.toSQL().sql).raw()
  return (id: string): GrantValues | undefined => statement.get(id)
}

/** Applications, what they were granted, and who waits to be told of an end. */
export function grantQueries(db: BetterSQLite3Database) {
  const ofUser = eq(grants.userId, p('userId'))
  const ofSession = eq(grants.sessionId, p('sessionId'))
  const ofClient = eq(grants.clientId, p('clientId'))
  /** One notice for each application and session, in the very transaction of the end. */
  const tell = (which: ReturnType<typeof eq> | undefined) =>
    db
      .insert(logouts)
      .select(
        sql`select null, ${grants.clientId}, ${clients.backchannelLogoutUri}, ${grants.userId}, ${grants.madeIn}, 0,
          0, ${p('now')}, ${p('now')} from ${grants} inner join ${clients} on ${clients.id} = ${grants.clientId}
          where ${clients.backchannelLogoutUri} is not null and ${which}`,
      )
      .onConflictDoNothing()
      .prepare()
  const remove = (which: ReturnType<typeof and>) => db.delete(grants).where(which).prepare()
  const isBound = eq(grants.offline, 0)
  const due = db
    .select({ id: grants.id })
    .from(grants)
    .where(and(isNull(grants.sessionId), lte(grants.expiresAt, p('now'))))
    .limit(p('most'))
  // Also what was made meanwhile in a session of before that has ended by itself.
  const some = sql`${grants.id} in (select id from ${grants} where created_at <= ${p('start')}
    or made_in in (select id from ended_sessions where began_at <= ${p('start')}) order by id limit ${p('most')})`
  const isDue = and(
    lte(logouts.dueAt, p('now')),
    sql`${logouts.uri} not in (select value from json_each(${p('full')}))`,
  )
  const inLine = db
    .select({ id: logouts.id, place: sql`row_number() over (partition by uri order by due_at, id)`.as('place') })
    .from(logouts)
    .where(isDue)
    .as('in_line')
  return {
    client: db
      .select()
      .from(clients)
      .where(eq(clients.id, p('id')))
      .prepare(),
    clients: db.select().from(clients).orderBy(asc(clients.createdAt), asc(clients.id)).prepare(),
    insertClient: db.insert(clients).values(columns(clients)).onConflictDoNothing().prepare(),
    deleteClient: db
      .delete(clients)
      .where(eq(clients.id, p('clientId')))
      .prepare(),

    insertGrant: db.insert(grants).values(columns(grants)).prepare(),
    grantsOfUser: db
      .select({ ...getTableColumns(grants), clientName: clients.name })
      .from(grants)
      .innerJoin(clients, eq(clients.id, grants.clientId))
      .where(and(ofUser, gt(grants.expiresAt, p('now')), gte(grants.epoch, p('epoch'))))
      .orderBy(desc(grants.lastUsedAt), asc(grants.id))
      .prepare(),
    anyGrantOfSession: db.select({ id: grants.id }).from(grants).where(ofSession).limit(1).prepare(),
    useGrant: db
      .update(grants)
      .set({ lastUsedAt: to('now') })
      .where(eq(grants.id, p('id')))
      .prepare(),
    detachGrants: db.update(grants).set({ sessionId: null }).where(ofSession).prepare(),
    tellOfGrant: tell(eq(grants.id, p('id'))),
    tellOfSession: tell(ofSession),
    tellOfBound: tell(and(ofSession, isBound)),
    tellOfUser: tell(ofUser),
    tellOfClient: tell(ofClient),
    tellOfSome: tell(some),
    deleteGrant: remove(eq(grants.id, p('id'))),
    deleteReplaced: remove(and(eq(grants.id, p('replaces')), ofUser, ofClient, ofSession)),
    deleteBoundGrants: remove(and(ofSession, isBound)),
    deleteGrantsOfSession: remove(ofSession),
    deleteGrantsOfUser: remove(ofUser),
    deleteGrantsOfClient: remove(ofClient),
    deleteSomeGrants: remove(some),
    purgeGrants: remove(sql`${grants.id} in ${due}`),

    anyLogoutDue: db.select({ id: logouts.id }).from(logouts).where(isDue).limit(1).prepare(),
    dueLogouts: db
      .select()
      .from(logouts)
      .where(
        inArray(
          logouts.id,
          db
            .select({ id: inLine.id })
            .from(inLine)
            .where(lte(inLine.place, p('each'))),
        ),
      )
      .orderBy(asc(logouts.dueAt), asc(logouts.id))
      .limit(p('most'))
      .prepare(),
    postponeLogout: db
      .update(logouts)
      .set({ dueAt: to('dueAt') })
      .where(eq(logouts.id, p('id')))
      .prepare(),
    failLogout: db
      .update(logouts)
      .set({
        dueAt: to('dueAt'),
        failures: sql`${logouts.failures} + 1`,
        refusals: sql`${logouts.refusals} + ${p('refusal')}`,
      })
      .where(eq(logouts.id, p('id')))
      .prepare(),
    deleteLogout: db
      .delete(logouts)
      .where(eq(logouts.id, p('id')))
      .prepare(),
    waitingLogouts: db
      .select({ count: sql<number>`count(*)`, oldest: sql<number | null>`min(${logouts.createdAt})` })
      .from(logouts)
      .prepare(),
  }
}
