import { CODES_SWITCHED_OFF } from '#lib/authentication/throttle-words.ts'
import { problem } from './problem.ts'

export interface Throttled {
  readonly retryAfter: number
  /** Waiting does not help, a passkey or a mailed reset does. */
  readonly lasting?: boolean
}

/** Too many attempts. Where waiting is no way out, `lasting` says so, and `detail` what is one (RFC 9457 §3.1.4). */
export function throttledProblem({ retryAfter, lasting = false }: Throttled): Response {
  return problem('too_many_attempts', {
    retryAfter,
    ...(lasting && { more: { lasting, detail: CODES_SWITCHED_OFF } }),
  })
}
