/** Signing in from the page that a session has ended on, over the API. */
import { throttledSentence } from '#lib/authentication/throttle-words.ts'
import type { FormAction, FormState } from '../form-state.ts'
import { found, sendCredentials } from './requests.ts'
import type { Standing } from './view.ts'

/** @param onSignedIn is told what the server says of the new session */
export function signInHere(onSignedIn: (found: Standing) => void): FormAction {
  return async (_, data) => {
    const email = String(data.get('email') ?? '')
    const response = await sendCredentials({ email, password: String(data.get('password') ?? '') })
    const body = await response.json().catch(() => null)
    if (response.status === 201 && body) {
      onSignedIn(found(response, body))
      return { status: 'done' }
    }
    return { status: 'refused', message: refusal(response, body), values: { email } } satisfies FormState
  }
}

function refusal({ status, headers }: Response, body: { readonly title?: string } | null): string {
  if (status === 429) return throttledSentence(Number(headers.get('retry-after')) || 1)
  if (status === 400) return 'Enter your email address and your password.'
  return body?.title ?? 'Signet cannot sign you in at the moment. Try again in a few seconds.'
}
