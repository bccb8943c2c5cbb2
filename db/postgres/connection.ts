import 'server-only'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { DatabaseState, StoreOptions } from '../contract.ts'
import { failure, isBroken, mayRepeat } from './failure.ts'
import { prepareQueries, type Queries } from './queries.ts'

/** A pool of connections, their statements, and what happens when the database cannot be reached. */
export interface Connection {
  /** @throws StoreUnavailable */
  read<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** Runs `work` in a transaction. @throws StoreUnavailable */
  write<T>(work: (queries: Queries) => Promise<T>): Promise<T>
  /** @throws StoreUnavailable */
  state(): Promise<DatabaseState>
  /** Looks whether an older copy has taken the database's place. @throws StoreUnavailable */
  verify(): Promise<void>
  close(): Promise<void>
}

/** Milliseconds. Nobody waits longer for a page than this takes together. */
const CONNECT = 2000
const STATEMENT = 5000

/** An acknowledged sign-out survives a power loss, however the server is set up. */
const SESSION = '-c synchronous_commit=on -c TimeZone=UTC -c DateStyle=ISO -c idle_in_transaction_session_timeout=5000'

export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: CONNECT,
    statement_timeout: STATEMENT,
    // For a network that swallows answers: the server's own timeout cannot be heard then.
    query_timeout: STATEMENT + 1000,
    keepAlive: true,
    application_name: 'signet',
    options: SESSION,
  }
}

export function connect({ url, log, verify }: Pick<StoreOptions, 'url' | 'log' | 'verify'>): Connection {
  const pool = new pg.Pool({
    ...clientConfig(url),
    max: 10,
    allowExitOnIdle: true,
    // A server that was restored has lost its connections: nothing is read over a new one before this.
    verify: (client, done) => void verified(client, verify).then(() => done(), done),
  })
  // An idle connection was cut: nobody asked anything of it, and the next call opens another.
  pool.on('error', () => undefined)
  const reader = withoutNul(prepareQueries(drizzle(pool)))
  const prepared = new WeakMap<pg.PoolClient, Queries>()
  let migrated: Promise<void> | true | undefined
  let ended: Promise<void> | undefined
  let available = true

  function ready(): Promise<void> | true {
    migrated ??= migrateAlone(url).then(
      () => {
        migrated = true
      },
      (error) => {
        migrated = undefined
        throw error
      },
    )
    return migrated
  }

  function queriesOn(client: pg.PoolClient): Queries {
    const known = prepared.get(client)
    if (known) return known
    const queries = withoutNul(prepareQueries(drizzle(client)))
    prepared.set(client, queries)
    return queries
  }

  async function transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await pool.connect()
    try {
      await client.query('begin')
      const result = await work(queriesOn(client))
      await client.query('commit')
      client.release()
      return result
    } catch (error) {
      // A connection in an unknown state is not used again; closing it rolls back.
      const broken = isBroken(error) || !(await rolledBack(client))
      client.release(broken)
      throw error
    }
  }

  /** Tells the log once when the database goes and when it comes back, not at every request. */
  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      const pending = ready()
      if (pending !== true) await pending
      const result = await work()
      if (!available) log('database available again', {})
      available = true
      return result
    } catch (error) {
      const { unavailable, cause } = failure(error)
      if (!unavailable) throw cause
      if (available) log('database unavailable', { cause: String(cause) })
      available = false
      throw unavailable
    }
  }

  return {
    read: (work) => guarded(() => work(reader)),
    write: (work) =>
      guarded(() => transaction(work).catch((error) => (mayRepeat(error) ? transaction(work) : Promise.reject(error)))),
    state: () => guarded(() => stateOf(pool)),
    verify: () => guarded(() => verified(pool, verify)),
    close() {
      ended ??= pool.end()
      return ended
    },
  }
}

/** The sequence keeps its number when records are purged. */
const STATE = `select (select id from identity) as "id",
  coalesce(pg_sequence_last_value('ended_sessions_seq_seq'), 0)::float8 as "lastEnd",
  coalesce((select max(seq) from ended_sessions), 0)::float8 as "lastRecord"`

async function stateOf(on: pg.Pool | pg.ClientBase): Promise<DatabaseState> {
  const { rows } = await on.query<DatabaseState>(STATE)
  if (!rows[0]) throw new Error('a database without a state')
  return rows[0]
}

async function verified(on: pg.Pool | pg.ClientBase, verify: StoreOptions['verify']): Promise<void> {
  const found = verify?.()
  if (found) found(await stateOf(on))
}

/**
 * Postgres keeps no NUL in a text and refuses the whole statement. It goes there as U+FFFD, like everything else that
 * UTF-8 cannot hold, and so finds nothing.
 */
function withoutNul(queries: Queries): Queries {
  for (const query of Object.values(queries) as { execute(values?: Record<string, unknown>): unknown }[]) {
    const execute = query.execute.bind(query)
    query.execute = (values = {}) =>
      execute(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, storable(value)])))
  }
  return queries
}

function storable(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  return client.query('rollback').then(
    () => true,
    () => false,
  )
}

/** "signet" in ASCII. Nodes that start together make the tables one after the other. */
const MIGRATING = 0x7369676e

async function migrateAlone(url: string): Promise<void> {
  const client = new pg.Client({ ...clientConfig(url), statement_timeout: 0, query_timeout: 0 })
  // Without a listener a lost connection would end the process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATING])
    await migrate(drizzle(client), { migrationsFolder: join(process.cwd(), 'db/postgres/migrations') })
  } finally {
    await client.end()
  }
}
