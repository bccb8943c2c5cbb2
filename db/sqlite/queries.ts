import 'server-only'
import type Database from 'better-sqlite3'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import type { DatabaseState } from '../contract.ts'
import { accountQueries } from './queries/accounts.ts'
import { administrationQueries } from './queries/administration.ts'
import { artifactQueries } from './queries/artifacts.ts'
import { attemptQueries } from './queries/attempts.ts'
import { factorQueries } from './queries/factors.ts'
import { grantQueries, grantStatement } from './queries/grants.ts'
import { identityQueries } from './queries/identities.ts'
import { pendingQueries } from './queries/pending.ts'
import { endedQueries } from './queries/records.ts'
import { checkStatement, sessionQueries } from './queries/sessions.ts'

/**
 * Every statement of the store, prepared once for each opened file. Building a drizzle query costs some forty times
 * what running it does.
 */
export type Queries = ReturnType<typeof prepareQueries>

export function prepareQueries(client: Database.Database, db: BetterSQLite3Database) {
  const state = client.prepare(`select (select id from identity) as id,
    coalesce((select seq from sqlite_sequence where name = 'ended_sessions'), 0) as lastEnd,
    coalesce((select max(seq) from ended_sessions), 0) as lastRecord`)
  return {
    check: checkStatement(client, db),
    grant: grantStatement(client, db),
    ...sessionQueries(db),
    ...endedQueries(db),
    ...accountQueries(db),
    ...administrationQueries(db),
    ...attemptQueries(db),
    ...factorQueries(db),
    ...pendingQueries(db),
    ...grantQueries(db),
    ...artifactQueries(db),
    ...identityQueries(db),
    /** The sequence keeps its number when records are purged. */
    state: () => state.get() as DatabaseState,
    /** Changes when another connection, of any process, has written. */
    version: (): number => client.pragma('data_version', { simple: true }) as number,
  }
}
