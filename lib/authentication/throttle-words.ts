import { durationWords } from '#lib/duration-words.ts'
import { MINUTE } from '#lib/time.ts'

/** Too many attempts, and when to try again; from a minute on in whole minutes. @param retryAfter seconds */
export function throttledSentence(retryAfter: number): string {
  const seconds = retryAfter < MINUTE ? Math.max(1, retryAfter) : Math.ceil(retryAfter / MINUTE) * MINUTE
  return `Too many attempts. Try again in ${durationWords(seconds)}.`
}

/** Too many wrong codes in a row, over however long: waiting is no way out. */
export const CODES_SWITCHED_OFF =
  'Too many wrong codes for this account, one after another. Use a passkey, or reset your password.'
