import 'server-only'
import { and, asc, desc, eq, gte, inArray, isNotNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { ENDS_ASKING_ANEW, EVENTS_ASKING_ANEW } from '../../asks-anew.ts'
import { endedSessions, events, federatedSessions, identities, pending, sessions } from '../schema.ts'
import { columns, p } from './placeholders.ts'

/** Accounts elsewhere, and what sessions rest on. */
export function identityQueries(db: NodePgDatabase) {
  const { createdAt: _, lastUsedAt: __, ...identity } = columns(identities)
  const now = sql`statement_timestamp()`
  const given = (name: string) => sql`${p(name)}::text`
  const excluded = Object.fromEntries(
    ['issuer', 'subject', 'sid', 'sealed'].map((name) => [name, sql.raw(`excluded.${name}`)]),
  )
  const ofHalf = (name: string) => sql`${pending.detail} ->> ${sql.raw(`'${name}'`)}`
  return {
    identity: db
      .select()
      .from(identities)
      .where(and(eq(identities.issuer, p('issuer')), eq(identities.subject, p('subject'))))
      .prepare('identity'),
    identitiesOfUser: db
      .select()
      .from(identities)
      .where(eq(identities.userId, p('userId')))
      .orderBy(asc(identities.createdAt), asc(identities.id))
      .prepare('identities_of_user'),
    countIdentities: db
      .select({ count: sql<number>`count(*)::int` })
      .from(identities)
      .where(eq(identities.userId, p('userId')))
      .prepare('count_identities'),
    insertIdentity: db
      .insert(identities)
      .values({ ...identity, createdAt: now, lastUsedAt: null })
      .prepare('insert_identity'),
    useIdentity: db
      .update(identities)
      .set({ lastUsedAt: now })
      .where(eq(identities.id, p('id')))
      .prepare('use_identity'),
    deleteIdentity: db
      .delete(identities)
      .where(eq(identities.id, p('id')))
      .prepare('delete_identity'),
    deleteIdentities: db
      .delete(identities)
      .where(eq(identities.userId, p('userId')))
      .prepare('delete_identities'),
    deleteIdentitiesSince: db
      .delete(identities)
      .where(and(eq(identities.userId, p('userId')), gte(identities.createdAt, p('since'))))
      .prepare('delete_identities_since'),
    newestEndAskingAnew: db
      .select({ at: endedSessions.endedAt })
      .from(endedSessions)
      .where(and(eq(endedSessions.userId, p('userId')), inArray(endedSessions.reason, ENDS_ASKING_ANEW)))
      .orderBy(desc(endedSessions.seq))
      .limit(1)
      .prepare('newest_end_asking_anew'),
    newestEventAskingAnew: db
      .select({ at: events.at })
      .from(events)
      .where(and(eq(events.userId, p('userId')), inArray(events.kind, [...EVENTS_ASKING_ANEW])))
      .orderBy(desc(events.seq))
      .limit(1)
      .prepare('newest_event_asking_anew'),
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
      .prepare('lock_in_browser'),
    saveFederation: db
      .insert(federatedSessions)
      .values(columns(federatedSessions))
      .onConflictDoUpdate({
        target: federatedSessions.sessionId,
        set: { ...excluded, issuedAt: sql.raw('excluded.issued_at') },
      })
      .prepare('save_federation'),
    federation: db
      .select()
      .from(federatedSessions)
      .where(eq(federatedSessions.sessionId, p('sessionId')))
      .prepare('federation'),
    federatedSessions: db
      .select({ sessionId: federatedSessions.sessionId })
      .from(federatedSessions)
      .where(
        and(
          eq(federatedSessions.issuer, p('issuer')),
          or(sql`${given('subject')} is null`, sql`${federatedSessions.subject} = ${given('subject')}`),
          or(sql`${given('sid')} is null`, sql`${federatedSessions.sid} = ${given('sid')}`),
          sql`${federatedSessions.issuedAt} <= ${p('issuedAt')}::timestamptz`,
        ),
      )
      .orderBy(asc(federatedSessions.sessionId))
      .prepare('federated_sessions'),
    /** Sign-ins that are half done keep the same things by the same names; their instants are ISO 8601 in UTC. */
    deleteFederatedHalves: db
      .delete(pending)
      .where(
        and(
          eq(pending.kind, 'sign-in'),
          sql`${ofHalf('issuer')} = ${given('issuer')}`,
          or(sql`${given('subject')} is null`, sql`${ofHalf('subject')} = ${given('subject')}`),
          or(sql`${given('sid')} is null`, sql`${ofHalf('sid')} = ${given('sid')}`),
          sql`${ofHalf('issuedAt')} <= ${given('issuedAtText')}`,
        ),
      )
      .prepare('delete_federated_halves'),
  }
}
