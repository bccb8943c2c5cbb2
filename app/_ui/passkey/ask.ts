/**
 * Signing in with a passkey, in the browser. Loaded when it is first needed: no page that can do without carries it.
 * The server makes the challenge and judges the answer.
 */
import { browserSupportsWebAuthnAutofill, startAuthentication, WebAuthnAbortService } from '@simplewebauthn/browser'

export interface PasskeyWish {
  readonly purpose: 'sign-in' | 'factor'
  /** The half sign-in that the page was made for. */
  readonly attempt?: string | undefined
  readonly remember?: boolean
  /** All was right already, and there is no room: the passkey confirms that the oldest session is to end. */
  readonly insisting?: boolean | undefined
}

export type Answered =
  | { readonly outcome: 'signed-in'; readonly response: Response; readonly body: unknown }
  | { readonly outcome: 'limit' }
  /** The person, or the browser for them, has changed their mind: nothing is to be said. */
  | { readonly outcome: 'dropped' }
  | { readonly outcome: 'refused'; readonly status: number; readonly retryAfter: number }

/** Asks at once, in the browser's own dialog. */
export function askPasskey(wish: PasskeyWish): Promise<Answered> {
  return ask(wish, false)
}

/** Offers the passkeys that there are in the field for the address, for as long as the page is open. */
export async function offerPasskeys(wish: () => PasskeyWish): Promise<Answered> {
  if (!(await browserSupportsWebAuthnAutofill())) return { outcome: 'dropped' }
  return ask(wish(), true, wish)
}

export function stopOffering(): void {
  WebAuthnAbortService.cancelCeremony()
}

async function ask(wish: PasskeyWish, autofill: boolean, atLast = () => wish): Promise<Answered> {
  const { purpose, attempt, insisting } = wish
  const asked = await post('/api/session/challenge', { purpose, attempt })
  if (!asked.ok) return refused(asked)
  const optionsJSON = await asked.json()
  // It rejects when the dialog is closed, when time is up, and when another request takes its place.
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: autofill }).catch(() => null)
  if (!response) return { outcome: 'dropped' }
  const { insisting: _, ...last } = atLast()
  const answer = await post(`/api/session/${insisting ? 'limit' : 'factor'}`, { type: 'passkey', ...last, response })
  if (answer.status === 201) return { outcome: 'signed-in', response: answer, body: await answer.json() }
  return answer.status === 409 ? { outcome: 'limit' } : refused(answer)
}

function refused({ status, headers }: Response): Answered {
  return { outcome: 'refused', status, retryAfter: Number(headers.get('retry-after')) || 1 }
}

/** Throws `TypeError` when the server cannot be reached. */
function post(path: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store' })
}
