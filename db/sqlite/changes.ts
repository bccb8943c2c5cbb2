import 'server-only'
import { type SessionChange, type StoreOptions, StoreUnavailable } from '../contract.ts'
import { type Connection, verified } from './connection.ts'
import type { Queries } from './queries.ts'

/**
 * Tells listeners what happened to sessions, in this process and in others that have the same file open. Records of
 * ended sessions are numbered in the order of their commits: whoever has seen number n asks for what comes after n,
 * so nothing is told twice or left out, and nothing before its commit.
 */
export interface Changes {
  watch(listener: (change: SessionChange) => void): () => void
  /** To be called after each commit that may have ended sessions. */
  ended(): void
  /** To be called after the commit of a lock. */
  locked(sessionId: string, at: Date): void
  /** To be called after the commit of an activity. */
  active(sessionId: string, at: Date): void
  close(): void
}

/** How often other processes' work is looked for. SQLite answers from shared memory. Milliseconds. */
const EVERY = 250
/** An activity may be committed this much later than its clock was read: it waited for the lock. Milliseconds. */
const LATEST = 5000

export function followChanges(
  connection: Connection,
  options: Pick<StoreOptions, 'log' | 'clock' | 'verify'>,
): Changes {
  const listeners = new Set<(change: SessionChange) => void>()
  const told = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let seen: { queries: Queries; version: number; end: number } | undefined
  let activity = 0

  function start(): void {
    activity = options.clock().getTime()
    attempt(look)
    timer = setInterval(() => attempt(look), EVERY)
    timer.unref()
  }

  function stop(): void {
    clearInterval(timer)
    timer = undefined
    seen = undefined
    told.clear()
  }

  function look(queries: Queries): void {
    for (const [id, at] of told) if (at <= activity - LATEST) told.delete(id)
    const version = queries.version()
    if (seen?.version === version && seen.queries === queries) return
    // Another process has written: it may have brought back an older copy.
    verified(queries, options.verify)
    const first = seen === undefined
    tellEnds(queries)
    tellLocks(queries, first)
    tellActivity(queries, first)
    seen = { queries, version, end: seen?.end ?? 0 }
  }

  function tellEnds(queries: Queries): void {
    const newest = queries.newestEnded.get()?.seq ?? 0
    // At first, and after a database was replaced by an older one, listening begins with what comes now.
    if (!seen || newest < seen.end) seen = { queries, version: -1, end: newest }
    for (const { seq, id, reason, at } of queries.endedAfter.all({ seq: seen.end })) {
      seen.end = seq
      tell({ type: 'ended', sessionId: id, reason, at: new Date(at) })
    }
  }

  /** @param silently what was there before somebody listened */
  function tellLocks(queries: Queries, silently: boolean): void {
    for (const { id, at } of queries.lockedSince.all({ after: activity - LATEST })) {
      if (at !== null) tellLocked(id, at, silently)
    }
  }

  function tellLocked(sessionId: string, at: number, silently = false): void {
    const key = `locked ${sessionId}`
    if (told.get(key) === at) return
    told.set(key, at)
    if (!silently) tell({ type: 'locked', sessionId, at: new Date(at) })
  }

  /** @param silently what was there before somebody listened */
  function tellActivity(queries: Queries, silently: boolean): void {
    for (const { id, lastActiveAt } of queries.activeSince.all({ after: activity - LATEST })) {
      if (silently) told.set(id, lastActiveAt)
      else tellActive(id, lastActiveAt)
    }
  }

  function tellActive(sessionId: string, at: number): void {
    if (told.get(sessionId) === at) return
    told.set(sessionId, at)
    activity = Math.max(activity, at)
    tell({ type: 'timeouts', sessionId })
  }

  function tell(change: SessionChange): void {
    for (const listener of listeners) {
      try {
        listener(change)
      } catch (error) {
        options.log('a listener failed', { cause: String(error) })
      }
    }
  }

  /** An outage is logged by the connection; what was missed is told when it is over. */
  function attempt(work: (queries: Queries) => void): void {
    try {
      connection.read(work)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) options.log('changes cannot be read', { cause: String(error) })
    }
  }

  return {
    watch(listener) {
      const own = (change: SessionChange) => listener(change)
      listeners.add(own)
      if (!timer) start()
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stop()
      }
    },
    ended: () => {
      if (timer) attempt(tellEnds)
    },
    locked: (sessionId, at) => {
      if (timer) tellLocked(sessionId, at.getTime())
    },
    active: (sessionId, at) => {
      if (timer) tellActive(sessionId, at.getTime())
    },
    close: () => {
      listeners.clear()
      stop()
    },
  }
}
