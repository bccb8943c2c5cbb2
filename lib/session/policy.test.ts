import { expect, test } from '@playwright/test'
import { DAY, HOUR, MINUTE, SECOND, secondsAfter } from '#lib/time.ts'
import {
  activityInterval,
  deadlines,
  defaultIdleWarning,
  limitsFor,
  PRESETS,
  type SessionPolicy,
  standing,
  unusedAfter,
} from './policy.ts'

const START = new Date('2026-03-29T00:30:00Z')
const policyOf = (level: 1 | 2 | 3): SessionPolicy => ({ ...PRESETS[level], idleWarning: 2 * MINUTE })
const times = { beganAt: START, lifetimeFrom: START, lockedAt: null, lastActiveAt: START, remembered: false }
const at = (seconds: number) => secondsAfter(START, seconds)

for (const [level, inactivity, lifetime, then] of [
  [1, 30 * MINUTE, 24 * HOUR, 'inactive'],
  [2, 15 * MINUTE, 8 * HOUR, 'locked'],
  [3, 10 * MINUTE, 8 * HOUR, 'inactive'],
] as const) {
  test(`level ${level}: a limit reached exactly has passed, a second before it has not`, () => {
    const policy = policyOf(level)
    expect(standing(times, policy, at(inactivity - SECOND))).toBe('active')
    expect(standing(times, policy, at(inactivity))).toBe(then)
    const active = { ...times, lastActiveAt: at(lifetime - MINUTE) }
    expect(standing(active, policy, at(lifetime - SECOND))).toBe('active')
    expect(standing(active, policy, at(lifetime))).toBe('lifetime-exceeded')
  })

  test(`level ${level}: no default is above its ceiling`, () => {
    const { ceiling, ordinary, remembered } = PRESETS[level]
    for (const limits of [ordinary, remembered ?? ordinary]) {
      expect(limits.inactivityTimeout).toBeLessThanOrEqual(ceiling.inactivityTimeout ?? Number.POSITIVE_INFINITY)
      expect(limits.absoluteLifetime).toBeLessThanOrEqual(ceiling.absoluteLifetime)
    }
  })
}

test('what was locked stays so until its lifetime is over, at level 2 only, and never where it was to be remembered', () => {
  const locked = { ...times, lockedAt: at(MINUTE) }
  expect(standing(locked, policyOf(2), at(2 * MINUTE)), 'whatever its last activity says').toBe('locked')
  expect(standing(locked, policyOf(2), at(8 * HOUR))).toBe('lifetime-exceeded')
  expect(standing(locked, policyOf(1), at(2 * MINUTE)), 'the level was changed').toBe('inactive')
  expect(standing(locked, policyOf(3), at(2 * MINUTE))).toBe('inactive')
  expect(standing({ ...times, remembered: true }, policyOf(2), at(16 * MINUTE))).toBe('inactive')
})

test('a clock that is a minute behind makes a session younger by nothing', () => {
  expect(standing(times, policyOf(2), at(-MINUTE))).toBe('active')
})

test('the absolute lifetime is told before inactivity where both have passed', () => {
  expect(standing(times, policyOf(2), at(2 * DAY))).toBe('lifetime-exceeded')
})

test('remembered sessions have limits of their own at level 1 only', () => {
  const remembered = { ...times, remembered: true }
  expect(limitsFor(policyOf(1), true)).toEqual({ inactivityTimeout: 7 * DAY, absoluteLifetime: 30 * DAY })
  expect(limitsFor(policyOf(2), true)).toEqual(PRESETS[2].ordinary)
  expect(standing(remembered, policyOf(1), at(7 * DAY - SECOND))).toBe('active')
  expect(standing(remembered, policyOf(2), at(16 * MINUTE))).toBe('inactive')
})

test('inactivity never reaches past the absolute lifetime', () => {
  const late = { ...times, lastActiveAt: at(8 * HOUR - MINUTE) }
  expect(deadlines(late, policyOf(2))).toEqual({ expiresAt: at(8 * HOUR), idleExpiresAt: at(8 * HOUR) })
  expect(deadlines(times, policyOf(2)).idleExpiresAt).toEqual(at(15 * MINUTE))
})

test('activity is written at most once a minute, or ten times in a short timeout', () => {
  expect(activityInterval(times, policyOf(2))).toBe(MINUTE)
  const short = { ...policyOf(2), ordinary: { inactivityTimeout: 2 * MINUTE, absoluteLifetime: HOUR } }
  expect(activityInterval(times, short)).toBe(12)
})

test('unused is a third of the longest timeout in whole days, and nothing where no session gets there', () => {
  const idleFor = (inactivityTimeout: number) => ({
    ...policyOf(2),
    ordinary: { inactivityTimeout, absoluteLifetime: 30 * DAY },
  })
  expect(unusedAfter(policyOf(1))).toBe(2 * DAY)
  expect(unusedAfter(policyOf(2))).toBeNull()
  expect(unusedAfter(policyOf(3))).toBeNull()
  expect(unusedAfter(idleFor(30 * DAY))).toBe(10 * DAY)
  expect(unusedAfter(idleFor(2 * DAY))).toBe(DAY)
  expect(unusedAfter(idleFor(DAY + SECOND))).toBe(DAY)
  expect(unusedAfter(idleFor(DAY))).toBeNull()
})

test('the warning is two minutes, or a third of a short timeout', () => {
  expect(defaultIdleWarning(15 * MINUTE)).toBe(2 * MINUTE)
  expect(defaultIdleWarning(3 * MINUTE)).toBe(MINUTE)
})
