import 'server-only'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Options } from '@node-rs/argon2'
import { Piscina } from 'piscina'
import { log } from '#lib/log.ts'
import { createGate } from './hashing-gate.ts'

/**
 * Threads that do nothing but hash passwords: two where that leaves a core to everybody else, otherwise one. The pool that
 * opens seals and reads files keeps its own threads, and the next password is at hand, so nobody waits for the event
 * loop. They hold 19 MiB each. As many wait as are done within a fifth of a second on a core of their own; beyond that,
 * the honest thing is to say so.
 * @see docs/decisions/0012
 */
export const THREADS = availableParallelism() > 2 ? 2 : 1
export const WAITING = 16

export interface Hashing {
  /** A PHC string; `'busy'`: too many are under way. Rejects where no thread can be had, and for that call alone. */
  make(password: string, options: Options): Promise<string | 'busy'>
  check(stored: string, password: string): Promise<boolean | 'busy'>
  isFull(): boolean
}

const shared = globalThis as { signetHashing?: Hashing }

/** Next loads this module twice, for pages and for handlers: what is counted together stands in one place. */
export function hashing(): Hashing {
  shared.signetHashing ??= createHashing(
    join(/* turbopackIgnore: true */ process.cwd(), 'lib/authentication/hashing-thread.mjs'),
  )
  return shared.signetHashing
}

/** @param file what the threads load */
export function createHashing(file: string): Hashing {
  const gate = createGate({ running: THREADS, ahead: THREADS, waiting: WAITING })
  let threads: Piscina | undefined

  /** They start with the first password: most commands never hash. */
  function inThread(name: 'make' | 'check', task: object) {
    threads ??= startThreads(file, (failed) => {
      if (threads === failed) threads = undefined
    })
    return threads.run(task, { name })
  }

  return {
    make: (password, options) => gate.run(() => inThread('make', { password, options })),
    check: (stored, password) => gate.run(() => inThread('check', { stored, password })),
    isFull: () => gate.isFull(),
  }
}

function startThreads(file: string, onFailure: (failed: Piscina) => void): Piscina {
  const threads = new Piscina({
    filename: file,
    // Under which `server-only` may be loaded.
    execArgv: ['--conditions=react-server'],
    minThreads: THREADS,
    maxThreads: THREADS,
    concurrentTasksPerWorker: 2,
    // Whoever is signed in already goes first. Elsewhere a thread has no priority of its own.
    niceIncrement: process.platform === 'linux' ? 10 : 0,
    recordTiming: false,
  })
  // A thread that cannot be replaced. Whoever waits for it is refused, and the next one tries with new threads.
  threads.on('error', (cause) => {
    log().error({ err: cause }, 'a thread for password hashes failed')
    onFailure(threads)
    void threads.destroy()
  })
  return threads
}
