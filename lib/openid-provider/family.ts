import 'server-only'
import { store } from '#lib/store.ts'
import { tellRelyingParties } from './logout-sender.ts'

/** Ends a grant and all that hangs on it, without its person: by the application itself, or because of a theft. */
export async function endFamily(grantId: string, kind: 'app-disconnected' | 'app-token-reused'): Promise<void> {
  const found = await store().grants.check(grantId)
  if (!found) return
  const { userId, sessionId, clientId } = found.grant
  const client = await store().clients.find(clientId)
  const detail = { app: client?.name ?? clientId }
  await store().grants.endAs(grantId, { kind, userId, sessionId, device: null, ip: null, place: null, detail })
  tellRelyingParties()
}
