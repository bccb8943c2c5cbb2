import { request as send } from 'node:http'
import { checkedCookies, type SetCookie } from './set-cookie.ts'

/**
 * A request as no browser would send it: any method, any path, any header, the same header twice. What comes back is
 * read to its end; nothing is followed, nothing is kept.
 */
export interface RawRequest {
  readonly method?: string
  /** As it stands in the request line; it is not normalised. */
  readonly path?: string
  /** Names to values; a list sends the header once for each. `host` is the app's unless given. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string | Buffer | undefined
  /** Another address of this machine to come from: `127.0.0.2` is another network to the app. */
  readonly from?: string
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly SetCookie[]
  readonly body: string
  /** Milliseconds from the first byte sent to the last one read. */
  readonly took: number
  json<T = Record<string, unknown>>(): T
}

export function raw(port: number, { method = 'GET', path = '/', headers = {}, body, from }: RawRequest) {
  return new Promise<RawAnswer>((resolve, reject) => {
    const began = performance.now()
    const outgoing = send(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        ...(from && { localAddress: from }),
        headers: { host: `localhost:${port}`, ...lists(headers) },
      },
      (incoming) => {
        const parts: Buffer[] = []
        incoming.on('data', (part: Buffer) => parts.push(part))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          const all = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
          try {
            resolve({
              status: incoming.statusCode ?? 0,
              headers: Object.fromEntries(all),
              cookies: checkedCookies(incoming.headers['set-cookie'] ?? []),
              body: text,
              took: performance.now() - began,
              json: () => JSON.parse(text),
            })
          } catch (wrong) {
            reject(wrong)
          }
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function lists(headers: NonNullable<RawRequest['headers']>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}
