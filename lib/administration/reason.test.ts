import { expect, test } from '@playwright/test'
import { parseReason } from './reason.ts'

test('a reason is one line of at most 200 characters', () => {
  expect(parseReason('  stolen   laptop ')).toEqual({ reason: 'stolen laptop' })
  expect(parseReason('é'.repeat(200))).toEqual({ reason: 'é'.repeat(200) })
  for (const wrong of ['', '   ', '\u200d', 'a\nb', '\u202eabc', 'x'.repeat(201), 'x'.repeat(100_000)]) {
    expect(parseReason(wrong), JSON.stringify(wrong.slice(0, 9))).toHaveProperty('problem')
  }
})
