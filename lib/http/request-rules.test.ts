import { expect, test } from '@playwright/test'
import { clearing, cookie, DUPLICATE, readCookie, SESSION_COOKIE, setCookie } from './cookies.ts'
import { formToken, isFormToken } from './form-token.ts'
import { isOwnOrigin } from './own-origin.ts'
import { returnPath, signInPath } from './return-path.ts'

process.env.SESSION_KEYS = 'rules:a-key-for-rules-only-0123456789-abcdefghijklm'

const ORIGINS: readonly [string, Record<string, string>, boolean][] = [
  ['the own origin', { origin: 'http://localhost:3000' }, true],
  ['the own origin, same-origin', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }, true],
  ['no origin, but same-origin by Fetch Metadata', { 'sec-fetch-site': 'same-origin' }, true],
  ['neither', {}, false],
  ['no origin, same-site', { 'sec-fetch-site': 'same-site' }, false],
  ['no origin, typed by the user', { 'sec-fetch-site': 'none' }, false],
  ['the own origin, but cross-site', { origin: 'http://localhost:3000', 'sec-fetch-site': 'cross-site' }, false],
  ['null', { origin: 'null', 'sec-fetch-site': 'same-origin' }, false],
  ['another scheme', { origin: 'https://localhost:3000' }, false],
  ['another port', { origin: 'http://localhost:3001' }, false],
  ['a look-alike', { origin: 'http://localhost:3000.evil.example' }, false],
  ['the own origin, sent along with a foreign host', { origin: 'http://evil.example', host: 'evil.example' }, false],
]
for (const [what, headers, own] of ORIGINS) {
  test(`a change from ${what} is ${own ? 'taken' : 'refused'}`, () => {
    expect(isOwnOrigin('POST', new Headers(headers))).toBe(own)
    expect(isOwnOrigin('GET', new Headers(headers))).toBe(true)
  })
}

const OWN = ['/account', '/account/sessions?page=2', '/account/activity?kind=signed-in&before=7', '/', '/a%20b']
for (const path of OWN) test(`${path} is a way back`, () => expect(returnPath(path, '/x')).toBe(path))

const FOREIGN = [
  '',
  'account',
  '//evil.example',
  '/\\evil.example',
  '\\/evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  'https://evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  '/a//b',
  '/\tevil',
  '/a\nb',
  '/@evil.example',
  '/%40evil',
  '/%09/evil',
  '/..//evil',
  '/sign-in',
  '/sign-in?returnTo=/account',
  '/sign-out',
  '/api/session',
  `/${'a'.repeat(2000)}`,
]
for (const path of FOREIGN) {
  test(`${JSON.stringify(path).slice(0, 40)} leads to the own default page`, () =>
    expect(returnPath(path, '/x')).toBe('/x'))
}

test('the way to sign in carries the way back, and the reason when it is known', () => {
  expect(signInPath('/account?x=1', 'idle')).toBe('/sign-in?reason=idle&returnTo=%2Faccount%3Fx%3D1')
  expect(signInPath('//evil.example')).toBe('/sign-in')
})

test('a cookie that a browser would drop is not written (v5.0.0-3.3.5)', () => {
  expect(() => cookie(SESSION_COOKIE, 'x'.repeat(4096 - SESSION_COOKIE.length))).toThrow(RangeError)
  expect(setCookie(cookie(SESSION_COOKIE, 'v', 60.9))).toBe(
    '__Host-session=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax',
  )
  expect(setCookie(clearing(SESSION_COOKIE))).toBe('__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax')
})

test('a cookie is read exactly, and never when there are two', () => {
  expect(readCookie('a=1; __Host-session=v ; b=2', SESSION_COOKIE)).toBe('v')
  expect(readCookie('__Host-session=v; __Host-session=w', SESSION_COOKIE)).toBe(DUPLICATE)
  expect(readCookie('__Host-session=v;__Host-session=v', SESSION_COOKIE)).toBe(DUPLICATE)
  expect(readCookie('__HOST-session=v; x__Host-session=w; =__Host-session=z', SESSION_COOKIE)).toBeNull()
  expect(readCookie(null, SESSION_COOKIE)).toBeNull()
})

test('a form’s value is good for its own session or browser only', () => {
  const token = formToken({ sessionId: 'one' })
  expect(isFormToken(token, { sessionId: 'one' })).toBe(true)
  expect(isFormToken(token, { sessionId: 'two' })).toBe(false)
  expect(isFormToken(token, { browser: 'one' })).toBe(false)
  for (const bad of [undefined, null, '', 'x', `${token}x`, token.slice(1), 42, ['a']]) {
    expect(isFormToken(bad, { sessionId: 'one' })).toBe(false)
  }
})
