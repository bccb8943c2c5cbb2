import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { looseCharacters, period } from '#lib/authentication/patterns.ts'

/** The loose characters stand, the others are dots. */
function shown(text: string): string {
  const characters = [...text]
  const loose = looseCharacters(characters)
  return characters.map((character, i) => (loose[i] ? character : '.')).join('')
}

const WALKS: [string, string][] = [
  ['', ''],
  ['ab', 'ab'],
  ['abc', '...'],
  ['xabcx', 'x...x'],
  ['cbak', '...k'],
  ['890123', '......'],
  ['abcba', '.....'],
  ['aaab', '....'],
  ['aab', '...'],
  ['qwerty!asdf', '......!....'],
  ['lkjhx', '....x'],
  ['abd', 'abd'],
  ['staple', 'staple'],
  ['1qaz2wsx', '........'],
  // Short walks stand in plain words too; only a text of little else is a walk.
  ['first', 'fi...'],
  ['password', 'p...word'],
]

for (const [text, left] of WALKS) {
  test(`${JSON.stringify(text)} without walks is ${JSON.stringify(left)}`, () => {
    expect(shown(text)).toBe(left)
  })
}

test('the period is that of the shortest piece, the last one perhaps cut', () => {
  expect(['', 'a', 'ab', 'abab', 'abcabca', 'aaaa', 'abcd', 'abca'].map((text) => period([...text]))).toEqual([
    0, 1, 2, 2, 3, 1, 4, 3,
  ])
})

test('a repeated text has a period that divides into it, and is given back by it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 6 }), (piece, times) => {
      const text = [...piece.repeat(times)]
      const length = period(text)
      expect(length).toBeLessThanOrEqual([...piece].length)
      text.forEach((character, i) => {
        expect(character).toBe(text[i % length])
      })
    }),
  )
})
