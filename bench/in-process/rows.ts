import 'server-only'
import { randomBytes } from 'node:crypto'
import Database from 'better-sqlite3'
import { randomId } from '#lib/random.ts'
import type { SessionSeal } from '#lib/session/seal.ts'
import { newToken } from '#lib/session/token.ts'
import { now } from '#lib/time.ts'

/**
 * Rows by the hundred thousand, written straight into the file: through the store it would take hours. They are
 * sessions as they look after a first renewal, all active within the last minute.
 */
export interface RowWriter {
  add(count: number): void
  /** The same, with tokens to seal. */
  addKnown(count: number): readonly SessionSeal[]
  /** Gives sessions that began through the store a predecessor as well, and puts the log into the file. */
  finish(): void
}

const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** @param perUser how many of them are of one user */
export function rowWriter(path: string, perUser: number): RowWriter {
  const db = new Database(path)
  // Nothing here is worth a sync; pages stay in memory until the end.
  db.pragma('synchronous = OFF')
  db.pragma('cache_size = -1000000')
  const session = insert(db, 'sessions', [
    ...['id', 'user_id', 'generation', 'digest', 'began_at', 'lifetime_from', 'last_active_at', 'renewed_at'],
    ...[
      'remembered',
      'epoch',
      'authentications',
      'predecessor_generation',
      'predecessor_digest',
      'predecessor_retired_at',
    ],
    ...['predecessor_retired_by', 'browser_digest', 'browser', 'os', 'kind', 'user_agent', 'ip', 'place'],
  ])
  const user = insert(db, 'users', ['id', 'name', 'email', 'password_hash', 'administrator', 'created_at'])
  let userId = ''
  let written = 0

  function addOne(id: string, digest: Buffer): void {
    const at = now().getTime() - (written % 60_000)
    if (written++ % perUser === 0) {
      userId = randomId()
      user.run(userId, 'Somebody', `${userId.toLowerCase()}${written}@example.org`, 'none', 0, at)
    }
    const bytes = randomBytes(64)
    const [before, browser] = [bytes.subarray(0, 32), bytes.subarray(32)]
    session.run(
      ...[id, userId, 1, digest, at, at, at, at, 0, 1, JSON.stringify([['pwd', at]])],
      ...[0, before, at, 'renewal', browser, 'Chrome 142', 'Linux', 'desktop', USER_AGENT, '192.0.2.7', null],
    )
  }

  return {
    add(count) {
      db.transaction(() => {
        for (let i = 0; i < count; i++) addOne(randomId(), randomBytes(32))
      })()
    },
    addKnown(count) {
      const seals = Array.from({ length: count }, () => ({ id: randomId(), generation: 1, ...newToken() }))
      db.transaction(() => {
        for (const { id, digest } of seals) addOne(id, digest)
      })()
      return seals
    },
    finish() {
      db.exec(`update sessions set predecessor_generation = 0, predecessor_digest = randomblob(32),
        predecessor_retired_at = renewed_at, predecessor_retired_by = 'renewal' where predecessor_generation is null`)
      db.pragma('wal_checkpoint(TRUNCATE)')
      db.close()
    },
  }
}

function insert(db: Database.Database, table: string, columns: readonly string[]): Database.Statement {
  return db.prepare(`insert into ${table} (${columns.join()}) values (${columns.map(() => '?').join()})`)
}
