import type { RawAnswer, RawRequest } from './raw.ts'
import type { Server } from './server.ts'

/** A request of the JSON API made by hand: the app's own `Origin`, a JSON body, and nothing that a browser adds. */
export function sendJson(
  server: Server,
  method: string,
  path: string,
  data: unknown,
  { headers, ...more }: Pick<RawRequest, 'headers' | 'from'> = {},
): Promise<RawAnswer> {
  return server.request({
    method,
    path,
    headers: { origin: server.origin, 'content-type': 'application/json', ...headers },
    body: data === undefined ? undefined : JSON.stringify(data),
    ...more,
  })
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** One attempt to sign in, from an unknown browser unless headers say otherwise. */
export function trySignIn(
  server: Server,
  { email, password }: Credentials,
  more: Pick<RawRequest, 'headers' | 'from'> = {},
): Promise<RawAnswer> {
  return sendJson(server, 'POST', '/api/session', { email, password }, more)
}

/** How often each status came. */
export function tally(answers: readonly RawAnswer[]): Record<number, number> {
  const counted: Record<number, number> = {}
  for (const { status } of answers) counted[status] = (counted[status] ?? 0) + 1
  return counted
}

/** Another loopback address for each number: to the app, each is a network of its own. */
export function network(number: number): string {
  return `127.0.${Math.floor(number / 250)}.${(number % 250) + 2}`
}
