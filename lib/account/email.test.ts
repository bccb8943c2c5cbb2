import { expect, test } from '@playwright/test'
import { normaliseEmail, parseEmail } from '#lib/account/email.ts'

const ADDRESSES: [string, string][] = [
  ['alice@example.org', 'alice@example.org'],
  ['  Alice@Example.ORG\n', 'alice@example.org'],
  ["o'hara+signet@mail.example.co.uk", "o'hara+signet@mail.example.co.uk"],
  [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
]

for (const [written, stored] of ADDRESSES) {
  test(`${JSON.stringify(written)} is ${stored}`, () => {
    expect(parseEmail(written)).toEqual({ email: stored })
  })
}

const REFUSED = [
  '',
  '   ',
  'alice',
  'alice@',
  '@example.org',
  'alice@example',
  'alice@@example.org',
  'alice@example..org',
  'alice@exam ple.org',
  'alice@example.org\r\nBcc: eve@example.org',
  'alice@example.org\u0000',
  'alice\u202e@example.org',
  '"<script>"@example.org',
  '__proto__',
  `${'a'.repeat(250)}@example.org`,
]

for (const written of REFUSED) {
  test(`${JSON.stringify(written.slice(0, 40))} is no address, and the answer says what to do`, () => {
    expect(parseEmail(written)).toEqual({ problem: expect.stringMatching(/^(Enter|Use) .*\.$/) })
  })
}

test('a megabyte is refused without matching it', () => {
  expect(parseEmail(`${'a.'.repeat(500_000)}@example.org`)).toHaveProperty('problem')
})

test('two ways to write one letter are one address', () => {
  expect(normaliseEmail('Jose\u0301@example.org')).toBe(normaliseEmail('jos\u00e9@example.org'))
})
