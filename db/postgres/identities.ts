import 'server-only'
import type { Federation, IdentityStore, Limit, User } from '../contract.ts'
import { NEW_ACCOUNT } from '../plan/account.ts'
import { endedAlone } from '../what-ends.ts'
import { isTaken } from './failure.ts'
import type { Queries } from './queries.ts'
import { end, lock, note, type Parts } from './step.ts'
import { Held, isHeld } from './users.ts'

export function postgresIdentities({ connection }: Parts): IdentityStore {
  return {
    find: (issuer, subject) =>
      connection.read(async (queries) => (await queries.identity.execute({ issuer, subject }))[0]),

    list: (userId) => connection.read((queries) => queries.identitiesOfUser.execute({ userId })),

    create: (user, identity, event) =>
      connection
        .write(async (queries): Promise<User | 'email-taken' | 'identity-taken'> => {
          const { issuer, subject } = identity
          if ((await queries.identity.execute({ issuer, subject })).length > 0) return 'identity-taken'
          const [row] = await queries.insertUser.execute({ ...NEW_ACCOUNT, ...user, passwordHash: null })
          if (!row) return 'email-taken'
          // Looked for now: who was giving the address up has done so, or our insert would not have come through.
          if (await isHeld(queries, user.email, user.id)) throw new Held()
          await queries.insertIdentity.execute({ ...identity, userId: user.id })
          await queries.useIdentity.execute({ id: identity.id })
          await note(queries, event)
          return row
        })
        .catch((error): 'email-taken' | 'identity-taken' => {
          if (error instanceof Held) return 'email-taken'
          // Another answer was quicker.
          if (isTaken(error)) return 'identity-taken'
          throw error
        }),

    used: (id) =>
      connection.write(async (queries) => {
        await queries.useIdentity.execute({ id })
      }),

    federation: (sessionId) =>
      connection.read(async (queries) => {
        const [row] = await queries.federation.execute({ sessionId })
        if (!row) return undefined
        const { sessionId: _, ...resting } = row
        return resting
      }),

    askedAnewSince: (userId, browserDigest) =>
      connection.read(async (queries) => {
        const known = [
          ...(await queries.newestEndAskingAnew.execute({ userId })),
          ...(await queries.newestEventAskingAnew.execute({ userId })),
          ...(await queries.lockInBrowser.execute({ userId, browserDigest })),
        ]
        const newest = Math.max(0, ...known.map(({ at }) => at?.getTime() ?? 0))
        return newest > 0 ? new Date(newest) : null
      }),

    // In the order of their ids, as everybody locks sessions.
    signedOutElsewhere: ({ issuedAt, token, ...whom }) =>
      connection.write(async (queries) => {
        const { rowCount } = await queries.showOnce.execute({ issuer: whom.issuer, ...token })
        if (!rowCount) return 'again'
        await queries.deleteFederatedHalves.execute({ ...whom, issuedAtText: issuedAt.toISOString() })
        let ended = 0
        for (const { sessionId } of await queries.federatedSessions.execute({ ...whom, issuedAt })) {
          const session = await lock(queries, sessionId)
          if (!session) continue
          await end(queries, endedAlone('provider', session))
          ended += 1
        }
        return ended
      }),
  }
}

/** With the session that rests on it, in the same step. */
export async function keepFederation(
  queries: Queries,
  sessionId: string,
  federation: Federation | Limit | null | undefined,
): Promise<void> {
  if (!federation || !('issuer' in federation)) return
  const { lifetimeFrom: _, ...resting } = federation
  await queries.saveFederation.execute({ ...resting, sessionId })
}
