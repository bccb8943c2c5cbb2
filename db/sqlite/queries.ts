import 'server-only'
import type Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { accountQueries } from './queries/accounts.ts'
import { administrationQueries } from './queries/administration.ts'
import { attemptQueries } from './queries/attempts.ts'
import { factorQueries } from './queries/factors.ts'
import { pendingQueries } from './queries/pending.ts'
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
    ...administrationQueries(db),
    ...attemptQueries(db),
    ...factorQueries(db),
    ...pendingQueries(db),
    /** Kept when records are purged. */
    lastEnd: (): number =>
      (client.prepare("select seq from sqlite_sequence where name = 'ended_sessions'").pluck().get() as number) ?? 0,
    /** Changes when another connection, of any process, has written. */
    version: (): number => client.pragma('data_version', { simple: true }) as number,
  }
}
