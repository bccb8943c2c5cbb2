import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { nextEnv } from './server.ts'

/**
 * Runs a program of `bench/in-process/` in a process of its own: with its own settings, and a compiler and a heap
 * that nothing else has warmed up or filled.
 */
export function runChild<Input, Output>(
  program: string,
  env: Readonly<Record<string, string>>,
  input: Input,
): Promise<Output> {
  const path = fileURLToPath(new URL(`../in-process/${program}.ts`, import.meta.url))
  const child = fork(path, [], {
    env: nextEnv(env),
    execArgv: ['--conditions=react-server'],
    serialization: 'advanced',
  })
  // Not as an argument: thousands of cookies are too long for one.
  child.send(input as object)
  return new Promise((resolve, reject) => {
    child.once('message', (output) => resolve(output as Output))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code} and without a result`)))
  })
}

/** What the parent handed over. */
export async function input<Input>(): Promise<Input> {
  const [message] = await once(process, 'message')
  return message as Input
}

/** Hands the result over and ends. */
export function answer(output: unknown): void {
  process.send?.(output, () => process.exit(0))
}
