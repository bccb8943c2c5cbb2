import { relativeTime } from '#lib/words/time.ts'
import { ExactTime } from './exact-time.tsx'

interface TimeProps {
  readonly at: Date
  /** The request's `now`. With it the text is relative ("3 minutes ago"), without it exact. */
  readonly now?: Date | undefined
  /** Exact, and relative in brackets. */
  readonly both?: boolean
}

/** An instant. What is seen is text, never only a `title`. */
export function Time({ at, now, both = false }: TimeProps) {
  return (
    <time dateTime={at.toISOString()}>
      {(!now || both) && <ExactTime at={at.getTime()} />}
      {now && (both ? ` (${relativeTime(at, now)})` : relativeTime(at, now))}
    </time>
  )
}
