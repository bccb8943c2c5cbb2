import Database from 'better-sqlite3'

/**
 * The server's own database, open from the test: how time passes in this book. Nobody sleeps; a row's instants move
 * into the past, and the server decides by the row.
 */
export interface Row {
  readonly id: string
  readonly user_id: string
  readonly generation: number
  readonly digest: Buffer
  readonly began_at: number
  readonly lifetime_from: number
  readonly last_active_at: number
  readonly renewed_at: number
  readonly remembered: number
  readonly locked_at: number | null
  /** JSON: `[["pwd", milliseconds], …]`. */
  readonly authentications: string
  readonly successor_generation: number | null
  readonly successor_offered_at: number | null
  readonly predecessor_generation: number | null
  readonly predecessor_retired_at: number | null
  readonly predecessor_retired_by: 'renewal' | 'authentication' | null
  readonly name: string | null
  readonly browser: string | null
  readonly os: string | null
  readonly ip: string | null
  readonly place: string | null
}

export interface EndedRow {
  readonly seq: number
  readonly id: string
  readonly ended_at: number
  readonly reason: string
  readonly ended_by: string | null
}

export interface EventRow {
  readonly seq: number
  readonly user_id: string | null
  readonly kind: string
  readonly session_id: string | null
  readonly detail: string
}

/** Seconds by which each instant moves into the past. */
export interface Ages {
  /** Last deliberate activity. */
  readonly lastActive?: number
  /** When it began, and with it the absolute lifetime. */
  readonly began?: number
  /** The proofs of identity, for the step-up window. */
  readonly authenticated?: number
  /** When the present token was made, for renewal. */
  readonly renewed?: number
  /** When the successor was offered, if there is one. */
  readonly offered?: number
  /** When the predecessor was retired, if there is one. */
  readonly retired?: number
}

export type Rows = ReturnType<typeof openRows>

export function openRows(file: string) {
  const db = new Database(file, { timeout: 5000 })
  const all = <T>(sql: string, ...values: unknown[]) => db.prepare(sql).all(...values) as T[]
  let since = 0
  const rowsOfTest = (table: string) =>
    all(
      `select * from ${table} where user_id is null or user_id in (select id from users where created_at >= ?)`,
      since,
    )
  const row = (id: string) => all<Row>('select * from sessions where id = ?', id)[0]
  return {
    /** The handle itself, for what has no word here. */
    db,
    row,
    endedRow: (id: string) => all<EndedRow>('select * from ended_sessions where id = ?', id)[0],
    /** Live rows of an account, oldest first. */
    sessions: (email: string) =>
      all<Row>(
        'select s.* from sessions s join users u on u.id = s.user_id where u.email = ? order by began_at',
        email.toLowerCase(),
      ),
    ended: (email: string) =>
      all<EndedRow>(
        'select e.* from ended_sessions e join users u on u.id = e.user_id where u.email = ? order by seq',
        email.toLowerCase(),
      ),
    /** Events of an account, oldest first; all of them without an address. */
    events: (email?: string) =>
      email
        ? all<EventRow>(
            'select e.* from events e join users u on u.id = e.user_id where u.email = ? order by seq',
            email.toLowerCase(),
          )
        : all<EventRow>('select * from events order by seq'),
    ageSession: (id: string, ages: Ages) => ageSession(db, row(id), ages),
    /** Throttles begin anew: each test comes from the same address as the last one. */
    forgetAttempts: () => db.prepare('delete from attempts').run(),
    /** A test begins, with people of its own. */
    beginTest() {
      db.prepare('delete from attempts').run()
      since = Date.now()
    },
    /** Of a table with people in it, the rows about nobody or about people of this test. */
    rowsOfTest: (table: string) => rowsOfTest(table),
    /**
     * Everything that a request could have written about nobody or about people of this test, as one text to compare.
     * Attempts at guessing are not in it, nor are people of earlier tests, whose sessions run out in their own time.
     */
    fingerprint: () =>
      JSON.stringify([
        all('select * from users where created_at >= ?', since),
        ...['sessions', 'ended_sessions', 'events', 'browsers'].map(rowsOfTest),
      ]),
    close: () => db.close(),
  }
}

function ageSession(db: Database.Database, row: Row | undefined, ages: Ages): void {
  if (!row) throw new Error('there is no such live session to age')
  const ms = (seconds = 0) => Math.round(seconds * 1000)
  const authentications = (JSON.parse(row.authentications) as [string, number][]).map(([method, at]) => [
    method,
    at - ms(ages.authenticated),
  ])
  db.prepare(
    `update sessions set last_active_at = last_active_at - :lastActive, began_at = began_at - :began,
       lifetime_from = lifetime_from - :began, renewed_at = renewed_at - :renewed, authentications = :authentications,
       successor_offered_at = successor_offered_at - :offered, predecessor_retired_at = predecessor_retired_at - :retired
     where id = :id`,
  ).run({
    id: row.id,
    authentications: JSON.stringify(authentications),
    lastActive: ms(ages.lastActive),
    began: ms(ages.began),
    renewed: ms(ages.renewed),
    offered: ms(ages.offered),
    retired: ms(ages.retired),
  })
}
