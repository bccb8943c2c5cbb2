import 'server-only'
import type { EventStore } from '../contract.ts'
import { eventFrom } from './rows.ts'
import { note, type Parts, step } from './step.ts'

export function sqliteEvents(parts: Parts): EventStore {
  return {
    append: (event) => step(parts, (queries, now) => note(queries, event, now)),

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
