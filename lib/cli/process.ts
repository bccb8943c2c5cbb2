import 'server-only'
import { type SpawnOptions, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { environment } from '#lib/config.ts'

/** Next must not run under the condition that our own commands run under: it has two builds of React. */
export function nextEnvironment(): NodeJS.ProcessEnv {
  const options = (environment().NODE_OPTIONS ?? '')
    .replace(/(^|\s)(-C|--conditions)[= ]react-server(?=\s|$)/g, ' ')
    .trim()
  return environment({ NODE_OPTIONS: options, NEXT_TELEMETRY_DISABLED: '1', NEXT_MANUAL_SIG_HANDLE: '1' })
}

/**
 * Milliseconds that a connection may be idle. Longer than whoever is in front keeps it, commonly a minute: otherwise a
 * request sets out on a connection that is being closed here, and is lost.
 */
const KEEP_ALIVE = 75_000

/** What serves the app, in production. */
export function nextStart(host: string, port: number): string[] {
  return nextCommand('start', '-H', host, '-p', String(port), '--keepAliveTimeout', String(KEEP_ALIVE))
}

/** The arguments that make Node run one of Next's commands. */
export function nextCommand(...args: readonly string[]): string[] {
  return [fileURLToPath(import.meta.resolve('next/dist/bin/next')), ...args]
}

/** Runs a command to its end and answers its exit code. Signals are passed on, so that nothing is left behind. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', ...options })
  const signals = ['SIGTERM', 'SIGINT'] as const
  const passOn = (signal: NodeJS.Signals) => {
    child.kill(signal)
    child.once('exit', (code) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
  }
  for (const signal of signals) process.on(signal, passOn)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, passOn)
      resolve(code ?? 1)
    })
  })
}

/**
 * Goes on as another Node program. Where the platform can, it takes this process's place, so that signals reach it
 * without a go-between; elsewhere this process waits for it.
 */
export async function become(args: readonly string[], env: NodeJS.ProcessEnv): Promise<never> {
  if (process.execve) process.execve(process.execPath, [process.execPath, ...args], env)
  process.exit(await run(process.execPath, args, { env }))
}
