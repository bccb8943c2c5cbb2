import { expect, test } from '@playwright/test'
import fc from 'fast-check'
import type { Factors } from '#db/contract.ts'
import { assuranceLevel } from './assurance.ts'
import { factorsOf } from './model/factors.ts'
import { type Missing, missingFor } from './requirements.ts'

const WINDOW = 600
const NOW = new Date('2026-01-01T12:00:00Z')
/** "pwd" was shown just now, "pwd-600" so many seconds ago. */
const shown = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((each) => {
      const [method = '', age = '0'] = each.split('-')
      return { method, at: new Date(NOW.getTime() - Number(age) * 1000) }
    })

const PASSWORD = factorsOf('password')
const APP = factorsOf('password', 'totp', 'codes')
const PASSKEY = factorsOf('password', 'passkey')
const PASSKEY_AND_CODES = factorsOf('password', 'passkey', 'codes')
const EVERYTHING = factorsOf('password', 'totp', 'passkey', 'codes')
const OFF_APP = factorsOf('totp', 'codes')
const OFF_PASSKEY = factorsOf('passkey')
const NOTHING = factorsOf()

type Row = readonly [what: string, has: Factors, shown: string, recent: readonly Missing[], full: readonly Missing[]]

const AT_LEVELS_1_AND_2: readonly Row[] = [
  ['password, fresh', PASSWORD, 'pwd', [], []],
  ['password, a second before the window ends', PASSWORD, 'pwd-599', [], []],
  ['password, as the window ends', PASSWORD, 'pwd-600', ['password'], ['password']],
  ['password, in the future of a node whose clock is behind', PASSWORD, 'pwd--5', [], []],
  ['nothing at all', PASSWORD, '', ['password'], ['password']],
  ['an unknown method', PASSWORD, 'sms', ['password'], ['password']],
  ['app: password fresh', APP, 'pwd', [], ['second']],
  ['app: code fresh', APP, 'otp', [], ['password']],
  ['app: both fresh', APP, 'pwd otp', [], []],
  ['app: both a second before the window ends', APP, 'pwd-599 otp-599', [], []],
  ['app: password as the window ends', APP, 'pwd-600 otp-599', [], ['password']],
  ['app: code as the window ends', APP, 'pwd-599 otp-600', [], ['second']],
  ['app: both old', APP, 'pwd-600 otp-600', ['password'], ['password', 'second']],
  ['passkey: password fresh', PASSKEY, 'pwd', [], ['passkey']],
  ['passkey: everything old', PASSKEY, 'pwd-600 swk-600', ['password'], ['passkey']],
  ['passkey: fresh', PASSKEY, 'swk-599', [], []],
  ['passkey of one device: fresh', PASSKEY, 'hwk-599', [], []],
  ['passkey and codes: password fresh', PASSKEY_AND_CODES, 'pwd', [], ['second']],
  ['everything: passkey fresh', EVERYTHING, 'swk', [], []],
  ['everything: passkey old', EVERYTHING, 'swk-600', ['password'], ['password', 'second']],
  ['password off, app: nothing fresh', OFF_APP, '', ['second'], ['password', 'second']],
  ['password off, app: code fresh', OFF_APP, 'otp', [], ['password']],
  ['password off, passkey: nothing fresh', OFF_PASSKEY, '', ['passkey'], ['passkey']],
  ['password off, nothing else', NOTHING, '', ['password'], ['password']],
]

for (const level of [1, 2] as const) {
  for (const [what, factors, text, recent, full] of AT_LEVELS_1_AND_2) {
    test(`level ${level}, ${what}`, () => {
      expect(missingFor('recent', factors, level, shown(text), NOW, WINDOW), 'recent').toEqual(recent)
      expect(missingFor('full', factors, level, shown(text), NOW, WINDOW), 'full').toEqual(full)
    })
  }
}

const AT_LEVEL_3: readonly Row[] = [
  ['passkey fresh', EVERYTHING, 'swk-599', [], []],
  ['passkey as the window ends', EVERYTHING, 'swk-600', ['passkey'], ['passkey']],
  ['passkey old, password and code fresh', EVERYTHING, 'swk-600 pwd otp', ['passkey'], ['passkey']],
  ['passkey lost, in with a recovery code', EVERYTHING, 'pwd otp', ['passkey'], []],
  ['passkey lost, and that a while ago', EVERYTHING, 'pwd-600 otp-600', ['passkey'], ['password', 'second']],
  ['no passkey yet, password fresh', PASSWORD, 'pwd', ['passkey'], []],
  ['no passkey yet, with an app, password fresh', APP, 'pwd', ['passkey'], ['second']],
]
for (const [what, factors, text, recent, full] of AT_LEVEL_3) {
  test(`level 3, ${what}`, () => {
    expect(missingFor('recent', factors, 3, shown(text), NOW, WINDOW), 'recent').toEqual(recent)
    expect(missingFor('full', factors, 3, shown(text), NOW, WINDOW), 'full').toEqual(full)
  })
}

const anyFactors = fc
  .subarray(['password', 'totp', 'passkey', 'codes', 'identity'] as const)
  .map((has) => factorsOf(...has))
const anyShown = fc
  .array(
    fc.record({
      method: fc.constantFrom('pwd', 'otp', 'hwk', 'swk', 'fed', 'mfa', 'sms'),
      age: fc.integer({ min: -5, max: 1200 }),
    }),
    { maxLength: 5 },
  )
  .map((all) => all.map(({ method, age }) => ({ method, at: new Date(NOW.getTime() - age * 1000) })))
const anyLevel = fc.constantFrom(1, 2, 3) as fc.Arbitrary<1 | 2 | 3>

test('without anything fresh nothing is ever complete', () => {
  fc.assert(
    fc.property(anyFactors, anyLevel, anyShown, (factors, level, all) => {
      const old = all.map(({ method }) => ({ method, at: new Date(NOW.getTime() - WINDOW * 1000) }))
      for (const proof of ['recent', 'full'] as const) {
        expect(missingFor(proof, factors, level, old, NOW, WINDOW)).not.toEqual([])
      }
    }),
  )
})

test('a full proof is a recent one at levels 1 and 2, and takes both factors of an account that has two', () => {
  fc.assert(
    fc.property(anyFactors, fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>, anyShown, (factors, level, all) => {
      fc.pre(missingFor('full', factors, level, all, NOW, WINDOW).length === 0)
      expect(missingFor('recent', factors, level, all, NOW, WINDOW)).toEqual([])
      const fresh = all.filter(({ at }) => NOW.getTime() - at.getTime() < WINDOW * 1000)
      const hasTwo = factors.totp !== null || factors.passkeys.length > 0
      expect(assuranceLevel(fresh)).toBeGreaterThanOrEqual(hasTwo ? 2 : 1)
    }),
  )
})

test('whoever shows what is asked for has it', () => {
  const METHOD = { password: 'pwd', second: 'otp', passkey: 'swk', provider: 'fed' } as const
  fc.assert(
    fc.property(anyFactors, anyLevel, anyShown, fc.constantFrom('recent', 'full'), (factors, level, all, proof) => {
      const missing = missingFor(proof, factors, level, all, NOW, WINDOW)
      const given = missing.map((one) => ({ method: METHOD[one], at: NOW }))
      expect(missingFor(proof, factors, level, [...all, ...given], NOW, WINDOW)).toEqual([])
    }),
  )
})
