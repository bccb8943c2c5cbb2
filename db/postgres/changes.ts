import 'server-only'
import { performance } from 'node:perf_hooks'
import pg from 'pg'
import type { EndReason, SessionChange, StoreOptions } from '../contract.ts'
import { type Connection, clientConfig } from './connection.ts'

/**
 * Tells listeners what happened to sessions on any node. Changes are sent by `NOTIFY` inside their transactions, so
 * they arrive when it commits and not when it does not. A connection of its own listens; when it was lost, the
 * records of sessions that ended meanwhile are read, so that no end is missed and none told twice.
 */
export interface Changes {
  watch(listener: (change: SessionChange) => void): () => void
  close(): Promise<void>
}

/** A change as its transaction sent it: JSON knows no dates. */
type Announced =
  | { type: 'ended'; sessionId: string; reason: EndReason; at: string }
  | { type: 'locked'; sessionId: string; at: string }
  | { type: 'timeouts'; sessionId: string }

/** Between two tries to listen again. Milliseconds. */
const FIRST_WAIT = 50
const LONGEST_WAIT = 1000
/** A connection that was cut silently is noticed by asking. Milliseconds. */
const HEARTBEAT = 2000
/** A transaction may commit this much later than the time in its record. Milliseconds. */
const LATEST = 30_000

export function followChanges(connection: Connection, { url, log }: Pick<StoreOptions, 'url' | 'log'>): Changes {
  const listeners = new Set<(change: SessionChange) => void>()
  const told = new Map<string, number>()
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let wait = FIRST_WAIT
  let complained = false
  /** Database times, in milliseconds: since when ends are told, and up to when they are known. */
  let since: number | null = null
  let known = 0
  let startedAt = 0

  async function listen(): Promise<void> {
    const own = new pg.Client({ ...clientConfig(url), query_timeout: HEARTBEAT })
    client = own
    own.on('notification', ({ payload }) => receive(payload ?? ''))
    own.on('error', () => lost(own))
    own.on('end', () => lost(own))
    try {
      await own.connect()
      await own.query('listen signet')
      await catchUp()
      wait = FIRST_WAIT
      complained = false
      beat(own)
    } catch (error) {
      // It is tried each second: once is enough to be told.
      if (!complained) log('cannot listen for changes', { cause: String(error) })
      complained = true
      lost(own)
    }
  }

  function lost(former: pg.Client): void {
    if (client !== former) return
    client = undefined
    clearTimeout(timer)
    former.end().catch(() => undefined)
    if (listeners.size === 0) return
    timer = setTimeout(listen, wait).unref()
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }

  function beat(own: pg.Client): void {
    if (client !== own) return
    const next = () =>
      own.query('select statement_timestamp() as now').then(
        async ({ rows }) => {
          knownUntil(rows[0].now)
          // Tables may have been restored under connections that stayed. An outage is told by whoever asks next.
          await connection.verify().catch(() => undefined)
          beat(own)
        },
        () => lost(own),
      )
    timer = setTimeout(next, HEARTBEAT).unref()
  }

  /** Reads what happened while nobody listened; at first, since the listener came. */
  async function catchUp(): Promise<void> {
    const [clock] = await connection.read((queries) => queries.clock.execute())
    const now = clock?.now as Date
    since ??= now.getTime() - (performance.now() - startedAt)
    const from = new Date(Math.max(since, known - LATEST))
    const ended = await connection.read((queries) => queries.endedSince.execute({ from }))
    for (const { id, reason, at } of ended) tellEnded(id, reason, at)
    const locked = await connection.read((queries) => queries.lockedSince.execute({ from }))
    for (const { id, at } of locked) if (at) tell({ type: 'locked', sessionId: id, at })
    const active = await connection.read((queries) => queries.activeSince.execute({ from }))
    for (const { id } of active) tell({ type: 'timeouts', sessionId: id })
    knownUntil(now)
  }

  function knownUntil(now: Date): void {
    known = now.getTime()
    for (const [id, at] of told) if (at < known - 2 * LATEST) told.delete(id)
  }

  function receive(payload: string): void {
    const change = JSON.parse(payload) as Announced
    if (change.type === 'ended') tellEnded(change.sessionId, change.reason, new Date(change.at))
    else if (change.type === 'locked') tell({ ...change, at: new Date(change.at) })
    else tell(change)
  }

  function tellEnded(sessionId: string, reason: EndReason, at: Date): void {
    if (told.has(sessionId)) return
    told.set(sessionId, at.getTime())
    tell({ type: 'ended', sessionId, reason, at })
  }

  function tell(change: SessionChange): void {
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        log('a listener failed', { cause: String(error) })
      }
    }
  }

  async function stop(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const former = client
    client = undefined
    since = null
    told.clear()
    await former?.end().catch(() => undefined)
  }

  return {
    watch(listener) {
      const own = (change: SessionChange) => listener(change)
      listeners.add(own)
      if (listeners.size === 1) {
        startedAt = performance.now()
        void listen()
      }
      return () => {
        if (listeners.delete(own) && listeners.size === 0) void stop()
      }
    },
    close: () => {
      listeners.clear()
      return stop()
    },
  }
}
