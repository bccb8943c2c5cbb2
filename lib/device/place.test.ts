import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { type Located, openPlaces, placeName } from '#lib/device/place.ts'

const quiet = (message: string) => {
  throw new Error(message)
}

test('an address has a country, in words', () => {
  const places = openPlaces(null, quiet)
  expect(places('90.90.1.1')).toBe('France')
  expect(places('2a01:e0a::1')).toBe('France')
  expect(places('8.8.8.8')).toBe('United States')
})

test('an address that means nothing in public has no place', () => {
  const places = openPlaces(null, quiet)
  for (const ip of [null, '', '127.0.0.1', '::1', '10.0.0.1', '192.168.1.1', 'fd00::1', '203.0.113.5', 'garbage']) {
    expect(places(ip), String(ip)).toBeNull()
  }
})

test('a missing or broken file is said once, and places are unknown', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signet-places-'))
  const cut = join(directory, 'cut.mmdb')
  const whole = readFileSync('node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb')
  // The search tree is gone, the description at the end is there: it opens, and fails when asked.
  writeFileSync(cut, whole.subarray(-400))
  writeFileSync(join(directory, 'text.mmdb'), 'not a database')
  for (const file of [join(directory, 'none.mmdb'), join(directory, 'text.mmdb'), cut, directory]) {
    const warnings: string[] = []
    const places = openPlaces(file, (message) => warnings.push(message))
    expect([places('8.8.8.8'), places('90.90.1.1'), places('8.8.8.8')]).toEqual([null, null, null])
    expect(warnings, file).toHaveLength(1)
  }
  rmSync(directory, { recursive: true })
})

const NAMES: [Located, string | null][] = [
  [{ country_code: 'FR' }, 'France'],
  [{ country: { iso_code: 'FR' }, city: { names: { en: 'Lyon' } } } as Located, 'Lyon, France'],
  [{ country: { iso_code: 'FR' }, city: { names: {} } } as Located, 'France'],
  [{ city: { names: { en: 'Atlantis' } } } as Located, null],
  [{ country_code: 'ZZ' }, null],
  [{ country_code: '' }, null],
  [{ country_code: 'France' }, null],
  [{}, null],
]

for (const [found, name] of NAMES) {
  test(`${JSON.stringify(found)} is ${name}`, () => {
    expect(placeName(found)).toBe(name)
  })
}
