import 'server-only'
import type { EndReason, SessionFigures, User } from './contract.ts'

/** How figures are made of counts: the same for both stores. Pure. */

const HOURS = 24
const HOUR = 60 * 60 * 1000

/** The reasons there are, for counting each by its own stretch of an index. */
export const END_REASONS = Object.keys({
  'signed-out': null,
  'signed-in-again': null,
  'signed-out-elsewhere': null,
  'signed-out-everywhere': null,
  idle: null,
  expired: null,
  replayed: null,
  limit: null,
  administrator: null,
  'role-changed': null,
  'password-changed': null,
  'factor-changed': null,
  'email-changed': null,
  reset: null,
  reported: null,
  disabled: null,
  deleted: null,
  circumstances: null,
  provider: null,
  epoch: null,
} satisfies Record<EndReason, null>) as readonly EndReason[]

export interface Hour {
  readonly from: Date
  /** Its end, itself included. */
  readonly at: Date
}

/** The hours before `now`, oldest first. */
export function lastHours(now: Date): readonly Hour[] {
  return Array.from({ length: HOURS }, (_, index) => {
    const at = now.getTime() - (HOURS - 1 - index) * HOUR
    return { from: new Date(at - HOUR), at: new Date(at) }
  })
}

export interface HourCounts {
  readonly at: Date
  /** Sessions that began in it, whether they live or not. */
  readonly began: number
  readonly ended: Readonly<Partial<Record<EndReason, number>>>
}

export type Totals = Pick<SessionFigures, 'users' | 'sessions' | 'people' | 'locked'>

/** Who is live now, less who came in an hour and with who went in it, were live before it. */
export function figuresFrom(totals: Totals, counts: readonly HourCounts[]): SessionFigures {
  let live = totals.sessions
  const hours = counts.toReversed().map(({ at, began, ended: reasons }) => {
    const ended = sum(Object.values(reasons))
    const hour = { at, live, began, ended }
    live = Math.max(0, live - began + ended)
    return hour
  })
  const total = (reason: EndReason) => sum(counts.map(({ ended }) => ended[reason] ?? 0))
  const ended = END_REASONS.map((reason) => [reason, total(reason)] as const).filter(([, count]) => count > 0)
  const began = sum(counts.map((hour) => hour.began))
  return { ...totals, began, ended: Object.fromEntries(ended), hours: hours.reverse() }
}

export function isAdministrator(user: Pick<User, 'administrator' | 'disabledAt'> | undefined): boolean {
  return user?.administrator === true && user.disabledAt === null
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
