import { request } from 'node:http'
import type { Server } from './server.ts'

/** `GET /api/session/events`, read as it comes: what an open tab hears, and when it closes. */
export interface EventStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body of an answer that is no stream. */
  readonly body: () => Promise<string>
  /** The data of the next event of this name that has not been waited for. Rejects when the stream ends before. */
  next<T = Record<string, string>>(name: string): Promise<T>
  /** How many heartbeats have come so far. */
  readonly heartbeats: () => number
  /** Resolves when the server closes it. */
  readonly closed: Promise<void>
  close(): void
}

export interface StreamOptions {
  readonly cookie: string
  /** Of another process behind the same origin. */
  readonly port?: number
}

export function openStream(server: Server, { cookie, port = server.port }: StreamOptions): Promise<EventStream> {
  const headers = { cookie, host: new URL(server.origin).host, accept: 'text/event-stream' }
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path: '/api/session/events', headers, agent: false })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const inbox = mailbox()
      let text = ''
      let heard = 0
      incoming.setEncoding('utf8').on('data', (part: string) => {
        text += part
        for (let end = text.indexOf('\n\n', heard); end >= 0; end = text.indexOf('\n\n', heard)) {
          inbox.put(text.slice(heard, end))
          heard = end + 2
        }
      })
      const closed = new Promise<void>((done) => incoming.on('close', done))
      void closed.then(() => inbox.shut())
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: () => closed.then(() => text),
        next: (name) => inbox.take(name) as never,
        heartbeats: () => inbox.heartbeats,
        closed,
        close: () => incoming.destroy(),
      })
    })
    outgoing.end()
  })
}

interface Waiting {
  readonly name: string
  readonly resolve: (data: unknown) => void
  readonly reject: (cause: Error) => void
}

/** Events are kept until somebody waits for them, and waits until they come. */
function mailbox() {
  const kept: { name: string; data: unknown }[] = []
  let waiting: Waiting[] = []
  let isShut = false
  let heartbeats = 0
  return {
    get heartbeats() {
      return heartbeats
    },
    put(block: string) {
      if (block === ': still here') heartbeats++
      const name = /^event: (.*)$/m.exec(block)?.[1]
      if (name === undefined) return
      const data: unknown = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null')
      const first = waiting.find((one) => one.name === name)
      waiting = waiting.filter((one) => one !== first)
      if (first) first.resolve(data)
      else kept.push({ name, data })
    },
    take(name: string): Promise<unknown> {
      const at = kept.findIndex((event) => event.name === name)
      if (at >= 0) return Promise.resolve(kept.splice(at, 1)[0]?.data)
      if (isShut) return Promise.reject(new Error(`the stream has closed without "${name}"`))
      return new Promise((resolve, reject) => waiting.push({ name, resolve, reject }))
    },
    shut() {
      isShut = true
      for (const { name, reject } of waiting) reject(new Error(`the stream has closed without "${name}"`))
    },
  }
}
