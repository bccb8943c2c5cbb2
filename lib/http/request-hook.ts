import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { settings } from '#lib/config.ts'
import { standBefore } from './front-door.ts'
import { isRouterState } from './router-state.ts'
import { commonHeaders } from './security-headers.ts'

/**
 * Runs before Next sees a request. It notes what Next hides from proxy and pages: the socket's address, and whether a
 * machine asked ahead of the person (both headers are overwritten, whatever a client sent). And it sets the headers
 * that every response carries, so that assets and Next's own errors have them too. What Next could not answer well it
 * does not get (`front-door.ts`).
 */
export const PEER_HEADER = 'x-signet-peer'
export const MACHINE_HEADER = 'x-signet-machine'

interface Started {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly socket: Socket
  readonly server: Server
}

export function installRequestHook(): void {
  const shared = globalThis as { signetRequestHook?: boolean }
  if (shared.signetRequestHook) return
  shared.signetRequestHook = true
  const common = commonHeaders()
  subscribe('http.server.request.start', (message) => {
    const { request, response, socket, server } = message as Started
    standBefore(server)
    note(request, socket.remoteAddress ?? '')
    for (const [name, value] of common) response.setHeader(name, value)
  })
}

function note({ headers, headersDistinct }: IncomingMessage, peer: string): void {
  headers[PEER_HEADER] = peer
  // v5.0.0-15.3.7: of two credentials Node keeps the first and says nothing; together they are none.
  const credentials = headersDistinct.authorization ?? []
  if (credentials.length > 1) headers.authorization = credentials.join(', ')
  // Next compares an action's `Origin` with this; ours is compared with the settings, whatever a proxy passes on.
  headers['x-forwarded-host'] = ownHost()
  headers[MACHINE_HEADER] = isMachine(headers) ? '1' : '0'
  if (!isRouterState(headers['next-router-state-tree'])) dropRouterHeaders(headers)
}

function ownHost(): string {
  return new URL(settings().origin).host
}

type Headers = IncomingMessage['headers']

/** A prefetch, a prerender or a refresh by script: no person has asked for the page. @see Fetch: `Sec-Purpose` */
function isMachine(headers: Headers): boolean {
  const purpose = `${headers['sec-purpose'] ?? ''} ${headers.purpose ?? ''} ${headers['x-moz'] ?? ''}`
  return (
    /prefetch|prerender/i.test(purpose) || headers['next-router-prefetch'] !== undefined || headers.rsc !== undefined
  )
}

/** A request whose state tree Next could not parse is served as a plain one. */
function dropRouterHeaders(headers: Headers): void {
  for (const name of Object.keys(headers)) {
    if (name === 'rsc' || name.startsWith('next-router-') || name === 'next-url') delete headers[name]
  }
}
