import 'server-only'
import { getTableColumns, type Placeholder, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import { sessions } from '../schema.ts'

/** Values that a prepared statement is given when it runs. */
export const p = sql.placeholder

/** For `set`, which takes no bare placeholder. */
export const to = (name: string) => sql`${p(name)}`

/** A placeholder for each column, named like it. */
export function columns<T extends PgTable>(table: T) {
  const names = Object.keys(getTableColumns(table))
  return Object.fromEntries(names.map((name) => [name, p(name)])) as {
    [K in keyof T['$inferInsert']]-?: Placeholder
  }
}

/** The database's time, read by the statement itself. */
export const now = sql`statement_timestamp()`.mapWith(sessions.beganAt).as('now')

export const ago = (seconds: string) => sql`statement_timestamp() - make_interval(secs => ${p(seconds)})`

export const ahead = (seconds: string) => sql`statement_timestamp() + make_interval(secs => ${p(seconds)})`

/** The whole row and when it was read. */
export const all = { ...getTableColumns(sessions), now }
