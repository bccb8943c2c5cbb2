import 'server-only'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { settings } from '#lib/config.ts'
import { deriveKey } from '#lib/keys/derive.ts'
import { type Key, ring } from '#lib/keys/ring.ts'

/**
 * The value that every form carries. It is bound to the public session id, so that a renewal does not break an open
 * form; before sign-in to the browser's cookie. With the own-origin rule it is the second lock on the same door.
 * @see NIST SP 800-63B-4 §5.1.1 (a session-bound value in POST), OWASP CSRF cheat sheet
 */
export const FORM_TOKEN_FIELD = 'formToken'

export type FormSubject = { readonly sessionId: string } | { readonly browser: string }

export function formToken(subject: FormSubject): string {
  return tokenWith(ring().sealing, subject).toString('base64url')
}

/** Any key of the ring will do: a rotation must not break open forms either. */
export function isFormToken(value: unknown, subject: FormSubject): boolean {
  if (typeof value !== 'string' || value.length !== 43) return false
  const given = Buffer.from(value, 'base64url')
  return given.length === 32 && ring().keys.some((key) => timingSafeEqual(given, tokenWith(key, subject)))
}

function tokenWith(key: Key, subject: FormSubject): Buffer {
  const bound = 'sessionId' in subject ? `session:${subject.sessionId}` : `browser:${subject.browser}`
  return createHmac('sha256', deriveKey(key.secret, 'form-token', settings().origin))
    .update(bound)
    .digest()
}
