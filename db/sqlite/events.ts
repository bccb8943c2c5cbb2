import 'server-only'
import type { EventStore } from '../contract.ts'
import { isAdministrator } from '../figures.ts'
import { eventFrom, userFrom } from './rows.ts'
import { note, type Parts, step, stepBy } from './step.ts'

export function sqliteEvents(parts: Parts): EventStore {
  return {
    append: (event) => step(parts, (queries, now) => note(queries, event, now)),

    appendBy: (proof, event) =>
      stepBy(parts, proof, (queries, { now, userId }) => {
        const user = queries.user.get({ id: userId })
        if (!isAdministrator(user && userFrom(user))) return 'session-over'
        note(queries, event, now)
        return 'appended'
      }),

    find: (seq) =>
      parts.connection.read((queries) => {
        const row = queries.event.get({ seq })
        return row && eventFrom(row)
      }),

    list: ({ userId, kinds, sessionId = null, before, most }) =>
      parts.connection.read((queries) =>
        queries.eventsOfUser
          .all({ userId, kinds: JSON.stringify(kinds), sessionId, before: before ?? Number.MAX_SAFE_INTEGER, most })
          .map(eventFrom),
      ),
  }
}
