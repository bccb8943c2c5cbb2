import type { Authentication } from '#db/contract.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'

/**
 * The level that a session's recorded authentications amount to: computed, never stored or set.
 * A password alone is one factor. @see NIST SP 800-63B-4 §2
 */
export function assuranceLevel(authentications: readonly Authentication[]): AssuranceLevel | 0 {
  return authentications.length > 0 ? 1 : 0
}

export function authenticatedAt(authentications: readonly Authentication[]): Date {
  return new Date(Math.max(0, ...authentications.map(({ at }) => at.getTime())))
}
