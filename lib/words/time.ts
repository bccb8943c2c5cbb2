/** Instants in words. Pure; the page's language is English, and so are these. */
import { DAY, HOUR, MINUTE, secondsBetween } from '#lib/time.ts'

/** A session used less than this long ago is in use now. Seconds. */
export const ACTIVE_NOW = 3 * MINUTE

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' })

/** "3 minutes ago", "in 2 hours"; "just now" and "in a moment" below a minute. Counted in whole units. */
export function relativeTime(at: Date, now: Date): string {
  const past = at.getTime() <= now.getTime()
  const seconds = past ? secondsBetween(at, now) : secondsBetween(now, at)
  for (const [unit, length] of UNITS) {
    if (seconds >= length) return relative.format((past ? -1 : 1) * Math.floor(seconds / length), unit)
  }
  return past ? 'just now' : 'in a moment'
}

const utc = exactFormat('UTC')

/** "21 Nov 2026, 10:04 UTC". */
export function exactTime(at: Date): string {
  return utc.format(at)
}

/** How an exact time is written; without a zone in the reader's own. */
export function exactFormat(timeZone?: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(timeZone && { timeZone }),
  })
}
