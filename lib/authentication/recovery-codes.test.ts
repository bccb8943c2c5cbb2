import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { newRecoveryCodes, recoveryCodeDigest } from './recovery-codes.ts'

test('ten codes of 120 bits, in groups of four, without I, L, O and U', () => {
  const { codes, digests } = newRecoveryCodes()
  expect(codes).toHaveLength(10)
  expect(digests).toHaveLength(10)
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){5}$/)
  for (const [i, code] of codes.entries()) expect(recoveryCodeDigest(code)).toEqual(digests[i])
  for (const digest of digests) expect(digest).toHaveLength(32)
})

test('five thousand codes: no repetition, and every character as often as any other', () => {
  const codes = Array.from({ length: 500 }, () => newRecoveryCodes().codes).flat()
  expect(new Set(codes).size).toBe(codes.length)
  const counts = new Map<string, number>()
  for (const letter of codes.join('').replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  expect(counts.size).toBe(32)
  const expected = (codes.length * 24) / 32
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  // 31 degrees of freedom: six sigma above the mean is beyond chance.
  expect(chiSquare).toBeLessThan(31 + 6 * Math.sqrt(2 * 31))
})

test('however a code is typed, it is the same code', () => {
  const dash = fc.constantFrom('-', ' ', '', '–', '—', '−', '\u2011', '  ', '\t', '\n')
  const spelling = fc.func(fc.constantFrom(0, 1, 2))
  fc.assert(
    fc.property(fc.infiniteStream(dash), spelling, (dashes, how) => {
      const { codes, digests } = newRecoveryCodes()
      const typed = [...(codes[0] ?? '')].map((letter, i) => {
        if (letter === '-') return dashes.next().value ?? ''
        const twins = letter === '0' ? '0Oo' : letter === '1' ? '1Il' : `${letter}${letter.toLowerCase()}${letter}`
        return twins[how(i)] ?? letter
      })
      expect(recoveryCodeDigest(typed.join(''))).toEqual(digests[0])
    }),
    { numRuns: 100 },
  )
})

test('what is no code has no digest', () => {
  const [code = ''] = newRecoveryCodes().codes
  for (const text of [
    '',
    '-',
    code.slice(1),
    `${code}0`,
    code.replace(/^./, 'U'),
    code.replace(/^./, '!'),
    '123456',
    'x'.repeat(1e6),
  ]) {
    expect(recoveryCodeDigest(text), text.slice(0, 40)).toBeNull()
  }
})
