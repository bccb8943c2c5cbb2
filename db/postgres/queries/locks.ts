import 'server-only'
import { and, asc, eq, gt, inArray, lte, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { sessions, users } from '../schema.ts'
import { ago, all, p } from './placeholders.ts'

/**
 * Locks are taken in one order, so that no two steps wait for each other: first the user, then sessions by their
 * ids in a single statement. A user's lock keeps sessions from beginning meanwhile.
 */
export function lockingQueries(db: NodePgDatabase) {
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
      .where(and(isRemembered, sql`locked_at is null`, lte(sessions.lastActiveAt, ago('seconds'))))
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
