import { expect, test } from '@playwright/test'
import { passwordAdvice } from '#lib/authentication/password-advice.ts'
import { passwordProblem } from '#lib/authentication/password-policy.ts'
import { loadStrength } from '#lib/authentication/strength.ts'

const alice = { name: 'Alice Example', email: 'alice@example.org' }

test('the hint counts what is missing, says why a password is refused, and praises only what is accepted', async () => {
  const strength = await loadStrength()
  expect(strength('', alice)).toEqual({ score: 0, words: '15 more characters to go.' })
  expect(strength('x7$kQ!m2Zp9@vB', alice)).toEqual({ score: 0, words: '1 more character to go.' })
  expect(strength('Sunshine2024!!!!!!', alice)).toEqual({ score: 1, words: passwordAdvice('common') })
  expect(strength('Alice Example 2026!', alice)).toEqual({ score: 1, words: passwordAdvice('own-details') })
  expect(strength('x'.repeat(300), alice)).toEqual({ score: 1, words: passwordAdvice('too-long') })
  expect(strength('correct horse battery staple', alice).score).toBe(4)
})

test('hint and decision never disagree', async () => {
  const strength = await loadStrength()
  const passwords = [
    '',
    'letmein',
    'qwertyuiopasdfgh',
    'passwordpassword',
    'momsanaladventure',
    'my dog eats purple socks',
  ]
  for (const password of [...passwords, '831947205561384', 'aaaaaaaaaaaaaaaa', '🦊'.repeat(20), '\0'.repeat(20)]) {
    expect(strength(password, alice).score >= 2, password).toBe(passwordProblem(password, alice) === null)
  }
})
