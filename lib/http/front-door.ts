import 'server-only'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { SECOND } from '#lib/time.ts'
import { LARGEST_BODY } from './body.ts'
import { type ProblemCode, problem } from './problem.ts'

/**
 * Requests that must not reach Next. It answers 500 to a method that it does not know and to a path of the API that
 * cannot be decoded, sends absolute addresses back as redirects, and whatever `proxy.ts` decides is told only after
 * the last byte of the body has come, which may be never.
 */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** A whole request has this long to arrive. Seconds. */
const ARRIVES_WITHIN = 30 * SECOND

/** Pure: why a request is turned away, or null. */
export function refusalOf({ method, url, headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>) {
  if (!METHODS.some((known) => known === method)) return 'method_not_allowed'
  if (Number(headers['content-length'] ?? 0) > LARGEST_BODY) return 'too_large'
  return isPath(url ?? '') ? null : 'not_found'
}

function isPath(url: string): boolean {
  if (!url.startsWith('/')) return false
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '')
    return true
  } catch {
    return false
  }
}

const guarded = new WeakSet<Server>()

/** Puts the door before whoever listens on this server already. Once a server; further calls do nothing. */
export function standBefore(server: Server): void {
  if (guarded.has(server)) return
  guarded.add(server)
  server.requestTimeout = ARRIVES_WITHIN * 1000
  const behind = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const refused = refusalOf(request)
    if (refused) turnAway(response, refused)
    else for (const listener of behind) listener.call(server, request, response)
  })
}

/** The connection is closed: nobody reads the body that may still be coming. */
function turnAway(response: ServerResponse, code: ProblemCode): void {
  const headers = { connection: 'close', ...(code === 'method_not_allowed' && { allow: METHODS.join(', ') }) }
  const answer = problem(code, { headers })
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  void answer.text().then((text) => response.end(text))
}
