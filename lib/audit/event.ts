import 'server-only'
import type { EventKind, NewEvent } from '#db/contract.ts'
import { deviceName } from '#db/device-name.ts'
import type { RequestContext } from '#lib/http/request-context.ts'

/** A security event with what is known of the request that caused it. */
export function eventFrom(
  kind: EventKind,
  who: { readonly userId: string | null; readonly sessionId: string | null },
  { device, origin }: Pick<RequestContext, 'device' | 'origin'>,
  detail: Readonly<Record<string, string>> = {},
): NewEvent {
  return { kind, userId: who.userId, sessionId: who.sessionId, device: deviceName(device), ...origin, detail }
}
