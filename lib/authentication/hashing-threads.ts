import 'server-only'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Options } from '@node-rs/argon2'
import { Piscina } from 'piscina'
import { createGate } from './hashing-gate.ts'
import type { ToCheck, ToHash } from './hashing-thread.ts'

/**
 * Threads that do nothing but hash passwords: two where that leaves a core to everybody else, otherwise one. The pool that
 * opens seals and reads files keeps its own threads, and from one hash to the next nobody waits for the event loop. They
 * hold 19 MiB each. As many wait as are done within a fifth of a second; beyond that, the honest thing is to say so.
 * @see docs/decisions/0012
 */
export const THREADS = availableParallelism() > 2 ? 2 : 1
export const WAITING = 16

const gate = createGate({ running: THREADS, ahead: THREADS, waiting: WAITING })
let threads: Piscina | undefined

/** A PHC string; `'busy'`: too many are under way. */
export function makeHash(password: string, options: Options): Promise<string | 'busy'> {
  return gate.run(() => inThread('make', { password, options } satisfies ToHash))
}

export function checkHash(stored: string, password: string): Promise<boolean | 'busy'> {
  return gate.run(() => inThread('check', { stored, password } satisfies ToCheck))
}

export function isFull(): boolean {
  return gate.isFull()
}

/** They start with the first password: most commands never hash. */
function inThread(name: 'make' | 'check', task: object) {
  threads ??= new Piscina({
    filename: join(/* turbopackIgnore: true */ process.cwd(), 'lib/authentication/hashing-thread.ts'),
    // Under which `server-only` may be loaded.
    execArgv: ['--conditions=react-server'],
    minThreads: THREADS,
    maxThreads: THREADS,
    concurrentTasksPerWorker: 2,
    // Whoever is signed in already goes first. Elsewhere a thread has no priority of its own.
    niceIncrement: process.platform === 'linux' ? 10 : 0,
    recordTiming: false,
  })
  return threads.run(task, { name })
}
