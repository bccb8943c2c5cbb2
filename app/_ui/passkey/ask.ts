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
export async function askPasskey(wish: PasskeyWish): Promise<Answered> {
  // An offer that is just being made asks the same, and can be taken back only once it is there: it would take the
  // place of this request otherwise.
  await browserSupportsWebAuthnAutofill()
  WebAuthnAbortService.cancelCeremony()
  return ask(wish)
}

interface Offer {
  /** As the form is when the passkey answers. */
  readonly wish: () => PasskeyWish
  /** Aborted when the page goes, or when the person asks by the button: then there is nothing to be offered any more. */
  readonly signal: AbortSignal
}

/** Offers the passkeys that there are in the field for the address, for as long as the page is open. */
export async function offerPasskeys(offer: Offer): Promise<Answered> {
  return (await browserSupportsWebAuthnAutofill()) ? ask(offer.wish(), offer) : DROPPED
}

const DROPPED = { outcome: 'dropped' } as const

async function ask(wish: PasskeyWish, offer?: Offer): Promise<Answered> {
  const { purpose, attempt, insisting } = wish
  const asked = await post('/api/session/challenge', { purpose, attempt })
  if (!asked.ok) return refused(asked)
  const optionsJSON = await asked.json()
  // An offer that comes too late would take the place of what the person has asked for meanwhile.
  if (offer?.signal.aborted) return DROPPED
  const stop = () => WebAuthnAbortService.cancelCeremony()
  offer?.signal.addEventListener('abort', stop)
  // It rejects when the dialog is closed, when time is up, and when another request takes its place.
  const response = await startAuthentication({ optionsJSON, useBrowserAutofill: offer !== undefined }).catch(() => null)
  offer?.signal.removeEventListener('abort', stop)
  if (!response) return DROPPED
  const { insisting: _, ...last } = offer?.wish() ?? wish
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
