import { expect, test } from '@playwright/test'
import { assuranceLevel, authenticatedAt, passkeyMethod } from './assurance.ts'
import { methodWords } from './method-words.ts'
import { factorsOf } from './model/factors.ts'
import { due } from './second-factor.ts'

const shown = (...methods: readonly string[]) => methods.map((method) => ({ method }))

const LEVELS: readonly [readonly string[], 0 | 1 | 2 | 3][] = [
  [[], 0],
  [['pwd'], 1],
  [['otp'], 1],
  [['pwd', 'pwd'], 1],
  [['otp', 'otp'], 1],
  [['pwd', 'otp'], 2],
  [['otp', 'pwd'], 2],
  [['hwk'], 3],
  [['swk'], 3],
  [['pwd', 'swk'], 3],
  [['sms'], 0],
  [['PWD', 'toString', '__proto__'], 0],
]
for (const [methods, level] of LEVELS) {
  test(`${methods.join(' and ') || 'nothing'} amounts to level ${level}`, () => {
    expect(assuranceLevel(shown(...methods))).toBe(level)
  })
}

test('the latest authentication is the one that counts as the last', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const given = [3, 7, 5].map((minute) => ({ method: 'pwd', at: at(minute) }))
  expect(authenticatedAt(given)).toEqual(at(7))
})

test('methods have words', () => {
  expect(['pwd', 'otp', passkeyMethod(false), passkeyMethod(true), 'sms', 'constructor'].map(methodWords)).toEqual([
    'password',
    'authenticator code',
    'passkey',
    'passkey',
    'an unknown method',
    'an unknown method',
  ])
  expect([passkeyMethod(false), passkeyMethod(true)]).toEqual(['hwk', 'swk'])
})

const ALL = ['password', 'totp', 'passkey', 'codes'] as const

test.describe('level 2, after the password', () => {
  const next = (...has: readonly (typeof ALL)[number][]) => due(factorsOf('password', ...has), 2, shown('pwd'))
  test('nothing more without a second factor', () => expect(next()).toEqual([]))
  test('recovery codes alone are no second factor', () => expect(next('codes')).toEqual([]))
  test('a code of the app', () => expect(next('totp')).toEqual(['totp']))
  test('a code of the app or a recovery code', () => expect(next('totp', 'codes')).toEqual(['totp', 'recovery_code']))
  test('a passkey', () => expect(next('passkey')).toEqual(['passkey']))
  test('any of them', () => expect(next('totp', 'passkey', 'codes')).toEqual(['totp', 'recovery_code', 'passkey']))
})

test('level 1 takes one factor, and a second from whoever has added one', () => {
  expect(due(factorsOf('password'), 1, shown('pwd'))).toEqual([])
  expect(due(factorsOf(...ALL), 1, shown('pwd'))).toEqual(['totp', 'recovery_code', 'passkey'])
})

test('level 3 takes a passkey, or a recovery code from whoever has lost it', () => {
  expect(due(factorsOf(...ALL), 3, shown('pwd'))).toEqual(['recovery_code', 'passkey'])
  expect(due(factorsOf('password', 'totp', 'passkey'), 3, shown('pwd'))).toEqual(['passkey'])
})

test('level 3 without a passkey takes what there is: a passkey is made next', () => {
  expect(due(factorsOf('password'), 3, shown('pwd'))).toEqual([])
  expect(due(factorsOf('password', 'totp', 'codes'), 3, shown('pwd'))).toEqual(['totp', 'recovery_code'])
})

test('a passkey, or both factors, complete a sign-in at every level', () => {
  for (const level of [1, 2, 3] as const) {
    for (const methods of [['swk'], ['hwk'], ['pwd', 'swk'], ['pwd', 'otp']]) {
      expect(due(factorsOf(...ALL), level, shown(...methods))).toEqual([])
    }
  }
})

test('whoever has shown no first factor is never told that the sign-in is complete', () => {
  for (const level of [1, 2, 3] as const) {
    for (const methods of [[], ['otp'], ['sms'], ['otp', 'otp']]) {
      expect(() => due(factorsOf('password'), level, shown(...methods))).toThrow()
    }
  }
})
