import { expect, test } from '@playwright/test'
import { formatDuration, parseDuration } from './duration.ts'

test('durations are whole numbers with a unit', () => {
  expect(['45s', '15m', '12h', '30d'].map(parseDuration)).toEqual([45, 900, 43_200, 2_592_000])
})

test('anything else is no duration', () => {
  for (const text of ['', '0s', '15', 'm', '1.5h', '-1s', '15 m', '15M', '1h30m', '9999999999s', '1w']) {
    expect(parseDuration(text), text).toBeUndefined()
  }
})

test('a duration is written in the largest unit that keeps it exact', () => {
  expect([45, 90, 1800, 5400, 86_400, 2.5, 10 / 3].map(formatDuration)).toEqual([
    '45s',
    '90s',
    '30m',
    '90m',
    '1d',
    '2.5s',
    '3.333s',
  ])
})
