/** A countdown in words: minutes, then seconds. Pure. */
import { MINUTE } from '#lib/time.ts'

/** "2 minutes", "1 minute 59 seconds", "10 seconds". @param left whole seconds */
export function countdownWords(left: number): string {
  const minutes = Math.floor(left / MINUTE)
  const seconds = left % MINUTE
  const parts = [minutes && counted(minutes, 'minute'), (seconds || !minutes) && counted(seconds, 'second')]
  return parts.filter(Boolean).join(' ')
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const MARKS = [10, 30, MINUTE]

/**
 * What is read aloud: at the opening, then at one minute, thirty and ten seconds, and not at every second.
 * @param opened seconds that were left when the countdown began
 */
export function announcement(opened: number, left: number): string {
  const at = MARKS.find((mark) => mark < opened && left <= mark) ?? opened
  return `${countdownWords(at)} left.`
}

let clock: Intl.DateTimeFormat | undefined

/** "14:02", in the reader's own zone. */
export function clockTime(at: Date): string {
  clock ??= new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
  return clock.format(at)
}
