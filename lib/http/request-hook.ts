import 'server-only'
import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Runs before Next sees a request, and notes what Next hides from proxy and pages: the socket's address, and
 * whether a machine asked ahead of the person. Both headers are overwritten whatever a client sent.
 *
 * @see stack: Next has no `request.ip`, and strips prefetch headers before `proxy.ts`
 */
export const PEER_HEADER = 'x-signet-peer'
export const MACHINE_HEADER = 'x-signet-machine'

export function installRequestHook(): void {
  const shared = globalThis as { signetRequestHook?: boolean }
  if (shared.signetRequestHook) return
  shared.signetRequestHook = true
  subscribe('http.server.request.start', (message) => {
    const { request, socket } = message as { request: IncomingMessage; socket: Socket }
    note(request, socket.remoteAddress ?? '')
  })
}

function note({ headers }: IncomingMessage, peer: string): void {
  headers[PEER_HEADER] = peer
  headers[MACHINE_HEADER] = isMachine(headers) ? '1' : '0'
  if (!isRouterState(headers['next-router-state-tree'])) dropRouterHeaders(headers)
}

type Headers = IncomingMessage['headers']

/** A prefetch or prerender: nobody has asked for the page yet. @see WHATWG `Sec-Purpose` */
function isMachine(headers: Headers): boolean {
  const purpose = `${headers['sec-purpose'] ?? ''} ${headers.purpose ?? ''} ${headers['x-moz'] ?? ''}`
  return /prefetch|prerender/i.test(purpose) || headers['next-router-prefetch'] !== undefined
}

/** Next answers 500 to a state tree that it cannot parse: such a request is served as a plain one. */
function isRouterState(value: string | string[] | undefined): boolean {
  if (value === undefined) return true
  if (typeof value !== 'string' || value.length > 8192) return false
  try {
    return Array.isArray(JSON.parse(decodeURIComponent(value)))
  } catch {
    return false
  }
}

function dropRouterHeaders(headers: Headers): void {
  for (const name of Object.keys(headers)) {
    if (name === 'rsc' || name.startsWith('next-router-') || name === 'next-url') delete headers[name]
  }
}
