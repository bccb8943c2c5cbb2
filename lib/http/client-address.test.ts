import { expect, test } from '@playwright/test'
import type { Settings } from '#lib/config.ts'
import { clientAddress } from '#lib/http/client-address.ts'

type Trusted = Settings['trustedProxies']
const one: Trusted = { hops: 1 }
const two: Trusted = { hops: 2 }
const ranges: Trusted = { addresses: ['10.0.0.0/8', '192.0.2.9', '2001:db8:ffff::/48'] }

/** What is tried, the socket's address, `X-Forwarded-For`, who is trusted, the address that counts. */
type Case = [string, string | null, string | null, Trusted, string | null]

const CASES: Case[] = [
  ['no proxy is trusted: the socket counts', '198.51.100.1', null, null, '198.51.100.1'],
  ['no proxy is trusted: a claim is ignored', '198.51.100.1', '1.2.3.4', null, '198.51.100.1'],
  ['an IPv4-mapped socket is IPv4', '::ffff:127.0.0.1', '1.2.3.4', null, '127.0.0.1'],
  ['a zone is dropped', 'fe80::1%eth0', null, null, 'fe80::1'],
  ['an IPv6 socket has one form', '2001:0DB8:0:0::0001', null, null, '2001:db8::1'],
  ['no socket, no address', null, '1.2.3.4', null, null],
  ['an empty socket is none', '', '1.2.3.4', null, null],

  ['one hop: the rightmost entry', '10.0.0.1', '203.0.113.5', one, '203.0.113.5'],
  ['one hop: what the client wrote stands left and is ignored', '10.0.0.1', '1.1.1.1, 203.0.113.5', one, '203.0.113.5'],
  [
    'one hop: a long invention changes nothing',
    '10.0.0.1',
    `${'1.1.1.1,'.repeat(900)} 203.0.113.5`,
    one,
    '203.0.113.5',
  ],
  ['one hop: no header, the socket', '10.0.0.1', null, one, '10.0.0.1'],
  ['one hop: garbage at the right, the socket', '10.0.0.1', '203.0.113.5, unknown', one, '10.0.0.1'],
  ['one hop: an empty last entry, the socket', '10.0.0.1', '203.0.113.5,', one, '10.0.0.1'],
  ['one hop over a unix socket', null, '203.0.113.5', one, '203.0.113.5'],
  ['two hops: the second from the right', '10.0.0.1', '1.1.1.1, 203.0.113.5, 10.0.0.2', two, '203.0.113.5'],
  ['two hops: too short a chain, the last that was written', '10.0.0.1', '203.0.113.5', two, '203.0.113.5'],
  ['two hops: garbage at the second, the last valid', '10.0.0.1', '1.1.1.1, <script>, 10.0.0.2', two, '10.0.0.2'],

  ['ranges: the rightmost that is not trusted', '10.0.0.1', '1.1.1.1, 203.0.113.5, 10.9.9.9', ranges, '203.0.113.5'],
  ['ranges: a stranger at the socket is not believed', '198.51.100.1', '1.1.1.1', ranges, '198.51.100.1'],
  ['ranges: a stranger claiming a proxy is not believed', '198.51.100.1', '1.1.1.1, 10.0.0.1', ranges, '198.51.100.1'],
  ['ranges: a single trusted address', '192.0.2.9', '203.0.113.5', ranges, '203.0.113.5'],
  ['ranges: an IPv4-mapped proxy is that proxy', '::ffff:10.0.0.1', '203.0.113.5', ranges, '203.0.113.5'],
  ['ranges: an IPv6 proxy', '2001:db8:ffff::1', '203.0.113.5', ranges, '203.0.113.5'],
  ['ranges: all of the chain trusted, its far end', '10.0.0.1', '10.0.0.3, 10.0.0.2', ranges, '10.0.0.3'],
  ['ranges: garbage behind a proxy, the proxy', '10.0.0.1', '203.0.113.5, _hidden, 10.0.0.2', ranges, '10.0.0.2'],
  ['ranges: no socket, nobody is believed', null, '203.0.113.5', ranges, null],

  ['an entry with a port', '10.0.0.1', '203.0.113.5:4711', one, '203.0.113.5'],
  ['an IPv6 entry', '10.0.0.1', '2001:DB8::7', one, '2001:db8::7'],
  ['an IPv6 entry in brackets', '10.0.0.1', '[2001:db8::7]', one, '2001:db8::7'],
  ['an IPv6 entry with a port', '10.0.0.1', '[2001:db8::7]:4711', one, '2001:db8::7'],
  ['an IPv4-mapped entry', '10.0.0.1', '::ffff:203.0.113.5', one, '203.0.113.5'],
  ['an octal entry is garbage', '10.0.0.1', '0177.0.0.1', one, '10.0.0.1'],
  ['a short entry is garbage', '10.0.0.1', '127.1', one, '10.0.0.1'],
  ['a number is garbage', '10.0.0.1', '2130706433', one, '10.0.0.1'],
  ['a name is garbage', '10.0.0.1', 'localhost', one, '10.0.0.1'],
  ['a quoted entry is garbage', '10.0.0.1', '"203.0.113.5"', one, '10.0.0.1'],
  ['an unclosed bracket is garbage', '10.0.0.1', '[2001:db8::7', one, '10.0.0.1'],
  ['markup is garbage', '10.0.0.1', '<img src=x>', one, '10.0.0.1'],
]

/** Headers that many servers believe. */
const LIES = {
  'x-real-ip': '9.9.9.9',
  forwarded: 'for=9.9.9.9;proto=https',
  'x-client-ip': '9.9.9.9',
  'cf-connecting-ip': '9.9.9.9',
  'true-client-ip': '9.9.9.9',
  'x-forwarded-host': '9.9.9.9',
  via: '1.1 9.9.9.9',
}

for (const [title, socket, forwarded, trusted, counts] of CASES) {
  test(title, () => {
    const plain = forwarded === null ? {} : { 'x-forwarded-for': forwarded }
    expect(clientAddress(socket, new Headers(plain), trusted)).toBe(counts)
    expect(clientAddress(socket, new Headers({ ...LIES, ...plain }), trusted)).toBe(counts)
  })
}

test('two headers of one name are one chain', () => {
  const headers = new Headers()
  headers.append('x-forwarded-for', '1.1.1.1')
  headers.append('x-forwarded-for', '203.0.113.5')
  expect(clientAddress('10.0.0.1', headers, one)).toBe('203.0.113.5')
})

test('an IPv4-mapped range means the IPv4 range', () => {
  const mapped: Trusted = { addresses: ['::ffff:10.0.0.0/104'] }
  const headers = new Headers({ 'x-forwarded-for': '203.0.113.5' })
  expect(clientAddress('10.0.0.1', headers, mapped)).toBe('203.0.113.5')
  expect(clientAddress('11.0.0.1', headers, mapped)).toBe('11.0.0.1')
})
