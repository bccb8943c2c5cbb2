import { errors } from 'jose'

/**
 * Whether a token could not be looked at, since its provider's keys cannot be had: they do not come, come too late, or
 * what comes is no set of keys. That says nothing of the token, which may be sent again. Pure.
 *
 * jose has an error of its own for everything that may be wrong with a token; one without a name it throws only for an
 * answer with other keys than none: another status than 200, or no JSON.
 */
export function areKeysAway(cause: unknown): boolean {
  if (cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid) return true
  // What `fetch` throws when nobody answers.
  if (cause instanceof TypeError) return true
  return cause instanceof errors.JOSEError && cause.code === errors.JOSEError.code
}
