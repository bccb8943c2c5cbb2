/** Durations as people say them. Pure. */
import { DAY, HOUR, MINUTE } from '#lib/time.ts'

const UNITS = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', 1],
] as const

/** The largest unit in which the duration is a whole number; fractions of a second are rounded up. */
function inWholeUnits(seconds: number): { count: number; unit: string } {
  const whole = Math.max(0, Math.ceil(seconds))
  for (const [unit, length] of UNITS) {
    if (whole >= length && whole % length === 0) return { count: whole / length, unit }
  }
  return { count: 0, unit: 'second' }
}

/** "15 minutes", "1 hour", "90 seconds". */
export function durationWords(seconds: number): string {
  const { count, unit } = inWholeUnits(seconds)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** As an adjective: "8-hour", "90-second". */
export function durationAdjective(seconds: number): string {
  const { count, unit } = inWholeUnits(seconds)
  return `${count}-${unit}`
}
