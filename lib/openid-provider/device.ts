import 'server-only'
import type { SessionProof } from '#db/contract.ts'
import { deviceCodeThrottle } from '#lib/authentication/throttle.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import { randomId } from '#lib/random.ts'
import { store } from '#lib/store.ts'
import { beginFlow } from './flow.ts'
import { REQUEST_LIFETIME } from './lifetimes.ts'
import { openidProvider } from './provider.ts'

export type FoundDevice =
  | { readonly outcome: 'found'; readonly id: string; readonly cookie: Cookie }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'throttled'; readonly retryAfter: number }

/**
 * Takes a device's request up in this browser, by the code that the person reads off the device. Codes are short, so each
 * try counts, by account; one that was right as well, for it writes something down.
 * @see RFC 8628 §3.3, §5.1
 */
export async function findDevice(
  text: string,
  { userId, sessionId }: SessionProof,
  cookieHeader: string | null,
): Promise<FoundDevice> {
  const attempt = await deviceCodeThrottle(store()).take({ userId })
  if (!attempt.allowed) return { outcome: 'throttled', retryAfter: attempt.retryAfter }
  const { DeviceCode, Interaction } = openidProvider()
  const Waiting = Interaction as unknown as new (id: string, payload: object) => InstanceType<typeof Interaction>
  const code = await DeviceCode.findByUserCode(plain(text))
  if (!code || code.accountId || code.error) return { outcome: 'unknown' }
  const id = randomId()
  const waiting = new Waiting(id, {
    deviceCode: code.jti,
    params: { ...code.params, client_id: code.clientId ?? '' },
    prompt: { name: 'consent', reasons: [], details: {} },
    returnTo: `${settings().origin}/authorize/${id}`,
    session: { uid: sessionId, accountId: userId, cookie: sessionId },
  })
  await waiting.save(REQUEST_LIFETIME)
  return { outcome: 'found', id, cookie: await beginFlow({ id, began: null }, cookieHeader) }
}

/** People type it with spaces, dashes and small letters. */
function plain(text: string): string {
  return text.toUpperCase().replace(/[^A-Z]/g, '')
}
