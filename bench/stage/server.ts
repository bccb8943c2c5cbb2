import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nextEnvironment } from '#lib/cli/process.ts'

/** A production server of the copy, in a process of its own. */
export interface Server {
  readonly port: number
  readonly origin: string
  readonly env: Readonly<Record<string, string>>
  /** Processor time used so far by all threads, in milliseconds; NaN where the system does not tell. */
  cpu(): number
  /** Resident memory in MiB; NaN where the system does not tell. */
  memory(): number
  stop(): Promise<void>
}

export function nextBinary(folder: string): string {
  return join(folder, 'node_modules/next/dist/bin/next')
}

/** None of the person's own settings: the benchmarks must never touch a database that somebody uses. */
export function nextEnv(own: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, SESSION_KEYS: __, SESSION_KEYS_FILE: ___, ...env } = nextEnvironment()
  return { ...env, NODE_ENV: 'production', ...own }
}

/** Settings of everything that is measured: the defaults, with data in `data`. */
export function benchSettings(data: string, port: number): Readonly<Record<string, string>> {
  return {
    APP_ORIGIN: `http://localhost:${port}`,
    PORT: String(port),
    HOST: '127.0.0.1',
    DATA_DIR: data,
    DATABASE_URL: `file:${join(data, 'signet.db')}`,
    ASSURANCE_LEVEL: '2',
    SESSION_LIMIT: 'none',
    // Each simulated client has an address of its own.
    TRUSTED_PROXIES: '1',
    LOG_LEVEL: 'error',
  }
}

export async function startServer(
  folder: string,
  env: Readonly<Record<string, string>>,
  ready = '/api/ready',
): Promise<Server> {
  const port = Number(env.PORT)
  const child = spawn(process.execPath, [nextBinary(folder), 'start', '-H', '127.0.0.1', '-p', String(port)], {
    cwd: folder,
    env: nextEnv(env),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await untilReady(child, `http://127.0.0.1:${port}${ready}`)
  return {
    port,
    env,
    origin: `http://localhost:${port}`,
    cpu: () => cpuOf(child.pid),
    memory: () => memoryOf(child.pid),
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error('the server has ended at its start')
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await pause(100)
  }
  throw new Error('the server does not become ready')
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Linux counts in hundredths of a second. @see proc(5) */
function cpuOf(pid: number | undefined): number {
  const [user, system] = read(`/proc/${pid}/stat`).split(') ')[1]?.split(' ').slice(11, 13) ?? []
  return (Number(user) + Number(system)) * 10
}

function memoryOf(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1]) / 1024
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
