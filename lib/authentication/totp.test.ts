import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import { TOTP } from 'otpauth'
import { encode } from 'uqr'
import { qrPath } from './qr-path.ts'
import { matchingStep, newTotpSecret, totpUri } from './totp.ts'

/** RFC 6238, appendix B: the secret is the text "12345678901234567890"; its codes have eight digits, ours the last six. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const RFC_CODES: readonly [number, string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
]

const at = (seconds: number) => new Date(seconds * 1000)

for (const [seconds, code] of RFC_CODES) {
  test(`RFC 6238: at ${seconds} s the code is ${code.slice(2)}`, () => {
    expect(matchingStep(RFC_SECRET, code.slice(2), at(seconds))).toBe(Math.floor(seconds / 30))
  })
}

test('a code is right for its own step and one step either way, to the second', () => {
  // 287082 is of step 1, seconds 30 to 59; so it is right from 0 until 89.
  const right = (seconds: number) => matchingStep(RFC_SECRET, '287082', at(seconds))
  expect([0, 29, 30, 59, 60, 89.999].map(right)).toEqual([1, 1, 1, 1, 1, 1])
  expect([90, 120, 3600].map(right)).toEqual([null, null, null])
  // 081804 is of step 37037036: not before the step ahead of it has begun.
  const early = 37037035 * 30
  expect(matchingStep(RFC_SECRET, '081804', at(early))).toBe(37037036)
  expect(matchingStep(RFC_SECRET, '081804', at(early - 0.001))).toBeNull()
})

test('spaces in a code are nothing; anything else that is not six digits is no code', () => {
  const right = (code: string) => matchingStep(RFC_SECRET, code, at(59))
  for (const code of ['287082', '287 082', ' 287082 ', '2 8 7 0 8 2', '287\u00a0082', '287082\n']) {
    expect(right(code), JSON.stringify(code)).toBe(1)
  }
  for (const code of [
    '',
    '28708',
    '2870822',
    '94287082',
    '287-082',
    '287082a',
    '+287082',
    '٢٨٧٠٨٢',
    '2870820',
    ' '.repeat(40),
  ]) {
    expect(right(code), JSON.stringify(code)).toBeNull()
  }
})

test('whatever is typed, at any time, for any secret: a matching step is at most one away, and has that code', () => {
  const time = fc.integer({ min: 30, max: 4e9 })
  fc.assert(
    fc.property(time, fc.integer({ min: -3, max: 3 }), (seconds, off) => {
      const secret = newTotpSecret()
      const step = Math.floor(seconds / 30) + off
      const code = new TOTP({ secret }).generate({ timestamp: Math.max(0, step) * 30_000 })
      const matching = matchingStep(secret, code, at(seconds))
      if (matching !== null) expect(Math.abs(matching - Math.floor(seconds / 30))).toBeLessThanOrEqual(1)
      if (Math.abs(off) <= 1) expect(matching).not.toBeNull()
    }),
    { numRuns: 200 },
  )
  fc.assert(
    fc.property(fc.string(), (text) => matchingStep(RFC_SECRET, text, at(59)) === null || /287\s*082/.test(text)),
  )
})

test('a secret has 160 bits, and no two are alike', () => {
  const secrets = Array.from({ length: 1000 }, newTotpSecret)
  expect(new Set(secrets).size).toBe(1000)
  for (const secret of secrets) expect(secret).toMatch(/^[A-Z2-7]{32}$/)
})

test('the address of an entry names issuer and account, and every parameter', () => {
  const uri = new URL(totpUri(RFC_SECRET, 'zoë+test@example.org'))
  expect(uri.protocol).toBe('otpauth:')
  expect(uri.host).toBe('totp')
  expect(decodeURIComponent(uri.pathname)).toBe('/Signet:zoë+test@example.org')
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    issuer: 'Signet',
    secret: RFC_SECRET,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
  expect(totpUri(RFC_SECRET, 'a@example.org?secret=X&digits=8')).not.toContain('?secret=X')
})

test('the drawing has a dark module wherever the code has one, and four light ones around it', () => {
  const uri = totpUri(RFC_SECRET, 'alice@example.org')
  const { path, size } = qrPath(uri)
  const drawn = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let i = 0; i < Number(length); i++) (drawn[Number(y)] as boolean[])[Number(x) + i] = true
  }
  expect(path.replace(/M\d+ \d+h(\d+)v1h-\1z/g, ''), 'nothing but bars').toBe('')
  expect(drawn).toEqual(encode(uri, { ecc: 'M', border: 4 }).data)
  const edge = [...drawn.slice(0, 4), ...drawn.slice(-4)].flat()
  expect(edge.some(Boolean)).toBe(false)
})
