/** Signing in from the page that a session has ended on, over the API. */
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import type { FormAction, FormState } from '../form-state.ts'
import { found, sendCredentials, sendFactor } from './requests.ts'
import type { Standing } from './view.ts'

export interface Heard {
  /** The server's word on the session that stands now. */
  readonly onSignedIn: (found: Standing) => void
  /** A second factor is due: which ones will do. */
  readonly onNext: (next: readonly string[]) => void
  /** All was right, and the account has as many sessions as it may have. */
  readonly onFull: () => void
}

export function signInHere({ onSignedIn, onNext, onFull }: Heard): FormAction {
  return async (_, data) => {
    const email = String(data.get('email') ?? '')
    const response = await sendCredentials({ email, password: String(data.get('password') ?? '') })
    const body = await response.json().catch(() => null)
    if (response.status === 201 && body) onSignedIn(found(response, body))
    else if (response.status === 202 && body) onNext(body.next)
    else if (response.status === 409) onFull()
    else return { status: 'refused', message: refusal(response, body), values: { email } } satisfies FormState
    return { status: 'done' }
  }
}

export function verifyHere({ onSignedIn, onFull }: Pick<Heard, 'onSignedIn' | 'onFull'>): FormAction {
  return async (_, data) => {
    const response = await sendFactor(String(data.get('code') ?? ''))
    const body = await response.json().catch(() => null)
    if (response.status === 409) onFull()
    else if (response.status === 201 && body) onSignedIn(found(response, body))
    else return { status: 'refused', message: refusal(response, body) }
    return { status: 'done' }
  }
}

/** `detail`: what there is to do where waiting is no way out. */
function refusal({ status, headers }: Response, body: { readonly [K in 'title' | 'detail']?: string } | null): string {
  if (status === 429) return body?.detail ?? throttledSentence(Number(headers.get('retry-after')) || 1)
  if (status === 400) return 'Enter your email address and your password.'
  return body?.title ?? 'Signet cannot sign you in at the moment. Try again in a few seconds.'
}
