import type { SessionTimes } from '#db/contract.ts'
import { deadlines, type SessionPolicy } from './policy.ts'

/** What a page is told of its session's limits: instants in ISO 8601, the warning's lead in seconds. Pure. */
export interface Timeouts {
  /** The server's own time, for a page whose clock is wrong. */
  readonly now: string
  readonly idleExpiresAt: string
  readonly expiresAt: string
  readonly warning: number
}

export function timeoutsOf(session: SessionTimes, policy: SessionPolicy, now: Date): Timeouts {
  const { idleExpiresAt, expiresAt } = deadlines(session, policy)
  return {
    now: now.toISOString(),
    idleExpiresAt: idleExpiresAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    warning: policy.idleWarning,
  }
}
