import { expect, test } from '@playwright/test'
import { backoff } from './backoff.ts'

test('waits longer each time, never longer than 45 seconds', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 50].map((attempt) => backoff(attempt, 'k3XfA'))
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
  expect(pauses[0]).toBeGreaterThanOrEqual(1)
  expect(pauses.at(-1)).toBeLessThanOrEqual(45)
})

test('sessions come back at different times', () => {
  const pauses = ['one', 'two', 'three', 'four'].map((id) => backoff(5, id))
  expect(new Set(pauses).size).toBe(4)
})
