import 'server-only'
import type { Begun, NewSession, SessionLimit, SessionStore } from '../contract.ts'
import { isAsSeen, isGood, isLocked, isNewest, mayBegin, roomFor, roomToUnlock, stands } from '../judgement.ts'
import { begun, confirmed, type LiveSession, newestGeneration, offered, reauthenticated, unlocked } from '../live.ts'
import { signedInEvent } from '../records.ts'
import { isSignedOutElsewhere, keepFederation } from './identities.ts'
import type { Queries } from './queries.ts'
import { rowFrom, userFrom } from './rows.ts'
import { end, live, liveOfUser, lock, note, type Parts, step, stepBy } from './step.ts'

/** How sessions begin, and how they get a new token. */
export function beginning(
  parts: Parts,
): Pick<SessionStore, 'begin' | 'offer' | 'confirm' | 'reauthenticate' | 'lock' | 'unlock'> {
  const { options, changes } = parts

  function begin(queries: Queries, wanted: NewSession, limit: SessionLimit, now: Date): Begun {
    const user = queries.user.get({ id: wanted.userId })
    if (!mayBegin(user && userFrom(user), wanted, options)) return { outcome: 'refused' }
    if (isSignedOutElsewhere(queries, wanted.federation)) return { outcome: 'refused' }
    const own = liveOfUser(queries, wanted.userId, now)
    const other = wanted.replaces === null ? undefined : live(queries, wanted.replaces, now)
    const present = other && other.userId !== wanted.userId ? [...own, other] : own
    const ends = roomFor(wanted, present, limit, options)
    if (ends === 'limit-reached') return { outcome: ends }
    for (const one of ends) end(queries, one)
    const session = begun(wanted, now)
    queries.insertSession.run(rowFrom(session))
    keepFederation(queries, session.id, wanted.federation)
    const { userId, browserDigest } = wanted
    // Of an account that has just been closed no browser is known either: its next sign-in is told.
    const first = user?.securityVersion === 1 && queries.anyBrowser.get({ userId }) === undefined
    const newDevice = queries.knowBrowser.get({ userId, browserDigest, firstSeen: now.getTime() }) !== undefined
    note(queries, signedInEvent(session, newDevice, first), now)
    const endedByLimit = ends.filter(({ ending }) => ending.reason === 'limit').length
    return { outcome: 'begun', session, endedByLimit, newDevice }
  }

  /** The session, while it stands. */
  function standing(queries: Queries, id: string, now: Date): LiveSession | undefined {
    const session = live(queries, id, now)
    return session && stands(session, options) ? session : undefined
  }

  return {
    begin: (wanted, limit) => step(parts, (queries, now) => begin(queries, wanted, limit, now)),

    offer: (id, generation, successor, lapsedBefore) =>
      step(parts, (queries, now) => {
        const session = standing(queries, id, now)
        if (session?.generation !== generation) return undefined
        const isThere = session.successor && session.successor.offeredAt >= lapsedBefore
        if (isThere || successor.generation <= newestGeneration(session)) return session.successor ?? undefined
        const next = offered(session, successor)
        queries.saveSession.run(rowFrom(next))
        return next.successor ?? undefined
      }),

    confirm: (id, generation) =>
      step(parts, (queries, now) => {
        const session = standing(queries, id, now)
        if (session?.successor?.generation !== generation) return false
        queries.saveSession.run(rowFrom(confirmed(session, session.successor)))
        return true
      }),

    reauthenticate(proof, digest, method, full, event, federation = null) {
      const answer = stepBy(parts, proof, (queries, session) => {
        if (!isNewest(session, proof)) return 'superseded'
        if (isSignedOutElsewhere(queries, federation)) return 'session-over'
        const next = reauthenticated(session, digest, method, full, federation)
        queries.saveSession.run(rowFrom(next))
        keepFederation(queries, session.id, federation)
        note(queries, event, session.now)
        return next
      })
      if (typeof answer !== 'string') changes.active(answer.id, answer.lastActiveAt)
      return answer
    },

    lock(seen) {
      const at = step(parts, (queries, now) => {
        const session = live(queries, seen.id, now)
        if (!session || session.lockedAt || !isAsSeen(session, seen) || !isLocked(session, options)) return null
        lock(queries, session)
        return now
      })
      if (at) changes.locked(seen.id, at)
      return at !== null
    },

    unlock: (id, generation, by, event) =>
      step(parts, (queries, now) => {
        const session = live(queries, id, now)
        const { userId, securityVersion } = by
        if (session?.userId !== userId || !isLocked(session, options)) return undefined
        if (!isGood(session, generation)) return undefined
        const user = queries.user.get({ id: userId })
        if (!user || user.disabledAt || user.securityVersion !== securityVersion) return undefined
        if (isSignedOutElsewhere(queries, by.federation)) return undefined
        const ends = roomToUnlock(session, liveOfUser(queries, userId, now), by.limit, options)
        if (ends === 'limit-reached') return undefined
        for (const one of ends) end(queries, one)
        const next = unlocked(session, by)
        queries.saveSession.run(rowFrom(next))
        keepFederation(queries, id, by.federation)
        note(queries, event, now)
        return next
      }),
  }
}
