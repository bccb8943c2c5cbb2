import 'server-only'
import type { AccountChange, Authority, Changed, NewEvent, PendingKind, User } from './contract.ts'
import { deviceName } from './device-name.ts'
import { endedBecause, endsOf } from './ends.ts'
import type { Ends, Rules } from './judgement.ts'
import { type LiveSession, rekeyed } from './live.ts'
import { changedUser } from './plan/account.ts'
import { addedBy } from './plan/added.ts'
import { authorityProblem, changeProblem, isGoodLink, type Refusal, RIGHTS } from './plan/rights.ts'
import { type AccountState, ofUser, ownSession } from './plan/state.ts'
import { otherEnds, type Write, writesOf } from './plan/writes.ts'
import { administeredEvent, byAdministrator } from './records.ts'
import { WHAT_ENDS } from './what-ends.ts'

export interface Plan {
  readonly events: readonly NewEvent[]
  readonly ends: readonly Ends[]
  readonly renewed: LiveSession | null
  /** After the events: their mails go to the address from before. */
  readonly writes: readonly Write[]
  readonly changed: Extract<Changed, { outcome: 'changed' }>
}

export function planChange(
  state: AccountState,
  authority: Authority,
  change: AccountChange,
  event: NewEvent,
  rules: Rules,
): Plan | Refusal {
  const { user } = state
  const { by, cause } = RIGHTS[change.kind]
  if (!by.includes(authority.by)) return { outcome: 'void' }
  // Before anything is said of the account: a link that opens nothing tells nothing.
  if (authority.by === 'link' && !isGoodLink(state, change)) return { outcome: 'void' }
  if (!user || user.deletedAt) return { outcome: 'not-found' }
  const refusal = authorityProblem(state, authority, cause, rules) ?? changeProblem(state, authority, user, change)
  if (refusal) return refusal
  const after = changedUser(state, user, change)
  const own = authority.by === 'person' ? ownSession(state, authority) : undefined
  const scope = scopeOf(change, own, event)
  const ends = cause === null ? [] : endsOf(cause, ofUser(state, user), scope, rules)
  const isRenewed = cause !== null && WHAT_ENDS[cause].thisSession === 'renewed'
  const renewed = isRenewed && own && authority.by === 'person' ? rekeyed(own, authority.digest) : null
  return {
    events: eventsOf(state, authority, change, user, event),
    ends,
    renewed,
    writes: [
      ...writesOf(state, user, change),
      ...otherEnds(state, authority, user, cause, scope, own),
      ['saveUser', after],
    ],
    changed: {
      outcome: 'changed',
      user: after,
      session: renewed,
      ended: cause === null ? 0 : endedBecause(cause, ends).length,
    },
  }
}

function scopeOf(change: AccountChange, own: LiveSession | undefined, { detail }: NewEvent) {
  return {
    thisSession: own?.id ?? null,
    endedBy: own ? deviceName(own) : null,
    ...('endOthers' in change && { endOthers: change.endOthers }),
    ...('sessionId' in change && { target: change.sessionId, why: detail.reason }),
  }
}

/** What an administrator does is told on both sides; the person is not told the administrator's address. */
function eventsOf(
  { administrator, now }: AccountState,
  authority: Authority,
  change: AccountChange,
  user: User,
  event: NewEvent,
): NewEvent[] {
  // By this it is known that the notice has been answered.
  if (authority.by === 'notice') return [{ ...event, detail: { ...event.detail, notice: String(authority.event) } }]
  const added = addedBy(change, now)
  if (added !== null) return [{ ...event, detail: { ...event.detail, added } }]
  if (authority.by !== 'administrator' || !administrator) return [event]
  // Of ended sessions the person has an event each.
  const told = change.kind === 'sessions-ended' ? [] : [byAdministrator(event)]
  return [...told, administeredEvent(event, administrator.id, change.kind, user)]
}

/** Of mailed links an account has one of a kind: the latest wins. */
export function isLink(kind: PendingKind): boolean {
  return kind === 'reset' || kind === 'email'
}
