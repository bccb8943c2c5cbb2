import 'server-only'
import { and, asc, desc, eq, gte, inArray, isNotNull, lte, or, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { ENDS_ASKING_ANEW, EVENTS_ASKING_ANEW } from '../../asks-anew.ts'
import { endedSessions, events, federatedSessions, identities, pending, sessions } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** Accounts elsewhere, and what sessions rest on. */
export function identityQueries(db: BetterSQLite3Database) {
  const resting = Object.fromEntries(
    ['issuer', 'subject', 'sid', 'sealed'].map((name) => [name, sql.raw(`excluded.${name}`)]),
  )
  const ofHalf = (name: string) => sql`${pending.detail} ->> ${sql.raw(`'$.${name}'`)}`
  return {
    identity: db
      .select()
      .from(identities)
      .where(and(eq(identities.issuer, p('issuer')), eq(identities.subject, p('subject'))))
      .prepare(),
    identitiesOfUser: db
      .select()
      .from(identities)
      .where(eq(identities.userId, p('userId')))
      .orderBy(asc(identities.createdAt), asc(identities.id))
      .prepare(),
    countIdentities: db
      .select({ count: sql<number>`count(*)` })
      .from(identities)
      .where(eq(identities.userId, p('userId')))
      .prepare(),
    insertIdentity: db.insert(identities).values(columns(identities)).prepare(),
    useIdentity: db
      .update(identities)
      .set({ lastUsedAt: to('now') })
      .where(eq(identities.id, p('id')))
      .prepare(),
    deleteIdentity: db
      .delete(identities)
      .where(eq(identities.id, p('id')))
      .prepare(),
    deleteIdentities: db
      .delete(identities)
      .where(eq(identities.userId, p('userId')))
      .prepare(),
    deleteIdentitiesSince: db
      .delete(identities)
      .where(and(eq(identities.userId, p('userId')), gte(identities.createdAt, p('since'))))
      .prepare(),
    newestEndAskingAnew: db
      .select({ at: endedSessions.endedAt })
      .from(endedSessions)
      .where(and(eq(endedSessions.userId, p('userId')), inArray(endedSessions.reason, ENDS_ASKING_ANEW)))
      .orderBy(desc(endedSessions.seq))
      .limit(1)
      .prepare(),
    newestEventAskingAnew: db
      .select({ at: events.at })
      .from(events)
      .where(and(eq(events.userId, p('userId')), inArray(events.kind, [...EVENTS_ASKING_ANEW])))
      .orderBy(desc(events.seq))
      .limit(1)
      .prepare(),
    lockInBrowser: db
      .select({ at: sessions.lockedAt })
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, p('userId')),
          eq(sessions.browserDigest, p('browserDigest')),
          isNotNull(sessions.lockedAt),
        ),
      )
      .prepare(),
    saveFederation: db
      .insert(federatedSessions)
      .values(columns(federatedSessions))
      .onConflictDoUpdate({
        target: federatedSessions.sessionId,
        set: { ...resting, issuedAt: sql.raw('excluded.issued_at') },
      })
      .prepare(),
    federation: db
      .select()
      .from(federatedSessions)
      .where(eq(federatedSessions.sessionId, p('sessionId')))
      .prepare(),
    federatedSessions: db
      .select({ sessionId: federatedSessions.sessionId })
      .from(federatedSessions)
      .where(
        and(
          eq(federatedSessions.issuer, p('issuer')),
          or(sql`${p('subject')} is null`, eq(federatedSessions.subject, p('subject'))),
          or(sql`${p('sid')} is null`, eq(federatedSessions.sid, p('sid'))),
          lte(federatedSessions.issuedAt, p('issuedAt')),
        ),
      )
      .orderBy(asc(federatedSessions.sessionId))
      .prepare(),
    /** Sign-ins that are half done keep the same things by the same names; their instants are ISO 8601 in UTC. */
    deleteFederatedHalves: db
      .delete(pending)
      .where(
        and(
          eq(pending.kind, 'sign-in'),
          sql`${ofHalf('issuer')} = ${p('issuer')}`,
          or(sql`${p('subject')} is null`, sql`${ofHalf('subject')} = ${p('subject')}`),
          or(sql`${p('sid')} is null`, sql`${ofHalf('sid')} = ${p('sid')}`),
          sql`${ofHalf('issuedAt')} <= ${p('issuedAtText')}`,
        ),
      )
      .prepare(),
  }
}
