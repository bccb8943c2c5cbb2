import 'server-only'
import type { Ending } from './contract.ts'
import { type Ends, overBecause, type Rules } from './judgement.ts'
import type { LiveSession } from './live.ts'
import { type Cause, endedAlone, endedBy, isEnded, type Scope, WHAT_ENDS } from './what-ends.ts'

/**
 * Which of an account's sessions an event ends, and as what: the table, applied. One that has run out and waits for
 * the sweep ends as what it is. Pure.
 */
export function endsOf(cause: Cause, sessions: readonly LiveSession[], scope: Scope, rules: Rules): readonly Ends[] {
  return endedBy(cause, sessions, scope).map(({ session, ending, withApps }) => ({
    session,
    // One that had run out is no safer for that.
    withApps,
    ending: endingOf(session, ending, rules),
  }))
}

/** Whether an event ends what applications were let do, also beyond a session. Where one session was named, it does not. */
export function endsApps(cause: Cause, scope: Scope): boolean {
  return isEnded(WHAT_ENDS[cause].linkedApps, '', scope)
}

/** Those that this event ended, and not their own time. */
export function endedBecause(cause: Cause, ends: readonly Ends[]): readonly Ends[] {
  return ends.filter(({ ending }) => ending.reason === WHAT_ENDS[cause].reason)
}

/** As what it ends: one that was over before ends as what it was. */
function endingOf(session: LiveSession, ending: Ending, rules: Rules): Ending {
  const over = overBecause(session, rules)
  return over && over !== ending.reason ? endedAlone(over, session).ending : ending
}
