import { expect, test } from '@playwright/test'
import { parsePasskeyName, passkeyName } from './passkey-name.ts'

const NOBODY = '00000000-0000-0000-0000-000000000000'
const FIREFOX = { browser: 'Firefox', os: 'Linux' }

const NAMES: readonly [string, string, string][] = [
  ['fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'internal hybrid', 'iCloud Keychain'],
  ['08987058-cadc-4b81-b6e1-30de50dcbe96', 'internal', 'Windows Hello'],
  [NOBODY, 'internal', 'Passkey on Firefox on Linux'],
  [NOBODY, 'internal hybrid', 'Passkey on Firefox on Linux'],
  [NOBODY, 'hybrid', 'Phone or tablet'],
  [NOBODY, 'usb nfc', 'Security key'],
  [NOBODY, 'ble', 'Security key'],
  [NOBODY, '', 'Passkey on Firefox on Linux'],
  ['constructor', '', 'Passkey on Firefox on Linux'],
]
for (const [aaguid, transports, name] of NAMES) {
  test(`${aaguid}, by "${transports}", is called ${name}`, () => {
    expect(passkeyName({ aaguid, transports }, FIREFOX, [])).toBe(name)
  })
}

test('a second passkey of a kind has a name of its own', () => {
  const key = { aaguid: NOBODY, transports: 'usb' }
  expect(passkeyName(key, FIREFOX, ['Security key'])).toBe('Security key 2')
  expect(passkeyName(key, FIREFOX, ['Security key', 'Security key 2', 'Kitchen'])).toBe('Security key 3')
})

test('a device of which nothing is known has a name all the same', () => {
  const device = { browser: null, os: null }
  expect(passkeyName({ aaguid: NOBODY, transports: '' }, device, [])).toBe('Passkey on Unknown browser')
})

test('a person’s own name is kept tidy, and refused in words', () => {
  expect(parsePasskeyName('  Blue   key ')).toEqual({ name: 'Blue key' })
  for (const text of ['', '   ', 'x'.repeat(61), 'a\u202eb', 'a\nb', 'x'.repeat(1e6)]) {
    expect(parsePasskeyName(text)).toEqual({ problem: expect.stringMatching(/\.$/) })
  }
})
