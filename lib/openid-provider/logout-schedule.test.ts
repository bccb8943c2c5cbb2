import { expect, test } from '@playwright/test'
import { HOUR, MINUTE, secondsAfter } from '#lib/time.ts'
import { tellAgainAfter } from './logout-schedule.ts'

const THEN = new Date('2026-01-01T12:00:00Z')

test('the waits grow to a quarter of an hour and stay there', () => {
  const waits = [0, 1, 2, 3, 4, 5, 40].map((failures) => tellAgainAfter(0, failures, THEN, THEN))
  expect(waits).toEqual([5, 15, MINUTE, 5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 15 * MINUTE])
})

test('after twelve hours it is given up', () => {
  expect(tellAgainAfter(0, 40, THEN, secondsAfter(THEN, 12 * HOUR - 1))).toBe(15 * MINUTE)
  expect(tellAgainAfter(0, 40, THEN, secondsAfter(THEN, 12 * HOUR))).toBeNull()
})

test('the fifth no is believed, however often there was no answer before', () => {
  expect(tellAgainAfter(4, 3, THEN, THEN)).toBe(5 * MINUTE)
  expect(tellAgainAfter(5, 4, THEN, THEN)).toBeNull()
  expect(tellAgainAfter(1, 40, THEN, THEN)).toBe(15 * MINUTE)
})

test('a clock behind the database’s gives nothing up', () => {
  expect(tellAgainAfter(0, 0, secondsAfter(THEN, 24 * HOUR), THEN)).toBe(5)
})
