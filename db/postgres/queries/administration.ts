import 'server-only'
import { and, asc, desc, eq, getTableColumns, gt, gte, isNull, lte, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { endedSessions, sessions, users } from '../schema.ts'
import { all, p } from './placeholders.ts'

/** What administrators look at. */
export function administrationQueries(db: NodePgDatabase) {
  const count = sql<number>`count(*)::int`
  const search = sql`${p('search')}::text`
  const found = (column: typeof users.name | typeof users.email) => sql`strpos(lower(${column}), lower(${search})) > 0`
  // Those of an earlier epoch are over, though their rows may be there still.
  const live = sql`${sessions} where ${sessions.userId} = ${users.id} and ${sessions.epoch} >= ${p('epoch')}`
  /** Which of the hours that end at `now` an instant is in: 1 is the last one. */
  const hourOf = (column: typeof sessions.beganAt | typeof endedSessions.beganAt | typeof endedSessions.endedAt) =>
    sql<number>`ceil(extract(epoch from ${p('now')}::timestamptz - ${column}) / 3600)::int`.as('hour')
  const hour = sql`hour`
  const totals = {
    users: sql<number>`(select ${count} from ${users} where ${users.deletedAt} is null)`,
    sessions: sql<number>`(select ${count} from ${sessions})`,
    people: sql<number>`(select count(distinct ${sessions.userId})::int from ${sessions})`,
    locked: sql<number>`(select ${count} from ${sessions} where ${sessions.lockedAt} is not null)`,
  }
  return {
    lockAdministrators: db
      .select({ id: users.id })
      .from(users)
      .where(and(users.administrator, isNull(users.disabledAt)))
      .orderBy(asc(users.id))
      .for('no key update')
      .prepare('lock_administrators'),
    usersAfter: db
      .select({
        ...getTableColumns(users),
        sessions: sql<number>`(select ${count} from ${live})`,
        lastActiveAt: sql<Date | null>`(select max(${sessions.lastActiveAt}) from ${live})`.mapWith(
          sessions.lastActiveAt,
        ),
      })
      .from(users)
      .where(
        and(
          gt(users.email, p('after')),
          isNull(users.deletedAt),
          sql`(${found(users.email)} or ${found(users.name)} or strpos(${users.name}, ${search}) > 0)`,
        ),
      )
      .orderBy(asc(users.email))
      .limit(p('most'))
      .prepare('users_after'),
    newestSessions: db
      .select({ ...all, email: users.email })
      .from(sessions)
      .innerJoin(users, eq(users.id, sessions.userId))
      .where(gte(sessions.epoch, p('epoch')))
      .orderBy(desc(sessions.beganAt))
      .limit(p('most'))
      .prepare('newest_sessions'),
    totals: db.select(totals).from(sql`(select 1) as one`).prepare('totals'),
    countBegan: db
      .select({ hour: hourOf(sessions.beganAt), count })
      .from(sessions)
      .where(and(gt(sessions.beganAt, p('from')), lte(sessions.beganAt, p('now'))))
      .groupBy(hour)
      .prepare('count_began'),
    countBeganAndEnded: db
      .select({ hour: hourOf(endedSessions.beganAt), count })
      .from(endedSessions)
      .where(and(gt(endedSessions.beganAt, p('from')), lte(endedSessions.beganAt, p('now'))))
      .groupBy(hour)
      .prepare('count_began_and_ended'),
    countEnded: db
      .select({ hour: hourOf(endedSessions.endedAt), reason: endedSessions.reason, count })
      .from(endedSessions)
      .where(and(gt(endedSessions.endedAt, p('from')), lte(endedSessions.endedAt, p('now'))))
      .groupBy(hour, endedSessions.reason)
      .prepare('count_ended'),
  }
}
