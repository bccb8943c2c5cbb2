import 'server-only'
import { getTableColumns, type Placeholder, sql } from 'drizzle-orm'
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'

/** Values that a prepared statement is given when it runs. */
export const p = sql.placeholder

/** For `set`, which takes no bare placeholder. */
export const to = (name: string) => sql`${p(name)}`

/** A placeholder for each column, named like it. */
export function columns<T extends SQLiteTable>(table: T) {
  const names = Object.keys(getTableColumns(table))
  return Object.fromEntries(names.map((name) => [name, p(name)])) as {
    [K in keyof T['$inferInsert']]-?: Placeholder
  }
}
