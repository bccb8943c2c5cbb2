import 'server-only'
import type { SessionStore } from '../contract.ts'
import { endedByCircumstances, overBecause } from '../judgement.ts'
import { moved, seen, touched } from '../live.ts'
import { KEPT, renamedEvent } from '../records.ts'
import { beginning } from './beginning.ts'
import { ending } from './ending.ts'
import { housekeeping } from './housekeeping.ts'
import { checkFrom, endedFrom, rowFrom } from './rows.ts'
import { end, live, liveOfUser, lock, note, type Parts, stepBy } from './step.ts'

/** The sessions of the embedded store. Every method is synchronous: it answers a value, not a promise. */
export function sqliteSessions(parts: Parts): SessionStore {
  return { ...reading(parts), ...beginning(parts), ...noting(parts), ...ending(parts), ...housekeeping(parts) }
}

function reading({
  connection,
  changes,
  options,
}: Parts): Pick<SessionStore, 'check' | 'find' | 'ended' | 'knowsBrowser' | 'list' | 'listEnded' | 'watch'> {
  const keptSince = () => options.clock().getTime() - KEPT * 1000
  return {
    check: (id) =>
      connection.read((queries) => {
        const values = queries.check(id)
        return values && checkFrom(values, options.clock())
      }),

    find: (id) =>
      connection.read((queries) => {
        const session = live(queries, id, options.clock())
        return session && seen(session)
      }),

    ended: (id) =>
      connection.read((queries) => {
        const row = queries.ended.get({ id, after: keptSince() })
        return row && endedFrom(row)
      }),

    knowsBrowser: (userId, browserDigest) =>
      connection.read((queries) => queries.findBrowser.get({ userId, browserDigest }) !== undefined),

    list: (userId) =>
      connection.read((queries) => {
        const standing = liveOfUser(queries, userId, options.clock()).filter(
          (one) => overBecause(one, options) === null,
        )
        return standing.sort((a, b) => b.lastActiveAt.getTime() - a.lastActiveAt.getTime()).map(seen)
      }),

    listEnded: (userId, most) =>
      connection.read((queries) => queries.endedOfUser.all({ userId, most, after: keptSince() }).map(endedFrom)),

    watch: changes.watch,
  }
}

function noting(parts: Parts): Pick<SessionStore, 'changeCircumstances' | 'touch' | 'rename'> {
  const { changes, options } = parts
  return {
    changeCircumstances(proof, to, done, event) {
      const changed = stepBy(parts, proof, (queries, session) => {
        const ended = endedByCircumstances(session, done, options)
        if (done === 'locked' && !ended) lock(queries, session, event)
        else note(queries, event, session.now)
        if (ended) end(queries, ended)
        else if (done === 'noted') queries.saveSession.run(rowFrom(moved(session, to)))
        return { lockedAt: done === 'locked' && !ended ? session.now : null }
      })
      if (changed === 'session-over') return changed
      if (changed.lockedAt) changes.locked(proof.sessionId, changed.lockedAt)
      return 'done'
    },

    touch(proof, origin, atMostEvery) {
      const noted = stepBy(parts, proof, (queries, session) => {
        const { id, lastActiveAt, ip, place } = touched(session, origin)
        if (lastActiveAt.getTime() - session.lastActiveAt.getTime() < atMostEvery * 1000) return 'not-due'
        queries.touchSession.run({ id, lastActiveAt: lastActiveAt.getTime(), ip, place })
        return lastActiveAt
      })
      if (!(noted instanceof Date)) return noted
      changes.active(proof.sessionId, noted)
      return 'noted'
    },

    rename: (proof, id, name) =>
      stepBy(parts, proof, (queries, { userId, now }) => {
        const session = live(queries, id, now)
        if (session?.userId !== userId || overBecause(session, options)) return 'not-found'
        queries.nameSession.run({ id, name })
        note(queries, renamedEvent(session, name), now)
        return 'renamed'
      }),
  }
}
