/** When a session ends by itself, by the server's clock. Pure. Durations are seconds. */
import type { Timeouts } from '#lib/session/timeouts.ts'
import { MINUTE, secondsAfter, secondsBetween } from '#lib/time.ts'

export interface Deadlines {
  readonly idleExpiresAt: Date
  readonly expiresAt: Date
  readonly warning: number
  /** By how much the server's clock is ahead of this machine's; negative when it is behind. */
  readonly ahead: number
  /** The longest inactivity that the server was seen to allow. */
  readonly idleAllowed: number
}

/** A `Date` header has whole seconds and was written a moment ago: a smaller difference is not one. */
const TRIFLE = 2

/**
 * What is known after the server has spoken. A clock that is wrong, or that somebody sets while the page is open,
 * changes nothing: what counts is how long the server's own `now` is before its deadlines.
 */
export function deadlinesFrom(told: Timeouts, clientNow: Date, before?: Deadlines): Deadlines {
  const now = new Date(told.now)
  const idleExpiresAt = new Date(told.idleExpiresAt)
  const ahead = (now.getTime() - clientNow.getTime()) / 1000
  return {
    idleExpiresAt,
    expiresAt: new Date(told.expiresAt),
    warning: told.warning,
    ahead: before && Math.abs(ahead - before.ahead) < TRIFLE ? before.ahead : ahead,
    idleAllowed: Math.max(before?.idleAllowed ?? 0, secondsBetween(now, idleExpiresAt)),
  }
}

export function serverNow({ ahead }: Deadlines, clientNow: Date): Date {
  return secondsAfter(clientNow, ahead)
}

/** `idle-warning` and `end-notice`: the inactivity timeout, or the absolute lifetime, is near. The last two: over. */
export type Phase = 'calm' | 'idle-warning' | 'end-notice' | 'idle' | 'expired'

export interface Moment {
  readonly phase: Phase
  /** Until the nearer limit; whole, and never less than what is left. */
  readonly left: number
  /** Until this is to be looked at again: the next second of a countdown, or the opening of the warning. */
  readonly next: number
}

/** A limit reached exactly at `now` has passed. Where both limits fall together it is the absolute one. */
export function momentAt({ idleExpiresAt, expiresAt, warning }: Deadlines, now: Date): Moment {
  const idleIsNearer = idleExpiresAt < expiresAt
  const left = secondsBetween(now, idleIsNearer ? idleExpiresAt : expiresAt)
  if (left === 0) return { phase: idleIsNearer ? 'idle' : 'expired', left, next: Number.POSITIVE_INFINITY }
  const whole = Math.ceil(left)
  if (left > warning) return { phase: 'calm', left: whole, next: left - warning }
  return { phase: idleIsNearer ? 'idle-warning' : 'end-notice', left: whole, next: left - whole + 1 }
}

/** Input is reported at most this often: as often as the server writes activity down. */
export function reportInterval({ idleAllowed }: Deadlines): number {
  return Math.min(MINUTE, idleAllowed / 10)
}
