import 'server-only'
import type { RecentProof } from '#db/contract.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { provenAgain, recentProof, type Standing } from '#lib/session/current.ts'
import { reauthenticate } from './reauthenticate.ts'
import { throttledSentence } from './throttle-words.ts'

/** A fresh proof, with the cookie of the new token when one was made; or what the form must say. */
export type StepUp =
  | { readonly outcome: 'proven'; readonly proof: RecentProof; readonly cookie: Cookie | null }
  | { readonly outcome: 'asked' | 'wrong' | 'refused'; readonly message: string }
  | { readonly outcome: 'session-over' }

const ASK = 'Enter your password to confirm it’s you.'
const AGAIN = 'Your session was just renewed, so nothing has been done yet. Please press the button once more.'

/**
 * Earns the fresh proof that a sensitive act needs, with the password that came along in the same form where the
 * last proof is too old: the act is asked for once and done once.
 * @see ASVS v5.0.0-7.5.2
 */
export async function stepUp(current: Standing, password: string, context: RequestContext): Promise<StepUp> {
  const proof = recentProof(current)
  if (proof === 'superseded') return { outcome: 'refused', message: AGAIN }
  if (proof !== 'stale') return { outcome: 'proven', proof, cookie: null }
  if (password === '') return { outcome: 'asked', message: ASK }
  const result = await reauthenticate(current, password, context)
  switch (result.outcome) {
    case 'confirmed':
      return { outcome: 'proven', proof: provenAgain(result.session), cookie: result.cookie }
    case 'wrong-password':
      return { outcome: 'wrong', message: 'That password is wrong. Nothing has been done.' }
    case 'superseded':
      return { outcome: 'refused', message: AGAIN }
    case 'throttled':
      return { outcome: 'refused', message: throttledSentence(result.retryAfter) }
    case 'session-over':
      return { outcome: 'session-over' }
  }
}
