import 'server-only'
import type { SessionStore } from '../contract.ts'
import { endedByCircumstances, overBecause } from '../judgement.ts'
import { moved, seen, touched } from '../live.ts'
import { KEPT, renamedEvent } from '../records.ts'
import { beginning } from './beginning.ts'
import { ending } from './ending.ts'
import { housekeeping } from './housekeeping.ts'
import { checkFrom, endedFrom, liveFrom, rowFrom } from './rows.ts'
import { announce, end, lockSession, note, type Parts, stepBy } from './step.ts'

/** The sessions of the Postgres store. */
export function postgresSessions(parts: Parts): SessionStore {
  return { ...reading(parts), ...beginning(parts), ...noting(parts), ...ending(parts), ...housekeeping(parts) }
}

function reading({
  connection,
  changes,
  options,
}: Parts): Pick<SessionStore, 'check' | 'find' | 'ended' | 'knowsBrowser' | 'list' | 'listEnded' | 'watch'> {
  return {
    check: (id) =>
      connection.read(async (queries) => {
        const [row] = await queries.check.execute({ id })
        return row && checkFrom(row)
      }),

    find: (id) =>
      connection.read(async (queries) => {
        const [row] = await queries.find.execute({ id })
        return row && seen(liveFrom(row))
      }),

    ended: (id) =>
      connection.read(async (queries) => {
        const [row] = await queries.ended.execute({ id, kept: KEPT })
        return row && endedFrom(row)
      }),

    knowsBrowser: (userId, browserDigest) =>
      connection.read(async (queries) => (await queries.findBrowser.execute({ userId, browserDigest })).length > 0),

    list: (userId) =>
      connection.read(async (queries) => {
        const sessions = (await queries.list.execute({ userId })).map(liveFrom)
        return sessions.filter((session) => overBecause(session, options) === null).map(seen)
      }),

    listEnded: (userId, most) =>
      connection.read(async (queries) =>
        (await queries.endedOfUser.execute({ userId, most, kept: KEPT })).map(endedFrom),
      ),

    watch: changes.watch,
  }
}

function noting(parts: Parts): Pick<SessionStore, 'changeCircumstances' | 'touch' | 'rename'> {
  return {
    changeCircumstances: (proof, to, done, event) =>
      stepBy(parts, proof, async (queries, session): Promise<'done'> => {
        const ended = endedByCircumstances(session, done, parts.options)
        if (done === 'locked' && !ended) await lockSession(queries, session, event)
        else await note(queries, event)
        if (ended) await end(queries, ended)
        else if (done === 'noted') await queries.saveSession.execute(rowFrom(moved(session, to)))
        return 'done'
      }),

    touch: (proof, origin, atMostEvery) =>
      stepBy(parts, proof, async (queries, session) => {
        const { id, lastActiveAt, ip, place } = touched(session, origin)
        if (lastActiveAt.getTime() - session.lastActiveAt.getTime() < atMostEvery * 1000) return 'not-due'
        await queries.touchSession.execute({ id, lastActiveAt, ip, place })
        await announce(queries, { type: 'timeouts', sessionId: id })
        return 'noted'
      }),

    rename: (proof, id, name) =>
      stepBy(
        parts,
        proof,
        async (queries, { userId }, other) => {
          if (other?.userId !== userId || overBecause(other, parts.options)) return 'not-found'
          await queries.nameSession.execute({ id, name })
          await note(queries, renamedEvent(other, name))
          return 'renamed'
        },
        id,
      ),
  }
}
