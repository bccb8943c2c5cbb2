/** Durations as settings write them: `45s`, `15m`, `12h`, `30d`. Seconds inside. */
import { DAY, HOUR, MINUTE, SECOND } from '#lib/time.ts'

const UNITS = { d: DAY, h: HOUR, m: MINUTE, s: SECOND } as const

export const DURATION_FORM = 'a whole number with its unit, such as 45s, 15m, 12h or 30d'

/** Seconds, or undefined when the text is no duration. Zero is none: a limit of nothing would lock everybody out. */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,8})([smhd])$/.exec(text)
  if (!match) return undefined
  return Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
}

/** The shortest exact way to write it: 1800 is `30m`, 5400 is `90m`. Fractions of a second are shown as such. */
export function formatDuration(seconds: number): string {
  for (const [unit, size] of Object.entries(UNITS)) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`
  }
  return `${Math.round(seconds * 1000) / 1000}s`
}
