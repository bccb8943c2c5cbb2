import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type SessionChange, StoreUnavailable } from '../contract.ts'

/** Another process with the same database open: it does what it is told, and tells the changes that it hears of. */
export interface Peer {
  /** For example `call('sessions.check', id)`. */
  call(method: string, ...args: unknown[]): Promise<unknown>
  /** Answers with the next change that the other process is told of and that `wanted` picks. */
  change(wanted: (change: SessionChange) => boolean): Promise<SessionChange>
  close(): Promise<void>
}

export type Told =
  | { readonly type: 'ready' }
  | { readonly type: 'change'; readonly change: SessionChange }
  | { readonly type: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly call: number; readonly unavailable: boolean; readonly message: string }

/** @param uid the user that it runs as, when that is not this one */
export async function startPeer(url: string, uid?: number): Promise<Peer> {
  const child = fork(join(process.cwd(), 'db/testing/peer-process.ts'), [url], {
    execArgv: ['--conditions=react-server'],
    env: { ...process.env, NODE_OPTIONS: '' },
    serialization: 'advanced',
    ...(uid !== undefined && { uid }),
  })
  const heard = listenTo(child)
  await heard((told) => told.type === 'ready')
  let calls = 0
  return {
    async call(method, ...args) {
      const call = calls++
      const answer = heard((told) => 'call' in told && told.call === call)
      child.send({ call, method, args })
      const told = await answer
      if (told.type === 'answer') return told.value
      if (told.type !== 'failure') throw new Error('no answer')
      throw told.unavailable ? new StoreUnavailable(told.message) : new Error(told.message)
    },
    async change(wanted) {
      const told = await heard((one) => one.type === 'change' && wanted(one.change))
      if (told.type !== 'change') throw new Error('no change')
      return told.change
    },
    async close() {
      if (child.exitCode !== null) return
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

interface Waiting {
  readonly wanted: (told: Told) => boolean
  readonly resolve: (told: Told) => void
  readonly reject: (cause: Error) => void
}

/** One listener for all that is waited for, however many calls are under way. */
function listenTo(child: ChildProcess): (wanted: Waiting['wanted']) => Promise<Told> {
  const waiting = new Set<Waiting>()
  child.on('message', (told: Told) => {
    for (const one of [...waiting].filter(({ wanted }) => wanted(told))) {
      waiting.delete(one)
      one.resolve(told)
    }
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting) reject(new Error(`the other process ended with ${code}`))
  })
  return (wanted) => new Promise((resolve, reject) => waiting.add({ wanted, resolve, reject }))
}
