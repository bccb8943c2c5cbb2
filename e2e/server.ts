import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nextStart } from '#lib/cli/process.ts'
import { type RawAnswer, type RawRequest, raw } from './raw.ts'
import { openRows, type Rows } from './rows.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** Settings of the app by their names in the environment. */
export type Settings = Readonly<Record<string, string>>

export interface Server extends Rows {
  readonly origin: string
  readonly port: number
  /** Holds its database and its keys, and goes with the server. */
  readonly dataDir: string
  readonly databaseFile: string
  /** All that the server has written to its log so far. */
  readonly log: () => string
  readonly request: (what: RawRequest) => Promise<RawAnswer>
  /** The same data behind a new process; with other settings if given. */
  readonly restart: (settings?: Settings) => Promise<void>
  /** Ends it as a system does, by SIGTERM. Answers the exit code. */
  readonly stop: () => Promise<number | null>
}

/** One production server of the existing build, with a port, a database and keys of its own. */
export async function startServer(chosen: Settings | ((port: number) => Settings) = {}): Promise<Server> {
  const port = await freePort()
  const settings = typeof chosen === 'function' ? chosen(port) : chosen
  const dataDir = mkdtempSync(join(tmpdir(), 'signet-book-'))
  const databaseFile = join(dataDir, 'signet.db')
  const written: string[] = []
  const launch = (more: Settings) => launchNext(port, { DATA_DIR: dataDir, ...settings, ...more }, written)
  let child = await launch({})
  const rows = openRows(databaseFile)
  return {
    ...rows,
    origin: settings.APP_ORIGIN ?? `http://localhost:${port}`,
    port,
    dataDir,
    databaseFile,
    log: () => written.join(''),
    request: (what) => raw(port, what),
    async restart(more = {}) {
      await end(child)
      child = await launch(more)
    },
    async stop() {
      rows.close()
      const code = await end(child)
      rmSync(dataDir, { recursive: true, force: true })
      return code
    },
  }
}

/** Resolves once it answers; its first request waits until the database is open. */
async function launchNext(port: number, settings: Settings, written: string[]): Promise<ChildProcess> {
  const child = await spawnNext(port, settings, written)
  await raw(port, { path: '/api/health' })
  return child
}

/** Resolves once it listens; rejects with the log when it ends before that. */
function spawnNext(port: number, settings: Settings, written: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, nextStart('127.0.0.1', port), {
    cwd: ROOT,
    // A group of its own, so that nothing of it is left behind.
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_MANUAL_SIG_HANDLE: '1',
      APP_ORIGIN: `http://localhost:${port}`,
      PORT: String(port),
      ...settings,
    },
  })
  const began = written.length
  return new Promise((resolve, reject) => {
    const hear = (part: Buffer) => {
      written.push(part.toString('utf8'))
      if (/Ready in/.test(written.slice(began).join(''))) resolve(child)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}:\n${written.join('')}`)))
  })
}

async function end(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return child.exitCode
  const over = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const group = -child.pid
  process.kill(group, 'SIGTERM')
  const patience = setTimeout(() => process.kill(group, 'SIGKILL'), 5000)
  const code = await over
  clearTimeout(patience)
  return code
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
