import { expect, test } from '@playwright/test'
import { DAY, HOUR, MINUTE, secondsAfter } from '#lib/time.ts'
import { exactTime, relativeTime } from './time.ts'

const NOON = new Date('2026-11-21T12:00:00Z')

const cases: readonly (readonly [number, string])[] = [
  [0, 'just now'],
  [-59, 'just now'],
  [-MINUTE, '1 minute ago'],
  [-HOUR + 1, '59 minutes ago'],
  [-HOUR, '1 hour ago'],
  [-DAY + 1, '23 hours ago'],
  [-DAY, '1 day ago'],
  [-90 * DAY, '90 days ago'],
  [59, 'in a moment'],
  [MINUTE, 'in 1 minute'],
  [8 * HOUR, 'in 8 hours'],
]

for (const [seconds, words] of cases) {
  test(`${seconds} seconds from now is "${words}"`, () => {
    expect(relativeTime(secondsAfter(NOON, seconds), NOON)).toBe(words)
  })
}

test('an exact time names its zone', () => {
  expect(exactTime(NOON)).toBe('21 Nov 2026, 12:00 UTC')
})
