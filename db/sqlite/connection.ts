import 'server-only'
import { closeSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { performance } from 'node:perf_hooks'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { type StoreOptions, StoreUnavailable } from '../contract.ts'
import { prepareQueries, type Queries } from './queries.ts'

/**
 * One open database file, its statements, and what happens when the file is gone, replaced, full or locked: every
 * call answers `StoreUnavailable` until it works again, and none needs a restart for that.
 */
export interface Connection {
  /** @throws StoreUnavailable */
  read<T>(work: (queries: Queries) => T): T
  /** Makes the next read look at the file first. */
  look(): void
  /** Runs `work` in `BEGIN IMMEDIATE`, so that what it reads is still so when it writes. @throws StoreUnavailable */
  write<T>(work: (queries: Queries) => T): T
  /**
   * The same for what may be forgotten in a power loss, such as the last counted attempts: the process does not stand
   * still until the disk has it. Nothing else is weaker for it: the next `write` takes it to the disk as well.
   * @throws StoreUnavailable
   */
  writeLightly<T>(work: (queries: Queries) => T): T
  close(): void
}

interface Opened {
  readonly client: Database.Database
  readonly queries: Queries
  readonly transaction: <T>(work: () => T) => T
  /** Device and inode: a path may come to name another file. */
  readonly file: string | null
  readonly logFile: string | null
}

/** Reads look at the path this often, writes each time. Milliseconds. */
const LOOK_AGAIN = 250
/** How long a writer waits for another process's transaction. Milliseconds. */
const BUSY = 2000

export function connect(path: string, { log, verify }: Pick<StoreOptions, 'log' | 'verify'>): Connection {
  let opened: Opened | undefined
  let existed = false
  let closed = false
  let available = true
  let lookedAt = Number.NEGATIVE_INFINITY

  function usable(): Opened {
    if (closed) throw new StoreUnavailable(new Error('the store is closed'))
    const file = fileAt(path)
    // A database that has vanished is never replaced by an empty one. Its handle is kept: it may come back.
    if (existed && file === null) throw new StoreUnavailable(new Error('the database file is gone'))
    if (!opened || opened.file !== file) opened = reopen()
    existed = true
    lookedAt = performance.now()
    if (!available) log('database available again', {})
    available = true
    return opened
  }

  function reopen(): Opened {
    const before = opened
    if (before) completed(before)
    forget()
    if (before) setLogAside(path, before)
    const next = openFile(path)
    verified(next.queries, verify)
    return next
  }

  function forget(): void {
    opened?.client.close()
    opened = undefined
  }

  /** Whatever made the database unusable, the next call begins by looking at the file, most begin by opening it. */
  function failed(error: unknown): unknown {
    if (!isOutage(error)) return error
    lookedAt = Number.NEGATIVE_INFINITY
    if (isSqlite(error) && !error.code.startsWith('SQLITE_BUSY')) forget()
    const unavailable = error instanceof StoreUnavailable ? error : new StoreUnavailable(error)
    if (available && !closed) log('database unavailable', { cause: String(unavailable.cause) })
    available = false
    return unavailable
  }

  function change<T>(work: (queries: Queries) => T, sync: 'FULL' | 'NORMAL' = 'FULL'): T {
    try {
      const { client, transaction, queries, file } = usable()
      return withSync(client, sync, () =>
        transaction(() => {
          const result = work(queries)
          // Nothing is acknowledged that would land in a file without a name.
          if (fileAt(path) !== file) throw new StoreUnavailable(new Error('the database file was replaced'))
          return result
        }),
      )
    } catch (error) {
      throw failed(error)
    }
  }

  return {
    read(work) {
      try {
        const fresh = opened !== undefined && performance.now() - lookedAt < LOOK_AGAIN
        return work((fresh && opened ? opened : usable()).queries)
      } catch (error) {
        throw failed(error)
      }
    },
    look() {
      lookedAt = Number.NEGATIVE_INFINITY
    },
    write: change,
    writeLightly(work) {
      return change(work, 'NORMAL')
    },
    close() {
      closed = true
      forget()
    },
  }
}

/**
 * Opens the file, creating it for its owner alone. `synchronous=FULL` makes the log reach the disk before a commit is
 * answered: an acknowledged sign-out survives a power loss.
 */
export function openFile(path: string): Opened {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  closeSync(openSync(path, 'a', 0o600))
  const client = new Database(path, { fileMustExist: true, timeout: BUSY })
  try {
    client.pragma('journal_mode = WAL')
    client.pragma('synchronous = FULL')
    client.pragma('foreign_keys = ON')
    // Kibibytes. Enough for the sessions of a hundred thousand people; a check that finds its page here reads no file.
    client.pragma('cache_size = -64000')
    const db = drizzle(client)
    migrateOnce(() => migrate(db, { migrationsFolder: join(process.cwd(), 'db/sqlite/migrations') }))
    const transaction = client.transaction((work: () => unknown) => work()).immediate as Opened['transaction']
    const queries = prepareQueries(client, db)
    return { client, queries, transaction, file: fileAt(path), logFile: fileAt(`${path}-wal`) }
  } catch (error) {
    client.close()
    throw error
  }
}

/** Before anything else is read of a database that may have been replaced. */
export function verified(queries: Queries, verify: StoreOptions['verify']): void {
  verify?.()(queries.state())
}

/** Whatever file was moved away gets what stands in its log still: it may be brought back. */
function completed({ client }: Opened): void {
  try {
    client.pragma('wal_checkpoint(truncate)')
  } catch {
    // Its disk may be gone with it.
  }
}

/** Runs `work`, which writes, with less or more waiting for the disk; afterwards it is `FULL` again. */
export function withSync<T>(client: Database.Database, sync: 'FULL' | 'NORMAL', work: () => T): T {
  if (sync === 'FULL') return work()
  client.pragma(`synchronous = ${sync}`)
  try {
    return work()
  } finally {
    if (client.open) client.pragma('synchronous = FULL')
  }
}

/**
 * SQLite would play the log of a database that was replaced into the file that now stands in its place. Its log goes
 * aside then, and is not thrown away: whoever moved the database may want the rest of it.
 */
function setLogAside(path: string, before: Opened): void {
  if (before.logFile === null || fileAt(`${path}-wal`) !== before.logFile) return
  renameSync(`${path}-wal`, `${path}-wal-of-replaced`)
  rmSync(`${path}-shm`, { force: true })
}

/** Two processes may start at once: the second finds that the first has made the tables meanwhile. */
function migrateOnce(run: () => void): void {
  try {
    run()
  } catch {
    run()
  }
}

function fileAt(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found ? `${found.dev}:${found.ino}` : null
}

const OUTAGES =
  /^SQLITE_(BUSY|LOCKED|READONLY|IOERR|CORRUPT|FULL|CANTOPEN|NOTADB|PROTOCOL|PERM|NOLFS|NOMEM|INTERRUPT|AUTH|SCHEMA)/

/** Behind one code with bugs: a table or a column is missing, so this is not the database that Signet has made. */
const NOT_OURS = /^no such (?:table|column)|has no column named/

function isOutage(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return true
  if (isSqlite(error)) return OUTAGES.test(error.code) || NOT_OURS.test(error.message)
  // From the file system: ENOENT, EACCES, EROFS, ENOSPC, …
  return error instanceof Error && 'errno' in error
}

function isSqlite(error: unknown): error is Error & { code: string } {
  return error instanceof Database.SqliteError
}
