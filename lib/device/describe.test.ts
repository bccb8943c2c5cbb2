import { expect, test } from '@playwright/test'
import type { DeviceKind } from '#db/contract.ts'
import { describeDevice } from '#lib/device/describe.ts'

const CHROMIUM = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const LINUX = `Mozilla/5.0 (X11; Linux x86_64) ${CHROMIUM} Chrome/140.0.0.0 Safari/537.36`
const WINDOWS = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROMIUM} Chrome/140.0.0.0 Safari/537.36`
const ANDROID = `Mozilla/5.0 (Linux; Android 10; K) ${CHROMIUM}`

/** User agent, brands, platform and mobile; browser, system, kind. */
type Seen = [string, string | null, string | null, string | null, string | null, string | null, DeviceKind]

const DEVICES: Seen[] = [
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    null,
    null,
    null,
    'Firefox',
    'Linux',
    'desktop',
  ],
  [LINUX, null, null, null, 'Chrome', 'Linux', 'desktop'],
  [
    LINUX.replace('Chrome', 'HeadlessChrome'),
    '"HeadlessChrome";v="140"',
    '"Linux"',
    '?0',
    'Chrome',
    'Linux',
    'desktop',
  ],
  [`${WINDOWS} Edg/140.0.0.0`, null, null, null, 'Edge', 'Windows', 'desktop'],
  [
    WINDOWS,
    '"Chromium";v="140", "Microsoft Edge";v="140", "Not=A?Brand";v="24"',
    '"Windows"',
    '?0',
    'Edge',
    'Windows',
    'desktop',
  ],
  [
    WINDOWS,
    '"Brave";v="140", "Chromium";v="140", "Not)A;Brand";v="8"',
    '"Windows"',
    '?0',
    'Brave',
    'Windows',
    'desktop',
  ],
  [WINDOWS, '"Chromium";v="140", "Google Chrome";v="140"', '"Windows"', '?0', 'Chrome', 'Windows', 'desktop'],
  [WINDOWS, '"Chromium";v="140"', '"Windows"', '?0', 'Chromium', 'Windows', 'desktop'],
  [`${WINDOWS} OPR/120.0.0.0`, null, null, null, 'Opera', 'Windows', 'desktop'],
  [LINUX.replace('Linux x86_64', 'CrOS x86_64 14541.0.0'), null, null, null, 'Chrome', 'ChromeOS', 'desktop'],
  [LINUX, '"Google Chrome";v="140"', '"Chrome OS"', '?0', 'Chrome', 'ChromeOS', 'desktop'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
    null,
    null,
    null,
    'Safari',
    'macOS',
    'desktop',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1',
    null,
    null,
    null,
    'Safari',
    'iOS',
    'phone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
    null,
    null,
    null,
    'Safari',
    'iOS',
    'tablet',
  ],
  [`${ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36`, null, '"Android"', '?1', 'Chrome', 'Android', 'phone'],
  [
    `${ANDROID} SamsungBrowser/28.0 Chrome/140.0.0.0 Mobile Safari/537.36`,
    null,
    null,
    null,
    'Samsung Internet',
    'Android',
    'phone',
  ],
  [
    'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0',
    null,
    null,
    null,
    'Firefox',
    'Android',
    'phone',
  ],
  [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    null,
    null,
    null,
    'Googlebot',
    null,
    'bot',
  ],
  ['curl/8.14.1', null, null, null, null, null, 'unknown'],
  ['Evil/1.0 (Windows NT 10.0) Best', null, null, null, null, 'Windows', 'desktop'],
]

function headers(userAgent: string, brands?: string | null, platform?: string | null, mobile?: string | null) {
  const all = {
    'user-agent': userAgent,
    'sec-ch-ua': brands,
    'sec-ch-ua-platform': platform,
    'sec-ch-ua-mobile': mobile,
  }
  return new Headers(Object.entries(all).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

for (const [userAgent, brands, platform, mobile, browser, os, kind] of DEVICES) {
  test(`${browser} on ${os} (${kind}): ${userAgent.slice(0, 60)} ${brands ?? ''}`, () => {
    expect(describeDevice(headers(userAgent, brands, platform, mobile))).toEqual({ browser, os, kind, userAgent })
  })
}

test('nothing said is nothing known', () => {
  const unknown = { browser: null, os: null, kind: 'unknown', userAgent: null }
  expect(describeDevice(new Headers())).toEqual(unknown)
  expect(describeDevice(headers('   '))).toEqual(unknown)
  expect(describeDevice(headers('\t'))).toEqual(unknown)
})

const HOSTILE = [
  'x'.repeat(10_000),
  '('.repeat(10_000),
  'Mozilla/5.0 '.repeat(1000),
  'Version/ Safari/ '.repeat(600),
  `Opera${' '.repeat(9000)}Version/`,
  `${'a/1 '.repeat(2500)}(`,
  'Android ; Build/'.repeat(600),
  '__proto__',
  'constructor/1.0 (toString) x',
  '\u00f0\u009f\u0098\u0080'.repeat(2000),
  '<script>alert(1)</script>/1.0 (x) y',
  "'; DROP TABLE sessions;--/1 (a) b",
  '%00%0d%0aSet-Cookie: a=b',
]

for (const text of HOSTILE) {
  test(`hostile text gives no name of its own: ${text.slice(0, 24).replace(/[^ -~]/g, '?')}`, () => {
    const device = describeDevice(headers(text, text, text, text))
    expect([null, 'Safari', 'Opera', 'Android Browser']).toContain(device.browser)
    expect([null, 'Android']).toContain(device.os)
    expect(device.userAgent?.length ?? 0).toBeLessThanOrEqual(512)
    expect(device.userAgent ?? '').not.toMatch(/\p{Cc}/u)
  })
}

test('hostile text costs no more than a few honest requests', () => {
  const honest = cost(headers(LINUX, '"Google Chrome";v="140"', '"Linux"', '?0'))
  // A regex bomb takes millions of times as long; fifty leaves room for a busy machine.
  for (const text of HOSTILE) expect(cost(headers(text, text, text, text))).toBeLessThan(50 * honest)
})

function cost(request: Headers): number {
  const began = performance.now()
  for (let i = 0; i < 300; i++) describeDevice(request)
  return performance.now() - began
}

test('control characters are taken out of what is kept', () => {
  const device = describeDevice({
    get: (name) => (name === 'user-agent' ? 'a\u0000b\u001b[31mc\u0085d\ud800' : null),
  } as Headers)
  expect(device.userAgent).toBe('ab[31mcd\ufffd')
})

test('hints that contradict the user agent are not believed', () => {
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
  expect(describeDevice(headers(firefox, '"Chromium";v="140"', '"Windows"', '?0')).browser).toBe('Firefox')
  const windows =
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  expect(describeDevice(headers(windows, '"Chromium";v="140"', '"Linux"', '?0'))).toMatchObject({
    browser: 'Chrome',
    os: 'Windows',
  })
})
