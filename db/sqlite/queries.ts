import 'server-only'
import type Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { accountQueries } from './queries/accounts.ts'
import { attemptQueries } from './queries/attempts.ts'
import { endedQueries } from './queries/records.ts'
import { checkStatement, sessionQueries } from './queries/sessions.ts'

/**
 * Every statement of the store, prepared once for each opened file. Building a drizzle query costs some forty times
 * what running it does.
 */
export type Queries = ReturnType<typeof prepareQueries>

export function prepareQueries(client: Database.Database, db: BetterSQLite3Database) {
  return {
    check: checkStatement(client, db),
    ...sessionQueries(db),
    ...endedQueries(db),
    ...accountQueries(db),
    ...attemptQueries(db),
    /** Changes when another connection, of any process, has written. */
    version: (): number => client.pragma('data_version', { simple: true }) as number,
  }
}
