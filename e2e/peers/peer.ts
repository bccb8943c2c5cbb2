import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Lie, Order } from './provider.ts'

/** The provider of `provider.ts`, started for a test and told what to do. */
export interface Peer {
  readonly issuer: string
  /** From here on it answers so; without anything it is honest again. */
  lie(lie?: Lie): Promise<void>
  /** A token of its own making. */
  sign(lie: Lie): Promise<string>
  /** The ID token that it has sent last. */
  last(): Promise<string>
  /** Takes connections and answers nobody, until it goes on. */
  hold(): void
  goOn(): void
  stop(): Promise<void>
}

const FILE = fileURLToPath(new URL('provider.ts', import.meta.url))

/** @param clients as `oidc-provider` takes them */
export async function startPeer(port: number, clients: readonly object[]): Promise<Peer> {
  const child = spawn(process.execPath, [FILE, String(port), JSON.stringify(clients)], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
  })
  await listening(child)
  const issuer = `http://127.0.0.1:${port}`
  const tell = async (order: Order) => {
    const answer = await fetch(`${issuer}/control`, { method: 'POST', body: JSON.stringify(order) })
    return (await answer.json()) as { token: string }
  }
  return {
    issuer,
    lie: async (lie = {}) => {
      await tell({ do: 'lie', lie })
    },
    sign: async (lie) => (await tell({ do: 'sign', lie })).token,
    last: async () => (await tell({ do: 'last' })).token,
    hold: () => child.kill('SIGSTOP'),
    goOn: () => child.kill('SIGCONT'),
    async stop() {
      const over = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      await over
    },
  }
}

function listening(child: ChildProcess): Promise<void> {
  const said: string[] = []
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (part: Buffer) => {
      if (part.toString('utf8').includes('ready')) resolve()
    })
    child.stderr?.on('data', (part: Buffer) => said.push(part.toString('utf8')))
    child.once('exit', (code) => reject(new Error(`the provider ended with ${code}:\n${said.join('')}`)))
  })
}
