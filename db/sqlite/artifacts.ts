import 'server-only'
import type { Artifact } from '../contract.ts'
import type { ArtifactStore } from '../grants.ts'
import { spentAs } from '../spending.ts'
import type { Queries } from './queries.ts'
import { artifactFrom, grantFromValues } from './rows.ts'
import { type Parts, step } from './step.ts'

export function sqliteArtifacts(parts: Parts): ArtifactStore {
  const { connection, options } = parts
  const at = (now: Date) => ({ now: now.getTime(), epoch: options.epoch() })

  function find(queries: Queries, kind: string, digest: Buffer, now: Date): Artifact | undefined {
    const row = queries.artifact.get({ kind, digest, ...at(now) })
    return row && artifactFrom(row)
  }

  function stands(queries: Queries, grantId: string, now: Date): boolean {
    const values = queries.grant(grantId)
    const grant = values && grantFromValues(values)
    return grant !== undefined && grant.expiresAt > now && grant.epoch >= options.epoch()
  }

  return {
    save: ({ lifetime, ...artifact }) =>
      step(parts, (queries, now) => {
        if (artifact.grantId !== null && !stands(queries, artifact.grantId, now)) return false
        queries.saveArtifact.run({ ...artifact, expiresAt: now.getTime() + lifetime * 1000, epoch: options.epoch() })
        return true
      }),

    find: (kind, digest) => connection.read((queries) => find(queries, kind, digest, options.clock())),

    findByUserCode: (kind, userCodeDigest) =>
      connection.read((queries) => {
        const row = queries.artifactByUserCode.get({ kind, userCodeDigest, ...at(options.clock()) })
        return row && artifactFrom(row)
      }),

    spend: (kind, digest, grace) =>
      step(parts, (queries, now) => {
        if (!find(queries, kind, digest, now)) return 'unknown'
        const row = queries.artifactRow.get({ kind, digest })
        if (!row) return 'unknown'
        const { replaces, consumedAt } = row
        const family = {
          consumedAt: consumedAt === null ? null : new Date(consumedAt),
          hasShownSibling: replaces !== null && queries.shownSibling.get({ kind, digest, replaces }) !== undefined,
          hasShownSuccessor: queries.shownSuccessor.get({ kind, digest }) !== undefined,
        }
        const spent = spentAs(family, grace, now)
        if (spent === 'spent') queries.consumeArtifact.run({ kind, digest, now: now.getTime() })
        return spent
      }),

    remove: (kind, digest) => {
      connection.write((queries) => queries.deleteArtifact.run({ kind, digest }))
    },

    once: (issuer, id, lifetime) =>
      step(parts, (queries, at) => {
        const now = at.getTime()
        return queries.showOnce.run({ issuer, id, now, expiresAt: now + lifetime * 1000 }).changes > 0
      }),
  }
}
