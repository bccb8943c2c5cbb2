import 'server-only'
import type { Federation, IdentityStore, Limit, SignedOutElsewhere, User } from '../contract.ts'
import { NEW_ACCOUNT } from '../plan/account.ts'
import { isSignedOutBy, namesOf, remembered } from '../signed-out-elsewhere.ts'
import { endedAlone } from '../what-ends.ts'
import { isTaken } from './failure.ts'
import type { Queries } from './queries.ts'
import { end, lock, note, type Parts } from './step.ts'
import { Held, isHeld } from './users.ts'

export function postgresIdentities({ connection, options }: Parts): IdentityStore {
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
        const what = { ...whom, issuedAt }
        const before = await endFederated(queries, what)
        await remember(queries, what, options.epoch())
        await queries.deleteFederatedHalves.execute({ ...whom, issuedAtText: issuedAt.toISOString() })
        // Those that had begun, and were seen by nobody yet, while the first were ended.
        return before + (await endFederated(queries, what))
      }),
  }
}

type What = Omit<SignedOutElsewhere, 'token'>

async function endFederated(queries: Queries, what: What): Promise<number> {
  let ended = 0
  for (const { sessionId } of await queries.federatedSessions.execute(what)) {
    const session = await lock(queries, sessionId)
    if (!session) continue
    await end(queries, endedAlone('provider', session))
    ended += 1
  }
  return ended
}

async function remember(queries: Queries, what: What, epoch: number): Promise<void> {
  const row = remembered(what)
  await queries.lockName.execute({ name: row.id })
  const [known] = await queries.pendingById.execute({ id: row.id })
  if (known && isSignedOutBy(known, what.issuedAt)) return
  await queries.deletePending.execute({ id: row.id })
  await queries.insertPending.execute({ ...row, epoch })
}

/**
 * The provider has signed out what this rests on, after it said so. Whichever takes the names first, sign-out or beginning,
 * the other one sees what it did. Sessions are locked before.
 */
export async function isSignedOutElsewhere(
  queries: Queries,
  federation: Federation | Limit | null | undefined,
): Promise<boolean> {
  for (const name of namesOf(federation)) {
    await queries.lockName.execute({ name })
    const [row] = await queries.pendingById.execute({ id: name })
    if (row && isSignedOutBy(row, (federation as Federation).issuedAt)) return true
  }
  return false
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
