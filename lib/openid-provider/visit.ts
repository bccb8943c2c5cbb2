import 'server-only'
import type { IncomingMessage } from 'node:http'
import type { SessionProof } from '#db/contract.ts'
import type { Cookie } from '#lib/http/cookies.ts'

/**
 * What we know of the request behind a call of the protocol library, which sees nothing of it but what the bridge hands
 * over: who is signed in, by our own row, and when the request that is under way began.
 */
export interface Visit {
  readonly proof: SessionProof | null
  /** The raw `Cookie` header. */
  readonly cookies: string | null
  /** When the application's request first reached us; null when it does just now. */
  readonly began: Date | null
  /** Ours, to be sent with the answer. */
  readonly toSet: Cookie[]
  /** What failed on our side. */
  failure: unknown
}

/** The library's cookies: made by the bridge, read by the library, and never in a browser (ruling 31). */
export const LIBRARY_COOKIES = { session: '_session', interaction: '_interaction', resume: '_resume' } as const

/** On `globalThis`: a bundler may instantiate this module more than once in a process, and the library is made once. */
const shared = globalThis as { signetVisits?: WeakMap<IncomingMessage, Visit> }

export function beginVisit(request: IncomingMessage, visit: Visit): void {
  shared.signetVisits ??= new WeakMap()
  shared.signetVisits.set(request, visit)
}

/** Throws for a request that did not come over the bridge: there is none. */
export function visitOf({ req }: { readonly req: IncomingMessage }): Visit {
  const visit = shared.signetVisits?.get(req)
  if (!visit) throw new Error('a request that did not come over the bridge')
  return visit
}
