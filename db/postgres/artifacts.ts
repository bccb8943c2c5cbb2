import 'server-only'
import type { ArtifactStore } from '../grants.ts'
import { spentAs } from '../spending.ts'
import type { Queries } from './queries.ts'
import { artifactFrom } from './rows.ts'
import type { Parts } from './step.ts'

export function postgresArtifacts({ connection, options }: Parts): ArtifactStore {
  const inEpoch = <T extends object>(values: T) => ({ ...values, epoch: options.epoch() })

  /** The grant is held against its end, so that nothing is written below one that is over. */
  async function stands(queries: Queries, grantId: string | null): Promise<boolean> {
    return grantId === null || (await queries.shareGrant.execute(inEpoch({ id: grantId }))).length > 0
  }

  return {
    save: (artifact) =>
      connection.write(async (queries) => {
        if (!(await stands(queries, artifact.grantId))) return false
        const { kind, replaces } = artifact
        // One after the other, so that each sees those made before in the same place.
        if (replaces !== null) await queries.lockFamily.execute({ kind, digest: replaces })
        await queries.saveArtifact.execute(inEpoch(artifact))
        return true
      }),

    find: (kind, digest) =>
      connection.read(async (queries) => {
        const [row] = await queries.artifact.execute(inEpoch({ kind, digest }))
        return row && artifactFrom(row)
      }),

    findByUserCode: (kind, userCodeDigest) =>
      connection.read(async (queries) => {
        const [row] = await queries.artifactByUserCode.execute(inEpoch({ kind, userCodeDigest }))
        return row && artifactFrom(row)
      }),

    spend: (kind, digest, grace) =>
      connection.write(async (queries) => {
        const [alive] = await queries.artifact.execute(inEpoch({ kind, digest }))
        const family = alive ? await queries.lockFamily.execute({ kind, digest }) : []
        const own = family.find((one) => one.digest.equals(digest))
        if (!own) return 'unknown'
        const siblings = family.filter((one) => one !== own)
        const hasShownSibling = siblings.some(({ consumedAt }) => consumedAt !== null)
        const hasShownSuccessor = (await queries.shownSuccessor.execute({ kind, digest })).length > 0
        const spent = spentAs({ ...own, hasShownSibling, hasShownSuccessor }, grace, own.now as Date)
        if (spent === 'spent') await queries.consumeArtifact.execute({ kind, digest })
        return spent
      }),

    remove: (kind, digest) =>
      connection.read(async (queries) => {
        await queries.deleteArtifact.execute({ kind, digest })
      }),

    once: (issuer, id, lifetime) =>
      connection.read(async (queries) => {
        const { rowCount } = await queries.showOnce.execute({ issuer, id, lifetime })
        return (rowCount ?? 0) > 0
      }),
  }
}
