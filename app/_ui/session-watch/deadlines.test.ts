import { expect, test } from '@playwright/test'
import { MINUTE, secondsAfter } from '#lib/time.ts'
import { deadlinesFrom, momentAt, reportInterval, serverNow } from './deadlines.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

/** Told at `NOW`; limits in seconds from then. */
function told(idle: number, end: number, warning = 2 * MINUTE) {
  const at = (seconds: number) => secondsAfter(NOW, seconds).toISOString()
  return { now: at(0), idleExpiresAt: at(idle), expiresAt: at(end), warning }
}

const known = deadlinesFrom(told(15 * MINUTE, 480 * MINUTE), NOW)

for (const [passed, phase, left, next] of [
  [0, 'calm', 900, 780],
  [779.5, 'calm', 121, 0.5],
  [780, 'idle-warning', 120, 1],
  [780.25, 'idle-warning', 120, 0.75],
  [899.5, 'idle-warning', 1, 0.5],
  [900, 'idle', 0, Number.POSITIVE_INFINITY],
  [5000, 'idle', 0, Number.POSITIVE_INFINITY],
] as const) {
  test(`after ${passed} of 900 idle seconds: ${phase}, ${left} left`, () => {
    const moment = momentAt(known, secondsAfter(NOW, passed))
    expect(moment).toEqual({ phase, left, next: expect.closeTo(next) })
  })
}

test('near the absolute limit nothing offers to stay', () => {
  const end = deadlinesFrom(told(10 * MINUTE, 10 * MINUTE), NOW)
  expect(momentAt(end, secondsAfter(NOW, 481)).phase).toBe('end-notice')
  expect(momentAt(end, secondsAfter(NOW, 600)).phase).toBe('expired')
})

test('a wrong clock changes nothing', () => {
  const clientNow = secondsAfter(NOW, 7200)
  const skewed = deadlinesFrom(told(15 * MINUTE, 480 * MINUTE), clientNow)
  expect(momentAt(skewed, serverNow(skewed, clientNow)).left).toBe(900)
})

test('a clock set while the page is open is noticed, a whole-second difference is not', () => {
  const told15 = told(15 * MINUTE, 480 * MINUTE)
  expect(deadlinesFrom(told15, secondsAfter(NOW, 0.9), known).ahead).toBe(0)
  expect(deadlinesFrom(told15, secondsAfter(NOW, 3600), known).ahead).toBe(-3600)
})

test('input is reported as often as the server writes it down, also late in a session', () => {
  expect(reportInterval(known)).toBe(MINUTE)
  expect(reportInterval(deadlinesFrom(told(45, 480), NOW))).toBe(4.5)
  expect(reportInterval(deadlinesFrom(told(30, 30), NOW, known))).toBe(MINUTE)
})
