import 'server-only'
import { sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { accountQueries } from './queries/accounts.ts'
import { administrationQueries } from './queries/administration.ts'
import { artifactQueries } from './queries/artifacts.ts'
import { attemptQueries } from './queries/attempts.ts'
import { factorQueries } from './queries/factors.ts'
import { grantQueries } from './queries/grants.ts'
import { identityQueries } from './queries/identities.ts'
import { lockingQueries } from './queries/locks.ts'
import { pendingQueries } from './queries/pending.ts'
import { now, p } from './queries/placeholders.ts'
import { endedQueries } from './queries/records.ts'
import { sessionQueries } from './queries/sessions.ts'

/**
 * Every statement of the store, built once for the pool and once for each of its connections, on which transactions
 * run; the server keeps each by its name. Rows come with the time of their statement, so that all nodes go by one
 * clock.
 */
export type Queries = ReturnType<typeof prepareQueries>

export function prepareQueries(db: NodePgDatabase) {
  return {
    ...sessionQueries(db),
    ...lockingQueries(db),
    ...endedQueries(db),
    ...accountQueries(db),
    ...administrationQueries(db),
    ...attemptQueries(db),
    ...factorQueries(db),
    ...pendingQueries(db),
    ...grantQueries(db),
    ...artifactQueries(db),
    ...identityQueries(db),
    clock: db.select({ now }).from(sql`(select 1) as one`).prepare('clock'),
    readOnly: db
      .select({ readOnly: sql<string>`current_setting('transaction_read_only')` })
      .from(sql`(select 1) as one`)
      .prepare('read_only'),
    /** Held to the end of the step: for what has no row yet. */
    lockName: db
      .select({ held: sql`pg_advisory_xact_lock(hashtextextended(${p('name')}, 0))` })
      .from(sql`(select 1) as one`)
      .prepare('lock_name'),
    /** Reaches the listeners of all nodes when the transaction commits, and nobody when it does not. */
    notify: db
      .select({ sent: sql`pg_notify('signet', ${p('change')})` })
      .from(sql`(select 1) as one`)
      .prepare('notify'),
  }
}
