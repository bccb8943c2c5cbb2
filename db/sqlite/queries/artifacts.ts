import 'server-only'
import { and, eq, getTableColumns, gt, gte, inArray, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { HALF_DONE } from '../../spending.ts'
import { artifacts, grants, onceIds } from '../schema.ts'
import { columns, p, to } from './placeholders.ts'

/** What the protocol keeps. What has run out, or hangs on a grant that has, is not found. */
export function artifactQueries(db: BetterSQLite3Database) {
  const { consumedAt: _, replaces: __, ...kept } = columns(artifacts)
  const { kind, digest, ...changed } = kept
  const named = and(eq(artifacts.kind, p('kind')), eq(artifacts.digest, p('digest')))
  const isAlive = and(
    gt(artifacts.expiresAt, p('now')),
    gte(artifacts.epoch, p('epoch')),
    or(isNull(artifacts.grantId), and(gt(grants.expiresAt, p('now')), gte(grants.epoch, p('epoch')))),
  )
  // Of all that were made in one place, the first that is shown uses up the others.
  const consumedAt = sql<number | null>`coalesce(${artifacts.consumedAt}, (select min(s.consumed_at) from artifacts s
    where s.replaces = ${artifacts.replaces} and s.kind = ${artifacts.kind}))`
  // All that were made in one place run out together: the one that was shown must not be forgotten before the others.
  const expiresAt = sql`coalesce((select min(s.expires_at) from artifacts s where s.kind = ${p('kind')}
    and s.replaces = ${p('replaces')} and s.digest <> ${p('digest')}), ${p('expiresAt')})`
  const found = (which: ReturnType<typeof and>) =>
    db
      .select({ ...getTableColumns(artifacts), consumedAt })
      .from(artifacts)
      .leftJoin(grants, eq(grants.id, artifacts.grantId))
      .where(and(which, isAlive))
      .limit(1)
      .prepare()
  const shown = (which: ReturnType<typeof and>) =>
    db
      .select({ digest: artifacts.digest })
      .from(artifacts)
      .where(and(eq(artifacts.kind, p('kind')), isNotNull(artifacts.consumedAt), which))
      .limit(1)
      .prepare()
  const ofGrants = sql`${artifacts.grantId} in (select id from ${grants} where ${grants.userId} = ${p('userId')})`
  const due = sql`(select rowid from ${artifacts} where ${artifacts.expiresAt} <= ${p('now')} limit ${p('most')})`
  const idsDue = sql`(select rowid from ${onceIds} where ${onceIds.expiresAt} <= ${p('now')} limit ${p('most')})`
  return {
    saveArtifact: db
      .insert(artifacts)
      .values({ ...kept, replaces: p('replaces'), expiresAt })
      .onConflictDoUpdate({
        target: [artifacts.kind, artifacts.digest],
        set: { ...Object.fromEntries(Object.keys(changed).map((column) => [column, to(column)])), expiresAt },
      })
      .prepare(),
    artifact: found(named),
    artifactByUserCode: found(and(eq(artifacts.kind, p('kind')), eq(artifacts.userCodeDigest, p('userCodeDigest')))),
    artifactRow: db.select().from(artifacts).where(named).prepare(),
    shownSibling: shown(and(eq(artifacts.replaces, p('replaces')), ne(artifacts.digest, p('digest')))),
    shownSuccessor: shown(eq(artifacts.replaces, p('digest'))),
    consumeArtifact: db
      .update(artifacts)
      .set({ consumedAt: to('now') })
      .where(named)
      .prepare(),
    deleteArtifact: db.delete(artifacts).where(named).prepare(),
    deleteHalfDoneOfUser: db
      .delete(artifacts)
      .where(and(inArray(artifacts.kind, [...HALF_DONE]), or(eq(artifacts.userId, p('userId')), ofGrants)))
      .prepare(),
    deleteAllHalfDone: db
      .delete(artifacts)
      .where(inArray(artifacts.kind, [...HALF_DONE]))
      .prepare(),
    purgeArtifacts: db.delete(artifacts).where(sql`rowid in ${due}`).prepare(),

    showOnce: db
      .insert(onceIds)
      .values(columns(onceIds))
      .onConflictDoUpdate({
        target: [onceIds.issuer, onceIds.id],
        set: { expiresAt: to('expiresAt') },
        setWhere: lte(onceIds.expiresAt, p('now')),
      })
      .prepare(),
    purgeOnceIds: db.delete(onceIds).where(sql`rowid in ${idsDue}`).prepare(),
  }
}
