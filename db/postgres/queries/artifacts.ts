import 'server-only'
import { and, asc, eq, getTableColumns, gt, gte, inArray, isNotNull, isNull, lte, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { HALF_DONE } from '../../spending.ts'
import { artifacts, grants, onceIds } from '../schema.ts'
import { ahead, columns, now, p, to } from './placeholders.ts'

/** What the protocol keeps. What has run out, or hangs on a grant that has, is not found. */
export function artifactQueries(db: NodePgDatabase) {
  const { consumedAt: _, expiresAt: __, replaces, ...kept } = columns(artifacts)
  const { kind, digest, ...changed } = kept
  const at = sql`statement_timestamp()`
  const isKind = eq(artifacts.kind, p('kind'))
  const named = and(isKind, eq(artifacts.digest, p('digest')))
  const isAlive = and(
    gt(artifacts.expiresAt, at),
    gte(artifacts.epoch, p('epoch')),
    or(isNull(artifacts.grantId), and(gt(grants.expiresAt, at), gte(grants.epoch, p('epoch')))),
  )
  // Of all that were made in one place, the first that is shown uses up the others.
  const consumedAt = sql<Date | null>`coalesce(${artifacts.consumedAt}, (select min(s.consumed_at) from artifacts s
    where s.replaces = ${artifacts.replaces} and s.kind = ${artifacts.kind}))`.mapWith(artifacts.consumedAt)
  // All that were made in one place run out together: the one that was shown must not be forgotten before the others.
  const expiresAt = sql`coalesce((select min(s.expires_at) from artifacts s where s.kind = ${p('kind')}
    and s.replaces = ${p('replaces')} and s.digest <> ${p('digest')}), ${ahead('lifetime')})`
  const found = (which: ReturnType<typeof and>, statement: string) =>
    db
      .select({ ...getTableColumns(artifacts), consumedAt })
      .from(artifacts)
      .leftJoin(grants, eq(grants.id, artifacts.grantId))
      .where(and(which, isAlive))
      .limit(1)
      .prepare(statement)
  const ofGrants = inArray(
    artifacts.grantId,
    db
      .select({ id: grants.id })
      .from(grants)
      .where(eq(grants.userId, p('userId'))),
  )
  const siblings = sql`${artifacts.replaces} = (select o.replaces from artifacts o
    where o.kind = ${p('kind')} and o.digest = ${p('digest')})`
  const due = db
    .select({ kind: artifacts.kind, digest: artifacts.digest })
    .from(artifacts)
    .where(lte(artifacts.expiresAt, at))
    .limit(p('most'))
    .for('update', { skipLocked: true })
  const idsDue = db
    .select({ issuer: onceIds.issuer, id: onceIds.id })
    .from(onceIds)
    .where(lte(onceIds.expiresAt, at))
    .limit(p('most'))
    .for('update', { skipLocked: true })
  return {
    saveArtifact: db
      .insert(artifacts)
      .values({ ...kept, replaces, expiresAt })
      .onConflictDoUpdate({
        target: [artifacts.kind, artifacts.digest],
        set: {
          ...Object.fromEntries(Object.keys(changed).map((column) => [column, to(column)])),
          expiresAt,
        },
      })
      .prepare('save_artifact'),
    artifact: found(named, 'artifact'),
    artifactByUserCode: found(and(isKind, eq(artifacts.userCodeDigest, p('userCodeDigest'))), 'artifact_by_user_code'),
    /** It, and all that were made in the same place: in one order, so that no two steps wait for each other. */
    lockFamily: db
      .select({ digest: artifacts.digest, consumedAt: artifacts.consumedAt, now })
      .from(artifacts)
      .where(and(isKind, or(eq(artifacts.digest, p('digest')), siblings)))
      .orderBy(asc(artifacts.digest))
      .for('update')
      .prepare('lock_family'),
    shownSuccessor: db
      .select({ digest: artifacts.digest })
      .from(artifacts)
      .where(and(isKind, eq(artifacts.replaces, p('digest')), isNotNull(artifacts.consumedAt)))
      .limit(1)
      .prepare('shown_successor'),
    consumeArtifact: db.update(artifacts).set({ consumedAt: at }).where(named).prepare('consume_artifact'),
    deleteArtifact: db.delete(artifacts).where(named).prepare('delete_artifact'),
    deleteHalfDoneOfUser: db
      .delete(artifacts)
      .where(and(inArray(artifacts.kind, [...HALF_DONE]), or(eq(artifacts.userId, p('userId')), ofGrants)))
      .prepare('delete_half_done_of_user'),
    deleteAllHalfDone: db
      .delete(artifacts)
      .where(inArray(artifacts.kind, [...HALF_DONE]))
      .prepare('delete_all_half_done'),
    purgeArtifacts: db
      .delete(artifacts)
      .where(sql`(${artifacts.kind}, ${artifacts.digest}) in (${due})`)
      .prepare('purge_artifacts'),

    showOnce: db
      .insert(onceIds)
      .values({ issuer: p('issuer'), id: p('id'), expiresAt: ahead('lifetime') })
      .onConflictDoUpdate({
        target: [onceIds.issuer, onceIds.id],
        set: { expiresAt: ahead('lifetime') },
        setWhere: lte(onceIds.expiresAt, at),
      })
      .prepare('show_once'),
    purgeOnceIds: db
      .delete(onceIds)
      .where(sql`(${onceIds.issuer}, ${onceIds.id}) in (${idsDue})`)
      .prepare('purge_once_ids'),
  }
}
