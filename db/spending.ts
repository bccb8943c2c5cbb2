import 'server-only'
import type { Spent } from './contract.ts'

/** What the protocol uses up once: codes, and refresh tokens that are exchanged for newer ones. Pure. */

/** Half-done things of the protocol, by oidc-provider's names: they end where an account's half-states do. */
export const HALF_DONE = ['AuthorizationCode', 'DeviceCode', 'PushedAuthorizationRequest', 'Interaction'] as const

export interface Family {
  readonly consumedAt: Date | null
  /** Another that was made in the same place has been shown. */
  readonly hasShownSibling: boolean
  /** One that was made in its place has been shown. */
  readonly hasShownSuccessor: boolean
}

/**
 * A lost answer is no theft: within the grace another may be made in its place, and of all these the first that is
 * shown stays. Whoever shows another one has a copy, before the grace is over as well as after it.
 * @param grace seconds; a grace that ends exactly at `now` is over, and 0 knows no `again` at whatever instants
 * @see RFC 9700 §4.14.2, ASVS v5.0.0-10.4.5
 */
export function spentAs({ consumedAt, hasShownSibling, hasShownSuccessor }: Family, grace: number, now: Date): Spent {
  if (consumedAt === null) return hasShownSibling ? 'reused' : 'spent'
  // On Postgres whoever waited for the row may have asked before it was used up: without a grace it is late all the same.
  const isLate = grace === 0 || now.getTime() >= consumedAt.getTime() + grace * 1000
  return isLate || hasShownSuccessor ? 'reused' : 'again'
}
