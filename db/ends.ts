import 'server-only'
import type { Ending } from './contract.ts'
import { type Ends, overBecause, type Rules } from './judgement.ts'
import type { LiveSession } from './live.ts'
import { type Cause, type Decision, WHAT_ENDS } from './what-ends.ts'

/** What an event is about, for the decisions that depend on it. */
export interface Scope {
  /** The session from which it came, or null. */
  readonly thisSession: string | null
  /** For `chosen`. */
  readonly endOthers?: boolean
  /** For `target`: one session, or null for all of them. */
  readonly target?: string | null
  readonly endedBy: string | null
  /** An administrator's reason. */
  readonly why?: string | undefined
}

/**
 * Which of an account's sessions an event ends, and as what: the table, applied. One that has run out and waits for
 * the sweep ends as what it is. Pure.
 */
export function endsOf(cause: Cause, sessions: readonly LiveSession[], scope: Scope, rules: Rules): readonly Ends[] {
  const row = WHAT_ENDS[cause]
  const ending = { reason: row.reason, endedBy: scope.endedBy, why: scope.why }
  return sessions
    .filter(({ id }) => isEnded(id === scope.thisSession ? row.thisSession : row.otherSessions, id, scope))
    .map((session) => ({ session, ending: endingOf(session, ending, rules) }))
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
export function endingOf(session: LiveSession, ending: Ending, rules: Rules): Ending {
  const over = overBecause(session, rules)
  return over && over !== ending.reason ? { reason: over, endedBy: null } : ending
}

function isEnded(decision: Decision, id: string, { endOthers = true, target = null }: Scope): boolean {
  switch (decision) {
    case 'ends':
      return true
    case 'chosen':
      return endOthers
    case 'target':
      return target === null || target === id
    case 'stays':
    case 'renewed':
      return false
  }
}
