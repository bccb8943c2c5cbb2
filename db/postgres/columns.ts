import { customType } from 'drizzle-orm/pg-core'

/** Column types of the Postgres store. Each passes null through, since one prepared statement writes either. */

/** Milliseconds, as a JavaScript date has them: what is read back equals what was written. */
export const instant = customType<{ data: Date; driverData: string | Date }>({
  dataType: () => 'timestamp (3) with time zone',
  fromDriver: (value) => new Date(value),
})

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

export const json = <T>() =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'jsonb',
    toDriver: (value) => JSON.stringify(value),
    // The driver has parsed it.
    fromDriver: (value) => value as T,
  })
