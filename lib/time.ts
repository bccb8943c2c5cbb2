/** The one source of the time in this process. Tests move it from outside (a preload that shifts `Date`). */

export const SECOND = 1
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export function now(): Date {
  return new Date()
}

/**
 * Whole and fractional seconds from `from` until `to`. Never negative: a node whose clock
 * is behind the one that wrote `from` must see an age of zero, not a future.
 */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, (to.getTime() - from.getTime()) / 1000)
}

export function secondsAfter(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000)
}
