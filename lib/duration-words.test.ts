import { expect, test } from '@playwright/test'
import { durationAdjective, durationWords } from '#lib/duration-words.ts'

const SAID: [number, string, string][] = [
  [15 * 60, '15 minutes', '15-minute'],
  [60, '1 minute', '1-minute'],
  [90, '90 seconds', '90-second'],
  [8 * 3600, '8 hours', '8-hour'],
  [90 * 60, '90 minutes', '90-minute'],
  [30 * 86_400, '30 days', '30-day'],
  [1, '1 second', '1-second'],
  [0.2, '1 second', '1-second'],
  [0, '0 seconds', '0-second'],
  [-5, '0 seconds', '0-second'],
]

for (const [seconds, words, adjective] of SAID) {
  test(`${seconds} seconds are ${words}`, () => {
    expect(durationWords(seconds)).toBe(words)
    expect(durationAdjective(seconds)).toBe(adjective)
  })
}
