import 'server-only'
import type { GrantCheck, SessionCheck } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { epoch } from '#lib/session/epoch.ts'
import { standing } from '#lib/session/policy.ts'

/**
 * Whether what hangs on a grant may be used now. The rows decide, at each use: a grant goes with its session, and one that
 * was consented to outlive it (`offline_access`) stands by itself.
 * @param whileSignedIn for codes: what is half done goes with the session in any case
 * @see policy, table 2b; ASVS v5.0.0-7.4.1, 10.4.9
 */
export function grantStands({ grant, session, now }: GrantCheck, whileSignedIn = false): boolean {
  if (grant.epoch < epoch()) return false
  if (grant.offline && !whileSignedIn) return true
  return session !== null && sessionStands(session, now)
}

/** Locked is not standing: nobody is there. */
export function sessionStands(session: SessionCheck, now: Date): boolean {
  return session.epoch >= epoch() && standing(session, settings().policy, now) === 'active'
}
