import 'server-only'
import type { Federation, Identity, IdentityStore, Limit, SignedOutElsewhere } from '../contract.ts'
import { NEW_ACCOUNT } from '../plan/account.ts'
import { isSignedOutBy, namesOf, remembered } from '../signed-out-elsewhere.ts'
import { endedAlone } from '../what-ends.ts'
import type { Queries } from './queries.ts'
import { pendingFrom, userFrom } from './rows.ts'
import type { identities } from './schema.ts'
import { end, live, note, type Parts, step } from './step.ts'
import { isHeld } from './users.ts'

export function sqliteIdentities(parts: Parts): IdentityStore {
  const { connection, options } = parts
  return {
    find: (issuer, subject) =>
      connection.read((queries) => {
        const row = queries.identity.get({ issuer, subject })
        return row && identityFrom(row)
      }),

    list: (userId) => connection.read((queries) => queries.identitiesOfUser.all({ userId }).map(identityFrom)),

    create: (user, identity, event) =>
      step(parts, (queries, now) => {
        if (queries.identity.get({ issuer: identity.issuer, subject: identity.subject })) return 'identity-taken'
        if (isHeld(queries, user.email, '', now)) return 'email-taken'
        const at = { createdAt: now.getTime() }
        const row = queries.insertUser.get({ ...NEW_ACCOUNT, ...user, passwordHash: null, ...at })
        if (!row) return 'email-taken'
        queries.insertIdentity.run({ ...identity, userId: user.id, ...at, lastUsedAt: now.getTime() })
        note(queries, event, now)
        return userFrom(row)
      }),

    used: (id) =>
      step(parts, (queries, now) => {
        queries.useIdentity.run({ id, now: now.getTime() })
      }),

    federation: (sessionId) =>
      connection.read((queries) => {
        const row = queries.federation.get({ sessionId })
        if (!row) return undefined
        const { sessionId: _, issuedAt, ...resting } = row
        return { ...resting, issuedAt: new Date(issuedAt) }
      }),

    askedAnewSince: (userId, browserDigest) =>
      connection.read((queries) => {
        const known = [
          queries.newestEndAskingAnew.get({ userId }),
          queries.newestEventAskingAnew.get({ userId }),
          queries.lockInBrowser.get({ userId, browserDigest }),
        ]
        const newest = Math.max(...known.map((one) => one?.at ?? 0))
        return newest > 0 ? new Date(newest) : null
      }),

    signedOutElsewhere: ({ issuedAt, token: { id, lifetime }, ...whom }) =>
      step(parts, (queries, now) => {
        const at = now.getTime()
        const shown = { issuer: whom.issuer, id, now: at, expiresAt: at + lifetime * 1000 }
        if (queries.showOnce.run(shown).changes === 0) return 'again'
        remember(queries, { ...whom, issuedAt }, now, options.epoch())
        queries.deleteFederatedHalves.run({ ...whom, issuedAtText: issuedAt.toISOString() })
        const found = queries.federatedSessions.all({ ...whom, issuedAt: issuedAt.getTime() })
        for (const { sessionId } of found) {
          const session = live(queries, sessionId, now)
          if (session) end(queries, endedAlone('provider', session))
        }
        return found.length
      }),
  }
}

function remember(queries: Queries, what: Omit<SignedOutElsewhere, 'token'>, now: Date, epoch: number): void {
  const { lifetime, detail, ...row } = remembered(what)
  const known = queries.pendingById.get({ id: row.id })
  if (known && isSignedOutBy(pendingFrom(known), what.issuedAt)) return
  queries.deletePending.run({ id: row.id })
  const createdAt = now.getTime()
  const times = { createdAt, expiresAt: createdAt + lifetime * 1000 }
  queries.insertPending.run({ ...row, ...times, detail: JSON.stringify(detail), epoch })
}

/** The provider has signed out what this rests on, after it said so. */
export function isSignedOutElsewhere(queries: Queries, federation: Federation | Limit | null | undefined): boolean {
  return namesOf(federation).some((id) => {
    const row = queries.pendingById.get({ id })
    return row !== undefined && isSignedOutBy(pendingFrom(row), (federation as Federation).issuedAt)
  })
}

/** With the session that rests on it, in the same step. */
export function keepFederation(
  queries: Queries,
  sessionId: string,
  federation: Federation | Limit | null | undefined,
): void {
  if (!federation || !('issuer' in federation)) return
  const { lifetimeFrom: _, issuedAt, ...resting } = federation
  queries.saveFederation.run({ ...resting, sessionId, issuedAt: issuedAt.getTime() })
}

function identityFrom({ createdAt, lastUsedAt, ...row }: typeof identities.$inferSelect): Identity {
  return { ...row, createdAt: new Date(createdAt), lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt) }
}
