import 'server-only'
import type { Grant } from '#db/contract.ts'
import { store } from '#lib/store.ts'
import { isWithin } from './scopes.ts'

interface Wanted {
  readonly userId: string
  readonly sessionId: string
  readonly clientId: string
  readonly scope: string
}

/**
 * What the person has already let this application do in this very session, if that covers what it asks for now. What was
 * let outlive the session is no answer to a request that does not ask for that.
 */
export async function reusableGrant({ userId, sessionId, clientId, scope }: Wanted): Promise<Grant | undefined> {
  const grants = await store().grants.list(userId)
  return grants.find(
    (grant) =>
      grant.clientId === clientId && grant.sessionId === sessionId && !grant.offline && isWithin(scope, grant.scope),
  )
}
