import { expect, test } from '@playwright/test'
import { announcement, countdownWords } from './countdown.ts'

for (const [left, words] of [
  [121, '2 minutes 1 second'],
  [120, '2 minutes'],
  [119, '1 minute 59 seconds'],
  [60, '1 minute'],
  [59, '59 seconds'],
  [1, '1 second'],
  [0, '0 seconds'],
] as const) {
  test(`${left} seconds are ${words}`, () => expect(countdownWords(left)).toBe(words))
}

test('reads aloud at the opening, at one minute, thirty and ten seconds', () => {
  const said = Array.from({ length: 121 }, (_, passed) => announcement(120, 120 - passed))
  expect([...new Set(said)]).toEqual(['2 minutes left.', '1 minute left.', '30 seconds left.', '10 seconds left.'])
  expect(said.indexOf('1 minute left.')).toBe(60)
})

test('a late opening begins with what is left then', () => {
  expect(announcement(45, 45)).toBe('45 seconds left.')
  expect(announcement(45, 30)).toBe('30 seconds left.')
  expect(announcement(8, 3)).toBe('8 seconds left.')
})
