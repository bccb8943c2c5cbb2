import 'server-only'
import { and, asc, desc, eq, getTableColumns, gt, gte, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { clients, grants, logouts, sessions } from '../schema.ts'
import { ago, ahead, all, columns, now, p } from './placeholders.ts'

/** Applications, what they were granted, and who waits to be told of an end. */
export function grantQueries(db: NodePgDatabase) {
  const { createdAt: _, ...client } = columns(clients)
  const { createdAt: __, lastUsedAt: ___, expiresAt: ____, ...grant } = columns(grants)
  const { browserDigest, name, browser, os, kind, userAgent, ip, place, now: _____, ...session } = all
  const at = sql`statement_timestamp()`
  const named = eq(grants.id, p('id'))
  const ofUser = eq(grants.userId, p('userId'))
  const ofSession = eq(grants.sessionId, p('sessionId'))
  const ofClient = eq(grants.clientId, p('clientId'))
  const isBound = eq(grants.offline, false)
  const isSome = sql`${grants.id} = any(${p('ids')}::text[])`
  const isAlive = and(gt(grants.expiresAt, at), gte(grants.epoch, p('epoch')))
  /** One notice for each application and session, in the very transaction of the end. */
  const tell = (which: ReturnType<typeof and>, statement: string) => {
    const began = sql`date_trunc('milliseconds', transaction_timestamp())`
    return db
      .insert(logouts)
      .select(
        sql`select nextval(pg_get_serial_sequence('logouts', 'id')), ${grants.clientId},
          ${clients.backchannelLogoutUri}, ${grants.userId}, ${grants.madeIn}, 0, 0, ${began}, ${began}
          from ${grants} inner join ${clients} on ${clients.id} = ${grants.clientId}
          where ${clients.backchannelLogoutUri} is not null and ${which}`,
      )
      .onConflictDoNothing()
      .prepare(statement)
  }
  const remove = (which: ReturnType<typeof and>, statement: string) => db.delete(grants).where(which).prepare(statement)
  const due = db
    .select({ id: grants.id })
    .from(grants)
    .where(and(isNull(grants.sessionId), lte(grants.expiresAt, at)))
    .limit(p('most'))
    .for('update', { skipLocked: true })
  const isDue = and(lte(logouts.dueAt, at), sql`${logouts.uri} <> all(${p('full')}::text[])`)
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
      .prepare('client'),
    /** Against its removal, not against others who are let do something. */
    shareClient: db
      .select({ id: clients.id })
      .from(clients)
      .where(eq(clients.id, p('id')))
      .for('key share')
      .prepare('share_client'),
    lockClient: db
      .select()
      .from(clients)
      .where(eq(clients.id, p('id')))
      .for('update')
      .prepare('lock_client'),
    clients: db.select().from(clients).orderBy(asc(clients.createdAt), asc(clients.id)).prepare('clients'),
    insertClient: db
      .insert(clients)
      .values({ ...client, createdAt: at })
      .onConflictDoNothing()
      .prepare('insert_client'),
    deleteClient: db
      .delete(clients)
      .where(eq(clients.id, p('clientId')))
      .prepare('delete_client'),

    insertGrant: db
      .insert(grants)
      .values({ ...grant, createdAt: at, lastUsedAt: at, expiresAt: ahead('lifetime') })
      .returning()
      .prepare('insert_grant'),
    /** What every request with a signed token reads: both by their primary keys. */
    grantCheck: db
      .select({ grant: getTableColumns(grants), session, now })
      .from(grants)
      .leftJoin(sessions, eq(sessions.id, grants.sessionId))
      .where(and(named, isAlive))
      .prepare('grant_check'),
    lockGrant: db.select().from(grants).where(and(named, isAlive)).for('update').prepare('lock_grant'),
    shareGrant: db
      .select({ id: grants.id })
      .from(grants)
      .where(and(named, isAlive))
      .for('key share')
      .prepare('share_grant'),
    grantsOfUser: db
      .select({ ...getTableColumns(grants), clientName: clients.name })
      .from(grants)
      .innerJoin(clients, eq(clients.id, grants.clientId))
      .where(and(ofUser, isAlive))
      .orderBy(desc(grants.lastUsedAt), asc(grants.id))
      .prepare('grants_of_user'),
    anyGrantOfSession: db
      .select({ id: grants.id })
      .from(grants)
      .where(ofSession)
      .limit(1)
      .prepare('any_grant_of_session'),
    lockSomeGrants: db
      .select({ id: grants.id })
      .from(grants)
      .where(
        // Also what was made meanwhile in a session of before that has ended by itself.
        sql`${lte(grants.createdAt, p('start'))} or ${grants.madeIn} in (select id from ended_sessions
          where began_at <= ${p('start')})`,
      )
      .orderBy(asc(grants.id))
      .limit(p('most'))
      .for('update')
      .prepare('lock_some_grants'),
    useGrant: db
      .update(grants)
      .set({ lastUsedAt: at })
      .where(and(named, lte(grants.lastUsedAt, ago('atMostEvery'))))
      .prepare('use_grant'),
    detachGrants: db.update(grants).set({ sessionId: null }).where(ofSession).prepare('detach_grants'),
    tellOfGrant: tell(named, 'tell_of_grant'),
    tellOfSession: tell(ofSession, 'tell_of_session'),
    tellOfBound: tell(and(ofSession, isBound), 'tell_of_bound'),
    tellOfUser: tell(ofUser, 'tell_of_user'),
    tellOfClient: tell(ofClient, 'tell_of_client'),
    tellOfSome: tell(isSome, 'tell_of_some'),
    deleteGrant: remove(named, 'delete_grant'),
    deleteReplaced: remove(and(eq(grants.id, p('replaces')), ofUser, ofClient, ofSession), 'delete_replaced'),
    deleteBoundGrants: remove(and(ofSession, isBound), 'delete_bound_grants'),
    deleteGrantsOfSession: remove(ofSession, 'delete_grants_of_session'),
    deleteGrantsOfUser: remove(ofUser, 'delete_grants_of_user'),
    deleteGrantsOfClient: remove(ofClient, 'delete_grants_of_client'),
    deleteSomeGrants: remove(isSome, 'delete_some_grants'),
    purgeGrants: remove(inArray(grants.id, due), 'purge_grants'),

    dueLogouts: db
      .select()
      .from(logouts)
      .where(
        and(
          isDue,
          inArray(
            logouts.id,
            db
              .select({ id: inLine.id })
              .from(inLine)
              .where(lte(inLine.place, p('each'))),
          ),
        ),
      )
      .orderBy(asc(logouts.dueAt), asc(logouts.id))
      .limit(p('most'))
      .for('update', { skipLocked: true })
      .prepare('due_logouts'),
    postponeLogouts: db
      .update(logouts)
      .set({ dueAt: ahead('after') })
      .where(sql`${logouts.id} = any(${p('ids')}::bigint[])`)
      .prepare('postpone_logouts'),
    failLogout: db
      .update(logouts)
      .set({
        dueAt: ahead('after'),
        failures: sql`${logouts.failures} + 1`,
        refusals: sql`${logouts.refusals} + ${p('refusal')}::int`,
      })
      .where(eq(logouts.id, p('id')))
      .prepare('fail_logout'),
    deleteLogout: db
      .delete(logouts)
      .where(eq(logouts.id, p('id')))
      .prepare('delete_logout'),
    waitingLogouts: db
      .select({
        count: sql<number>`count(*)::int`,
        oldest: sql<Date | null>`min(${logouts.createdAt})`.mapWith(logouts.createdAt),
      })
      .from(logouts)
      .prepare('waiting_logouts'),
  }
}
