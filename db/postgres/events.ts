import 'server-only'
import type { EventStore } from '../contract.ts'
import { isAdministrator } from '../figures.ts'
import { holds } from '../judgement.ts'
import { eventFrom, liveFrom } from './rows.ts'
import { note, type Parts } from './step.ts'

const LAST = Number.MAX_SAFE_INTEGER

export function postgresEvents({ connection, options }: Parts): EventStore {
  return {
    append: (event) => connection.write((queries) => note(queries, event)),

    appendBy: (proof, event) =>
      connection.write(async (queries) => {
        // The user first, as everywhere.
        await queries.lockUser.execute({ id: proof.userId })
        const [row] = await queries.share.execute({ id: proof.sessionId })
        const [user] = await queries.user.execute({ id: proof.userId })
        if (!holds(row && liveFrom(row), proof, options) || !isAdministrator(user)) return 'session-over'
        await note(queries, event)
        return 'appended'
      }),

    find: (seq) =>
      connection.read(async (queries) => {
        const [row] = await queries.event.execute({ seq })
        return row && eventFrom(row)
      }),

    list: ({ userId, kinds, sessionId = null, before, most }) =>
      connection.read(async (queries) => {
        // Beyond the column's range the statement would be refused; nothing has a `seq` there.
        const page = { userId, kinds, sessionId, most, before: Math.max(0, Math.min(before ?? LAST, LAST)) }
        return (await queries.eventsOfUser.execute(page)).map(eventFrom)
      }),
  }
}
