import 'server-only'
import type { EventStore } from '../contract.ts'
import { eventFrom } from './rows.ts'
import { note, type Parts } from './step.ts'

export function postgresEvents({ connection }: Parts): EventStore {
  return {
    append: (event) => connection.write((queries) => note(queries, event)),

    list: ({ userId, kinds, before, most }) =>
      connection.read(async (queries) => {
        const page = { userId, kinds, most, before: before ?? Number.MAX_SAFE_INTEGER }
        return (await queries.eventsOfUser.execute(page)).map(eventFrom)
      }),
  }
}
