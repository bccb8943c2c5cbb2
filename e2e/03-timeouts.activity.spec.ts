/**
 * # Timeouts: what counts as activity
 *
 * Threat: machines keep sessions alive. A tab that polls, a browser that prefetches, a stream that stays open: nobody has
 * been there for hours, and the session is as young as ever.
 *
 * Promise: only what a person does counts: visits of private pages, acts, and input that an open page reports. It is
 * written down at most once a minute.
 */
import { asvs, expect, type Person, test } from './book.ts'
import { openStream } from './event-stream.ts'
import type { RawRequest } from './raw.ts'
import type { Server } from './server.ts'
import { openForm } from './ways-in.ts'

/** Whether the request moved "last active", five minutes after the last time. */
async function counts(server: Server, alice: Person, what: RawRequest): Promise<boolean> {
  server.ageSession(await alice.sessionId(), { lastActive: 300 })
  const before = (await alice.row()).last_active_at
  const cookie = await alice.cookieHeader()
  const { status } = await server.request({ ...what, headers: { cookie, origin: server.origin, ...what.headers } })
  expect(status, JSON.stringify(what)).toBeLessThan(500)
  return (await alice.row()).last_active_at > before
}

const PAGE = '/account/sessions'

const MACHINES: readonly (readonly [string, RawRequest])[] = [
  ['reading the API', { path: '/api/session' }],
  ['reading the list over the API', { path: '/api/sessions' }],
  ['a prefetch', { path: PAGE, headers: { 'sec-purpose': 'prefetch' } }],
  ['a prerender', { path: PAGE, headers: { 'sec-purpose': 'prefetch;prerender' } }],
  ['an old prefetch', { path: PAGE, headers: { purpose: 'prefetch' } }],
  ['Firefox’s prefetch', { path: PAGE, headers: { 'x-moz': 'prefetch' } }],
  ['the router’s prefetch', { path: PAGE, headers: { rsc: '1', 'next-router-prefetch': '1' } }],
  ['the router’s refresh', { path: PAGE, headers: { rsc: '1' } }],
  ['a page fetched by a script', { path: PAGE, headers: { 'sec-fetch-dest': 'empty' } }],
  ['a page in an image', { path: PAGE, headers: { 'sec-fetch-dest': 'image' } }],
  ['a HEAD request', { path: PAGE, method: 'HEAD' }],
  ['an OPTIONS request', { path: PAGE, method: 'OPTIONS' }],
  ['an asset', { path: '/icon.svg' }],
  ['a public page', { path: '/' }],
  ['the sign-in page', { path: '/sign-in' }],
  ['a health check', { path: '/api/health' }],
]

for (const [name, request] of MACHINES) {
  test(`does not count: ${name}`, asvs('7.3.1'), async ({ alice, server }) => {
    expect(await counts(server, alice, request)).toBe(false)
  })
}

test('does not count: a stream, open for as long as you like', asvs('7.3.1'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { lastActive: 300 })
  const before = (await alice.row()).last_active_at
  const stream = await openStream(server, { cookie: await alice.cookieHeader() })
  await stream.next('timeouts')
  stream.close()
  await stream.closed
  expect((await alice.row()).last_active_at).toBe(before)
})

const PEOPLE: readonly (readonly [string, RawRequest])[] = [
  ['a visit of a private page', { path: PAGE }],
  ['a visit by a browser that says so', { path: '/account', headers: { 'sec-fetch-dest': 'document' } }],
  ['input that a page reports', { path: '/api/session/activity', method: 'POST' }],
  [
    'an act over the API',
    { path: '/api/sessions/AAAAAAAAAAAAAAAAAAAAAA', method: 'DELETE', headers: { 'content-type': 'application/json' } },
  ],
]

for (const [name, request] of PEOPLE) {
  test(`counts: ${name}`, asvs('7.3.1', 'NIST63B4-5.2-reset'), async ({ alice, server }) => {
    expect(await counts(server, alice, request)).toBe(true)
  })
}

test('counts: a form that is sent', asvs('7.3.1', 'NIST63B4-5.2-reset'), async ({ alice, server }) => {
  const form = await openForm(server, await alice.cookieHeader(), '/account', {
    button: 'Save name',
    values: { name: 'Alice' },
  })
  const { path, type, body } = form
  expect(await counts(server, alice, { method: 'POST', path, headers: { 'content-type': type }, body })).toBe(true)
})

test('it is written at most once a minute, but for “Stay signed in”', asvs('7.3.1'), async ({ alice, server }) => {
  const id = await alice.sessionId()
  const active = async () => (await alice.row()).last_active_at
  server.ageSession(id, { lastActive: 55 })
  const before = await active()
  await alice.openSessions()
  await alice.api.post('/api/session/activity')
  expect(await active()).toBe(before)
  await alice.api.post('/api/session/activity?stay')
  const stayed = await active()
  expect(stayed).toBeGreaterThan(before)
  server.ageSession(id, { lastActive: 60 })
  await alice.openSessions()
  expect(await active()).toBeGreaterThan(stayed - 60_000)
})

test(
  'an open page that nobody touches lets the session idle',
  asvs('7.3.1', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.clock.install()
    await alice.openSessions()
    server.ageSession(await alice.sessionId(), { lastActive: 300 })
    const before = (await alice.row()).last_active_at
    await alice.page.clock.fastForward(5 * 60_000)
    const looks = alice.page.waitForResponse('**/api/session')
    await alice.page.evaluate(() => dispatchEvent(new Event('online')))
    await looks
    // A moving mouse is no use, and neither is what a script makes up.
    await alice.page.mouse.move(200, 200)
    await alice.page.evaluate(() => dispatchEvent(new KeyboardEvent('keydown', { key: 'a' })))
    expect((await alice.row()).last_active_at).toBe(before)
  },
)

test('an open page reports what its person does, once a minute', asvs('7.3.1'), async ({ alice, server }) => {
  const reports: string[] = []
  alice.page.on('request', (request) => {
    if (request.url().endsWith('/api/session/activity')) reports.push(request.method())
  })
  await alice.page.clock.install()
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').press('End')
  expect(reports, 'opening the page was activity enough').toEqual([])
  server.ageSession(await alice.sessionId(), { lastActive: 300 })
  const before = (await alice.row()).last_active_at
  await alice.page.clock.fastForward(61_000)
  const reported = alice.page.waitForResponse('**/api/session/activity')
  await alice.page.getByLabel('Name').press('End')
  expect((await reported).status()).toBe(204)
  for (const key of ['a', 'b', 'c']) await alice.page.getByLabel('Name').press(key)
  expect(reports).toEqual(['POST'])
  expect((await alice.row()).last_active_at).toBeGreaterThan(before)
})
