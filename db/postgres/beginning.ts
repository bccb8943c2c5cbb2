import 'server-only'
import type { Begun, NewSession, SessionLimit, SessionStore } from '../contract.ts'
import { isAsSeen, isGood, isLocked, isNewest, mayBegin, roomFor, roomToUnlock, stands } from '../judgement.ts'
import { begun, confirmed, type LiveSession, newestGeneration, offered, reauthenticated, unlocked } from '../live.ts'
import { signedInEvent } from '../records.ts'
import { isSignedOutElsewhere, keepFederation } from './identities.ts'
import type { Queries } from './queries.ts'
import { rowFrom } from './rows.ts'
import { announce, end, lock, lockOfUser, lockSession, note, type Parts, stepBy } from './step.ts'

/** How sessions begin, and how they get a new token. */
export function beginning(
  parts: Parts,
): Pick<SessionStore, 'begin' | 'offer' | 'confirm' | 'reauthenticate' | 'lock' | 'unlock'> {
  const { connection, options } = parts

  async function begin(queries: Queries, wanted: NewSession, limit: SessionLimit): Promise<Begun> {
    const present = await lockOfUser(queries, wanted.userId, wanted.replaces)
    const [user] = await queries.user.execute({ id: wanted.userId })
    if (!mayBegin(user, wanted, options)) return { outcome: 'refused' }
    if (await isSignedOutElsewhere(queries, wanted.federation)) return { outcome: 'refused' }
    const ends = roomFor(wanted, present, limit, options)
    if (ends === 'limit-reached') return { outcome: ends }
    for (const one of ends) await end(queries, one)
    // Read when the locks are held: a session must not begin before one that it waited for.
    const [clock] = await queries.clock.execute()
    const session = begun(wanted, clock?.now as Date)
    await queries.insertSession.execute(rowFrom(session))
    await keepFederation(queries, session.id, wanted.federation)
    const { userId, browserDigest, beganAt } = session
    const [any] = await queries.anyBrowser.execute({ userId })
    // Of an account that has just been closed no browser is known either: its next sign-in is told.
    const first = user?.securityVersion === 1 && any === undefined
    const [unknown] = await queries.knowBrowser.execute({ userId, browserDigest, firstSeen: beganAt })
    await note(queries, signedInEvent(session, unknown !== undefined, first))
    const endedByLimit = ends.filter(({ ending }) => ending.reason === 'limit').length
    return { outcome: 'begun', session, endedByLimit, newDevice: unknown !== undefined }
  }

  /** The session, while it stands. */
  async function standing(queries: Queries, id: string): Promise<LiveSession | undefined> {
    const session = await lock(queries, id)
    return session && stands(session, options) ? session : undefined
  }

  return {
    begin: (wanted, limit) => connection.write((queries) => begin(queries, wanted, limit)),

    offer: (id, generation, successor, lapsedBefore) =>
      connection.write(async (queries) => {
        const session = await standing(queries, id)
        if (session?.generation !== generation) return undefined
        const isThere = session.successor && session.successor.offeredAt >= lapsedBefore
        if (isThere || successor.generation <= newestGeneration(session)) return session.successor ?? undefined
        const next = offered(session, successor)
        await queries.saveSession.execute(rowFrom(next))
        return next.successor ?? undefined
      }),

    confirm: (id, generation) =>
      connection.write(async (queries) => {
        const session = await standing(queries, id)
        if (session?.successor?.generation !== generation) return false
        await queries.saveSession.execute(rowFrom(confirmed(session, session.successor)))
        return true
      }),

    reauthenticate: (proof, digest, method, full, event, federation = null) =>
      stepBy(parts, proof, async (queries, session) => {
        if (!isNewest(session, proof)) return 'superseded'
        if (await isSignedOutElsewhere(queries, federation)) return 'session-over'
        const next = reauthenticated(session, digest, method, full, federation)
        await queries.saveSession.execute(rowFrom(next))
        await keepFederation(queries, session.id, federation)
        await note(queries, event)
        await announce(queries, { type: 'timeouts', sessionId: session.id })
        return next
      }),

    lock: (seen) =>
      connection.write(async (queries) => {
        const session = await lock(queries, seen.id)
        if (!session || session.lockedAt || !isAsSeen(session, seen) || !isLocked(session, options)) return false
        await lockSession(queries, session)
        return true
      }),

    unlock: (id, generation, by, event) =>
      connection.write(async (queries) => {
        const { userId, securityVersion } = by
        const present = await lockOfUser(queries, userId)
        const session = present.find((one) => one.id === id)
        if (session?.userId !== userId || !isLocked(session, options)) return undefined
        if (!isGood(session, generation)) return undefined
        const [user] = await queries.user.execute({ id: userId })
        if (!user || user.disabledAt || user.securityVersion !== securityVersion) return undefined
        if (await isSignedOutElsewhere(queries, by.federation)) return undefined
        const ends = roomToUnlock(session, present, by.limit, options)
        if (ends === 'limit-reached') return undefined
        for (const one of ends) await end(queries, one)
        const next = unlocked(session, by)
        await queries.saveSession.execute(rowFrom(next))
        await keepFederation(queries, id, by.federation)
        await note(queries, event)
        return next
      }),
  }
}
