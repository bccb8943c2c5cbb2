import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer, type Socket } from 'node:net'

/** Many relying parties behind one address, each with a path of its own, and some that are dead. Tests only. */
export interface RelyingParties {
  /** Where each wants to be told. */
  readonly alive: readonly string[]
  /** Half of them take a connection and say nothing, half take none. */
  readonly dead: readonly string[]
  /** What each was told, by its address. */
  readonly told: ReadonlyMap<string, readonly string[]>
  /** How often somebody has connected to one that says nothing. */
  readonly knocks: () => number
  /** Settles when `wanted` is true, after one was told or somebody has knocked. */
  until(wanted: () => boolean): Promise<void>
  close(): Promise<void>
}

/** @param answer what to answer a token; 200 for most */
export async function relyingParties(
  alive: number,
  dead: number,
  answer: (path: string) => number = () => 200,
): Promise<RelyingParties> {
  const told = new Map<string, string[]>()
  const waiting = new Set<() => void>()
  const sockets = new Set<Socket>()
  let knocks = 0
  const look = () => {
    for (const one of waiting) one()
  }
  const server = createHttpServer(async (request, response) => {
    const uri = `http://127.0.0.1:${portOf(server)}${request.url}`
    const body = new URLSearchParams(await textOf(request))
    const isRight = request.method === 'POST' && request.headers['content-type']?.startsWith(FORM)
    if (isRight) told.set(uri, [...(told.get(uri) ?? []), body.get('logout_token') ?? ''])
    response.writeHead(answer(request.url ?? ''), { location: `http://127.0.0.1:${portOf(server)}/elsewhere` }).end()
    look()
  })
  const silent = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    knocks += 1
    look()
  })
  const closed = createServer()
  for (const each of [server, silent, closed]) await once(each.listen(0, '127.0.0.1'), 'listening')
  const addresses = (each: { address(): unknown }, count: number) =>
    Array.from({ length: count }, (_, index) => `http://127.0.0.1:${portOf(each)}/logout/${index}`)
  const half = Math.ceil(dead / 2)
  const parties = {
    alive: addresses(server, alive),
    dead: [...addresses(silent, half), ...addresses(closed, dead - half)],
  }
  await closing(closed)
  return {
    ...parties,
    told,
    knocks: () => knocks,
    until: (wanted) =>
      new Promise((resolve) => {
        const one = () => {
          if (!wanted()) return
          waiting.delete(one)
          resolve()
        }
        waiting.add(one)
        one()
      }),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await Promise.all([server, silent].map(closing))
    },
  }
}

const FORM = 'application/x-www-form-urlencoded'

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port
}

function closing(server: { close(done: () => void): unknown }): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
