import { expect, test } from '@playwright/test'
import { BROWSER_COOKIE, SESSION_COOKIE, SIGN_IN_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { randomId, randomSecret } from '#lib/random.ts'
import { openFor, openFully, openSession, sealFor, sealSession } from '#lib/session/seal.ts'
import {
  addBrowserSecret,
  browserSecret,
  browserSecrets,
  carriedLink,
  carryLink,
  keepBrowserSecret,
  newBrowserSecret,
} from './browser-secret.ts'

process.env.SESSION_KEYS = 'browser:q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU'

const sent = ({ cookie }: { readonly cookie: { readonly value: string } }) => `${SIGN_IN_COOKIE}=${cookie.value}`

test('a browser shows the secret that it was given, sealed, for ten minutes', async () => {
  const given = await newBrowserSecret()
  expect(given.secret).toHaveLength(32)
  expect(await browserSecret(`other=1; ${sent(given)}`)).toEqual(given.secret)
  expect(given.cookie.value).not.toContain(given.secret.toString('base64url'))
  expect(setCookie(given.cookie)).toMatch(
    /^__Host-sign-in=[^;]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
  )
})

test('no two browsers have the same', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, newBrowserSecret))
  expect(new Set(all.map(({ secret }) => secret.toString('hex'))).size).toBe(20)
})

test('none, two, another one’s text or a changed one: no secret', async () => {
  const given = await newBrowserSecret()
  const { value } = given.cookie
  const session = await sealSession({ id: randomId(), generation: 1, token: randomSecret() })
  const headers = [
    null,
    '',
    `${SIGN_IN_COOKIE}=`,
    `${sent(given)}; ${sent(given)}`,
    `${BROWSER_COOKIE}=${value}`,
    `${SIGN_IN_COOKIE}=${session}`,
    `${SIGN_IN_COOKIE}=${value.slice(0, -2)}`,
    `${SIGN_IN_COOKIE}=${value}~3`,
    `${SIGN_IN_COOKIE}="${value}"`,
  ]
  for (const header of headers) expect(await browserSecret(header), String(header)).toBeNull()
  for (let place = 0; place < value.length; place += 3) {
    const other = value[place] === 'A' ? 'B' : 'A'
    const forged = `${value.slice(0, place)}${other}${value.slice(place + 1)}`
    expect(await browserSecret(`${SIGN_IN_COOKIE}=${forged}`), `byte ${place}`).toBeNull()
  }
})

test('a second tab goes on under the same secret', async () => {
  const first = await newBrowserSecret()
  const second = await keepBrowserSecret(sent(first))
  expect(second.secret).toEqual(first.secret)
  expect(await browserSecret(sent(second))).toEqual(first.secret)
  expect((await keepBrowserSecret(null)).secret).not.toEqual(first.secret)
})

test('a link’s token travels beside the secret, and goes alone', async () => {
  const first = await newBrowserSecret()
  const carrying = await carryLink(sent(first), 'a'.repeat(43))
  expect(carrying.secret).toEqual(first.secret)
  expect(await carriedLink(sent(carrying))).toBe('a'.repeat(43))
  expect(await carriedLink(sent(await keepBrowserSecret(sent(carrying))))).toBe('a'.repeat(43))
  const after = await carryLink(sent(carrying), null)
  expect(await carriedLink(sent(after))).toBeNull()
  expect(await browserSecret(sent(after))).toEqual(first.secret)
  expect(await carriedLink(sent(first))).toBeNull()
})

test('what was sealed for one purpose or cookie opens for no other', async () => {
  const values = { secret: randomSecret().toString('base64url') }
  const text = await sealFor('sign-in.1', SIGN_IN_COOKIE, values)
  expect(await openFor('sign-in.1', SIGN_IN_COOKIE, text)).toEqual(values)
  expect(await openFor('sign-in.2', SIGN_IN_COOKIE, text)).toBeNull()
  expect(await openFor('sign-in.1', SESSION_COOKIE, text)).toBeNull()
  expect(await openSession(text)).toBeNull()
  // Even with the session's own password: the payload is of another purpose.
  const asSession = await sealFor('session.1', SESSION_COOKIE, values)
  expect(await openFully(asSession)).toBeNull()
  const session = await sealSession({ id: randomId(), generation: 1, token: randomSecret() })
  expect(await openFor('session.1', SESSION_COOKIE, session)).toBeNull()
  expect(await openFor('sign-in.1', SIGN_IN_COOKIE, session)).toBeNull()
})

test('each first step has a secret of its own; the three before it are carried along, and the link', async () => {
  let given = await carryLink(null, 'a-link')
  const all = [given.secret]
  for (let step = 0; step < 5; step++) {
    given = await addBrowserSecret(sent(given))
    all.unshift(given.secret)
  }
  expect(await browserSecrets(sent(given))).toEqual(all.slice(0, 4))
  expect(await browserSecret(sent(given))).toEqual(all[0])
  expect(await carriedLink(sent(given))).toBe('a-link')
  expect(await browserSecrets(sent(await keepBrowserSecret(sent(given))))).toEqual(all.slice(0, 4))
  expect(await browserSecrets(null)).toEqual([])
})
