import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { Store, StoreOptions } from '../contract.ts'
import { openStore } from '../index.ts'
import type { Cluster } from './cluster.ts'
import { type Peer, startPeer } from './peer.ts'
import { RULES } from './rules.ts'

/** A database for one test, and what a test may do to it behind the store's back. */
export interface Place {
  readonly url: string
  /** Opens it in this process, as often as one likes. */
  open(other?: Partial<StoreOptions>): Promise<Store>
  /** Opens it in another process. */
  peer(): Promise<Peer>
  /** Makes sessions older, as if nothing had happened for so many seconds. */
  age(seconds: number, id?: string): Promise<void>
  /** Makes records of ended sessions, and events, older. */
  ageRecords(seconds: number): Promise<void>
  /** Makes counted attempts older. */
  ageAttempts(seconds: number): Promise<void>
  /** Makes half-states, and mails that wait, older. */
  ageWaiting(seconds: number): Promise<void>
  /** Makes what was granted, what the protocol keeps, and relying parties that wait to be told, older. */
  ageLinked(seconds: number): Promise<void>
  /** Runs a statement and answers its rows. */
  query(statement: string): Promise<Record<string, unknown>[]>
  /** Everything that stands in the database, by table: for finding what should be nowhere, or has not changed. */
  dump(): Promise<Record<string, Record<string, unknown>[]>>
  /** Takes the database away, and brings it back. */
  takeAway(): Promise<void>
  bringBack(): Promise<void>
  remove(): Promise<void>
}

const INSTANTS = [
  'began_at',
  'lifetime_from',
  'last_active_at',
  'renewed_at',
  'successor_offered_at',
  'predecessor_retired_at',
]

const LINKED = {
  grants: ['created_at', 'last_used_at', 'expires_at'],
  artifacts: ['consumed_at', 'expires_at'],
  once_ids: ['expires_at'],
  logouts: ['created_at', 'due_at'],
}

type Own = Pick<Place, 'url' | 'query' | 'takeAway' | 'bringBack' | 'remove'>

interface Words {
  /** Makes a column older. */
  readonly back: (column: string, seconds: number) => string
  /** Names of all tables. */
  readonly tables: string
}

function place(own: Own, { back, tables }: Words): Place {
  const opened: { close(): unknown }[] = []
  const keep = <T extends { close(): unknown }>(one: T): T => {
    opened.push(one)
    return one
  }
  return {
    ...own,
    open: async (other) => keep(await openStore({ ...RULES, url: own.url, ...other })),
    peer: async () => keep(await startPeer(own.url)),
    async age(seconds, id) {
      const which = id === undefined ? '' : ` where id = '${id}'`
      await own.query(`update sessions set ${INSTANTS.map((column) => back(column, seconds)).join(', ')}${which}`)
    },
    async ageRecords(seconds) {
      await own.query(`update ended_sessions set ${back('ended_at', seconds)}`)
      await own.query(`update events set ${back('at', seconds)}`)
    },
    async ageAttempts(seconds) {
      await own.query(`update attempts set ${back('resets_at', seconds)}, ${back('window_ends_at', seconds)}`)
    },
    async ageWaiting(seconds) {
      await own.query(`update pending set ${back('created_at', seconds)}, ${back('expires_at', seconds)}`)
      await own.query(`update outbox set ${back('created_at', seconds)}, ${back('due_at', seconds)}`)
    },
    async ageLinked(seconds) {
      for (const [table, columns] of Object.entries(LINKED)) {
        await own.query(`update ${table} set ${columns.map((column) => back(column, seconds)).join(', ')}`)
      }
    },
    async dump() {
      const all: Record<string, Record<string, unknown>[]> = {}
      for (const { name } of await own.query(tables)) all[`${name}`] = await own.query(`select * from ${name}`)
      return all
    },
    async remove() {
      for (const one of opened) await one.close()
      await own.remove()
    },
  }
}

export function sqlitePlace(): Place & { readonly path: string } {
  const directory = mkdtempSync(join(tmpdir(), 'signet-sqlite-'))
  const path = join(directory, 'data', 'signet.db')
  const aside = join(directory, 'aside.db')
  const own: Own = {
    url: `file:${path}`,
    async query(statement) {
      const client = new Database(path)
      try {
        const prepared = client.prepare(statement)
        return prepared.reader ? (prepared.all() as Record<string, unknown>[]) : [{ ...prepared.run() }]
      } finally {
        client.close()
      }
    },
    takeAway: async () => renameSync(path, aside),
    bringBack: async () => renameSync(aside, path),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  }
  return {
    ...place(own, {
      back: (column, seconds) => `${column} = ${column} - ${seconds * 1000}`,
      tables: "select name from sqlite_master where type = 'table' and name not like 'sqlite%' order by name",
    }),
    path,
  }
}

export async function postgresPlace(cluster: Cluster): Promise<Place> {
  const url = await cluster.database()
  const own: Own = {
    url,
    async query(statement) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      // Of several statements, the last one answers.
      const results = await client.query(statement).finally(() => client.end())
      return [results].flat().at(-1)?.rows ?? []
    },
    takeAway: () => cluster.stop(),
    bringBack: () => cluster.start(),
    remove: async () => undefined,
  }
  return place(own, {
    back: (column, seconds) => `${column} = ${column} - interval '${seconds} seconds'`,
    tables: "select table_name as name from information_schema.tables where table_schema = 'public' order by 1",
  })
}
