import { expect, test } from '@playwright/test'
import { isPrivateAddress, isPublicAddress, networkOf, parseAddress, shortenAddress } from '#lib/device/address.ts'

/** Address, shortened, network that is counted, 'local', 'public' or neither. */
const ADDRESSES: [string, string, string, string][] = [
  ['203.0.113.7', '203.0.113.x', '203.0.113.7', 'neither'],
  ['90.90.1.255', '90.90.1.x', '90.90.1.255', 'public'],
  ['10.1.2.3', '10.1.2.x', '10.1.2.3', 'local'],
  ['127.0.0.1', '127.0.0.x', '127.0.0.1', 'local'],
  ['100.64.0.1', '100.64.0.x', '100.64.0.1', 'local'],
  ['169.254.1.1', '169.254.1.x', '169.254.1.1', 'local'],
  ['2a01:e0a:1:2:3:4:5:6', '2a01:e0a:1::x', '2a01:e0a:1:2::/64', 'public'],
  ['2A01:E0A:1:2::', '2a01:e0a:1::x', '2a01:e0a:1:2::/64', 'public'],
  ['2a01::1', '2a01::x', '2a01::/64', 'public'],
  ['2001:db8:1:2::3', '2001:db8:1::x', '2001:db8:1:2::/64', 'neither'],
  ['::1', '::x', '::/64', 'local'],
  ['fe80::1%eth0', 'fe80::x', 'fe80::/64', 'local'],
  ['fd00::1', 'fd00::x', 'fd00::/64', 'local'],
  ['::ffff:90.90.1.2', '90.90.1.x', '90.90.1.2', 'public'],
  ['::ffff:7f00:1', '127.0.0.x', '127.0.0.1', 'local'],
]

for (const [ip, short, counted, where] of ADDRESSES) {
  test(`${ip} is shown as ${short}, counted as ${counted} and is ${where}`, () => {
    expect(shortenAddress(ip)).toBe(short)
    expect(networkOf(ip)).toBe(counted)
    expect(isPrivateAddress(ip)).toBe(where === 'local')
    expect(isPublicAddress(ip)).toBe(where === 'public')
  })
}

const NONE = ['', ' ', 'unknown', '1.2.3', '127.1', '0x7f.0.0.1', '010.0.0.1', '2130706433', '256.1.1.1', '1.2.3.4.5']
const GARBAGE = ['1.2.3.4:80', '[::1]', '::1::', 'g::1', '1.2.3.4\n', '<b>', '__proto__', ':'.repeat(10_000)]

for (const text of [...NONE, ...GARBAGE]) {
  test(`${JSON.stringify(text.slice(0, 20))} is no address`, () => {
    expect(parseAddress(text)).toBeNull()
    expect(shortenAddress(text)).toBe('unknown')
    expect(networkOf(text)).toBe('unknown')
    expect(isPrivateAddress(text)).toBe(false)
    expect(isPublicAddress(text)).toBe(false)
  })
}

test('two addresses of one household are one network, two households are two', () => {
  expect(networkOf('2a01:e0a:1:2::1')).toBe(networkOf('2a01:e0a:1:2:ffff::9'))
  expect(networkOf('2a01:e0a:1:2::1')).not.toBe(networkOf('2a01:e0a:1:3::1'))
  expect(networkOf(null)).toBe('unknown')
})
