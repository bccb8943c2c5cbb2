import 'server-only'
import type { Begun, NewSession, SessionLimit, SessionStore } from '../contract.ts'
import { isNewest, overBecause, roomFor } from '../judgement.ts'
import { begun, confirmed, type LiveSession, newestGeneration, offered, reauthenticated } from '../live.ts'
import { signedInEvent } from '../records.ts'
import type { Queries } from './queries.ts'
import { rowFrom } from './rows.ts'
import { announce, end, lock, lockOfUser, note, type Parts, stepBy } from './step.ts'

/** How sessions begin, and how they get a new token. */
export function beginning(parts: Parts): Pick<SessionStore, 'begin' | 'offer' | 'confirm' | 'reauthenticate'> {
  const { connection, options } = parts

  async function begin(queries: Queries, wanted: NewSession, limit: SessionLimit): Promise<Begun> {
    const present = await lockOfUser(queries, wanted.userId, wanted.replaces)
    const ends = roomFor(wanted, present, limit, options)
    if (ends === 'limit-reached') return { outcome: ends }
    for (const one of ends) await end(queries, one)
    // Read when the locks are held: a session must not begin before one that it waited for.
    const [clock] = await queries.clock.execute()
    const session = begun(wanted, clock?.now as Date)
    await queries.insertSession.execute(rowFrom(session))
    const { userId, browserDigest, beganAt } = session
    const [unknown] = await queries.knowBrowser.execute({ userId, browserDigest, firstSeen: beganAt })
    await note(queries, signedInEvent(session, unknown !== undefined))
    const endedByLimit = ends.filter(({ ending }) => ending.reason === 'limit').length
    return { outcome: 'begun', session, endedByLimit, newDevice: unknown !== undefined }
  }

  /** The session, while it stands. */
  async function standing(queries: Queries, id: string): Promise<LiveSession | undefined> {
    const session = await lock(queries, id)
    return session && overBecause(session, options) === null ? session : undefined
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

    reauthenticate: (proof, digest, method, full, event) =>
      stepBy(parts, proof, async (queries, session) => {
        if (!isNewest(session, proof)) return 'superseded'
        const next = reauthenticated(session, digest, method, full)
        await queries.saveSession.execute(rowFrom(next))
        await note(queries, event)
        await announce(queries, { type: 'timeouts', sessionId: session.id })
        return next
      }),
  }
}
