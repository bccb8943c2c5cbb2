import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { log } from './log.ts'
import { SECOND } from './time.ts'

/** Requests in flight get this long; what hangs beyond it is cut off. Seconds. */
const DRAIN_AT_MOST = 20 * SECOND

type Hook = () => void | Promise<void>

interface Shutdown {
  readonly hooks: Set<Hook>
  readonly servers: Set<Server>
  begun: boolean
}

const shared = globalThis as typeof globalThis & { signetShutdown?: Shutdown }

function state(): Shutdown {
  shared.signetShutdown ??= { hooks: new Set(), servers: new Set(), begun: false }
  return shared.signetShutdown
}

/**
 * Runs `hook` when the process is asked to end, before it waits for requests in flight: this is where open event
 * streams are closed, which would otherwise never finish. Answers a function that takes the hook out again.
 */
export function onShutdown(hook: Hook): () => void {
  const { hooks } = state()
  hooks.add(hook)
  return () => hooks.delete(hook)
}

export function isShuttingDown(): boolean {
  return state().begun
}

/**
 * On SIGTERM and SIGINT: no new connections, requests in flight are finished, then `last` runs and the process exits
 * with 0. Next would exit with 143; it leaves signals alone under `NEXT_MANUAL_SIG_HANDLE`, which `npm start` sets.
 */
export function endOnSignals(last: Hook): void {
  // Next keeps its server to itself; the first request shows it, and without a request there is nothing to finish.
  subscribe('http.server.request.start', (message) => state().servers.add((message as { server: Server }).server))
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    // `on`, not `once`: a terminal and npm both pass the signal on, and the second one must not kill.
    process.on(signal, () => void end(signal, last))
  }
}

async function end(signal: string, last: Hook): Promise<void> {
  if (state().begun) return
  state().begun = true
  log().info({ signal }, 'ending: finishing what is in flight')
  await runAll([...state().hooks])
  await Promise.race([Promise.all([...state().servers].map(drain)), pause(DRAIN_AT_MOST * 1000)])
  await runAll([last])
  process.exit(0)
}

async function runAll(hooks: readonly Hook[]): Promise<void> {
  const results = await Promise.allSettled(hooks.map(async (hook) => hook()))
  for (const { reason } of results.filter((result) => result.status === 'rejected')) {
    log().error({ err: reason }, 'a shutdown step failed')
  }
}

/** Kept-alive connections are closed as soon as they are idle: `close` alone would wait for their timeout. */
function drain(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 25)
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idle)
      resolve()
    })
    server.closeIdleConnections()
  })
}
