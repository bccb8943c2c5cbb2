import { expect, test } from '@playwright/test'
import { DAY, HOUR, MINUTE, secondsAfter } from '#lib/time.ts'
import { waitAfter } from './schedule.ts'

const THEN = new Date('2026-01-01T12:00:00Z')

test('the waits grow to an hour and stay there', () => {
  const waits = [0, 1, 2, 3, 4, 5, 70].map((failures) => waitAfter(failures, THEN, THEN))
  expect(waits).toEqual([30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, HOUR, HOUR])
})

test('after three days it is given up', () => {
  expect(waitAfter(70, THEN, secondsAfter(THEN, 3 * DAY - 1))).toBe(HOUR)
  expect(waitAfter(70, THEN, secondsAfter(THEN, 3 * DAY))).toBeNull()
})

test('a clock behind the database’s gives nothing up', () => {
  expect(waitAfter(0, secondsAfter(THEN, 10 * DAY), THEN)).toBe(30)
})
