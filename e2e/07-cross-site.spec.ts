/**
 * # Cross-site: changes
 *
 * Threat: other sites make a visitor's browser send requests here, and browsers help them: forms need no permission,
 * cookies travel along, old headers override methods, a neighbour on the same host shares more than its name.
 *
 * Promise: whatever changes anything is taken only from the app's own pages. `Origin` must be the configured one, Fetch
 * Metadata must not contradict, and a form carries a value bound to its session. The cookie's SameSite is the third
 * lock, not the first: most of these requests come with the cookie attached by hand.
 */
import { sendJson } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import type { RawRequest } from './raw.ts'
import type { Server } from './server.ts'

interface Change {
  readonly method: string
  readonly path: string
  readonly type: string
  readonly body: string
}

const JSON_TYPE = 'application/json'
const FORM_TYPE = 'application/x-www-form-urlencoded'

/** Every route that changes something, with a body that would do it. Server actions are posted to their pages. */
function changes({ email, password }: Person, session: string): readonly Change[] {
  const json = (method: string, path: string, body: unknown): Change => ({
    method,
    path,
    type: JSON_TYPE,
    body: body === undefined ? '' : JSON.stringify(body),
  })
  const form = (path: string, fields: Record<string, string>): Change => ({
    method: 'POST',
    path,
    type: FORM_TYPE,
    body: new URLSearchParams(fields).toString(),
  })
  return [
    json('POST', '/api/account', { name: 'Eve', email: `eve.${email}`, password }),
    json('POST', '/api/session', { email, password }),
    json('DELETE', '/api/session', undefined),
    json('POST', '/api/session/activity', undefined),
    json('POST', '/api/session/activity?stay', undefined),
    json('POST', '/api/session/reauthenticate', { password }),
    json('DELETE', `/api/sessions/${session}`, undefined),
    json('PATCH', `/api/sessions/${session}`, { name: 'owned' }),
    json('DELETE', '/api/sessions?scope=others', undefined),
    json('DELETE', '/api/sessions?scope=all', undefined),
    form('/sign-out', {}),
    form('/sign-out', { scope: 'everywhere', password }),
    form('/sign-in', { email, password }),
    form('/sign-up', { name: 'Eve', email: `eve.${email}`, password }),
    form('/forgot-password', { email }),
    form('/reset-password', { newPassword: 'an attacker chose this for them' }),
    ...['/confirm-email', '/undo-email', '/not-me'].map((path) => form(path, {})),
    form('/account', { name: 'owned' }),
    form('/account/sessions', { target: 'others' }),
    form('/reauthenticate', { password }),
    { method: 'PUT', path: '/api/session', type: JSON_TYPE, body: '{}' },
    { method: 'POST', path: '/api/nothing', type: JSON_TYPE, body: '{}' },
  ]
}

type Headers = NonNullable<RawRequest['headers']>

/** Where a forged request may say that it comes from. */
function foreign({ origin, port }: Server): readonly (readonly [string, Headers])[] {
  const own = { origin }
  return [
    ['another site', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a host that looks like it', { origin: `${origin}.evil.example` }],
    ['a sibling port', { origin: `http://localhost:${port + 1}` }],
    ['a sibling host', { origin: `http://app.localhost:${port}` }],
    ['the address in place of the name', { origin: `http://127.0.0.1:${port}` }],
    ['the other scheme', { origin: origin.replace('http:', 'https:') }],
    ['in capitals', { origin: origin.toUpperCase() }],
    ['with a path', { origin: `${origin}/` }],
    ['empty', { origin: '' }],
    ['nowhere', {}],
    ['nowhere, but a referrer of ours', { referer: `${origin}/account` }],
    ['another site, by metadata', { 'sec-fetch-site': 'cross-site' }],
    ['the same site, by metadata', { 'sec-fetch-site': 'same-site' }],
    ['a bookmark, by metadata', { 'sec-fetch-site': 'none' }],
    ['ourselves, while metadata says otherwise', { ...own, 'sec-fetch-site': 'cross-site' }],
    ['another site, while metadata says ours', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['two origins', { origin: [origin, 'https://evil.example'] }],
    ['another site, with its host', { origin: 'https://evil.example', host: 'evil.example' }],
    [
      'another site, forwarded',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    ],
  ]
}

test(
  'every change is refused unless it comes from our own pages, though the cookie is attached',
  asvs('3.5.1', 'WSTG-SESS-05', 'CS-CSRF-origin', 'CS-CSRF-fetchmeta', 'CS-CSRF-login'),
  async ({ alice, server }) => {
    const other = await alice.anotherBrowser()
    await other.begin()
    const cookie = await alice.cookieHeader()
    const all = changes(alice, await other.sessionId())
    const before = server.fingerprint()
    for (const [from, headers] of foreign(server)) {
      const answers = await Promise.all(
        all.map(({ method, path, type, body }) =>
          server.request({ method, path, body, headers: { cookie, 'content-type': type, ...headers } }),
        ),
      )
      const told = answers.map(({ status, headers: { 'content-type': type }, body }, index) => [
        all[index]?.path,
        status,
        type,
        JSON.parse(body || 'null')?.code,
      ])
      expect(told, `from ${from}`).toEqual(
        all.map(({ path }) => [path, 403, 'application/problem+json', 'cross_origin']),
      )
      expect(
        answers.flatMap(({ cookies }) => cookies),
        `from ${from}`,
      ).toEqual([])
    }
    expect(server.fingerprint(), 'nothing has changed').toBe(before)
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test('the same changes are taken from our own pages', asvs('3.5.1', 'CS-CSRF-fetchmeta'), async ({ alice, server }) => {
  const other = await alice.anotherBrowser()
  await other.begin()
  const path = `/api/sessions/${await other.sessionId()}`
  const cookie = await alice.cookieHeader()
  const named = await sendJson(server, 'PATCH', path, { name: 'Kitchen' }, { headers: { cookie } })
  expect(named.status, 'by origin').toBe(204)
  const ended = await server.request({ method: 'DELETE', path, headers: { cookie, 'sec-fetch-site': 'same-origin' } })
  expect(ended.status, 'by metadata where a client sends no origin').toBe(204)
})

test('a form or plain text is no request to the API', asvs('3.5.2', 'CS-CSRF-simple'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const before = server.fingerprint()
  const { email, password } = alice
  const body = JSON.stringify({ email, password, name: 'Eve' })
  const types = [
    'text/plain',
    FORM_TYPE,
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'application/jsonp',
  ]
  for (const path of ['/api/session', '/api/account', '/api/session/reauthenticate']) {
    for (const type of types) {
      const headers = { cookie, origin: server.origin, 'content-type': type }
      const answer = await server.request({ method: 'POST', path, headers, body })
      expect([answer.status, answer.json().code], `${path} ${type}`).toEqual([415, 'unsupported_media_type'])
    }
    const bare = await server.request({ method: 'POST', path, headers: { cookie, origin: server.origin }, body })
    expect(bare.status, `${path} without a type`).toBe(415)
  }
  expect(server.fingerprint()).toBe(before)
})

test('no header turns one method into another', asvs('3.5.2', '3.5.3'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const before = server.fingerprint()
  for (const header of ['x-http-method-override', 'x-http-method', 'x-method-override', '_method']) {
    for (const path of ['/api/session', '/api/sessions?scope=all', '/sign-out?_method=POST']) {
      const answer = await server.request({ path, headers: { cookie, [header]: 'DELETE' } })
      expect([200, 405], `${path} ${header}`).toContain(answer.status)
    }
  }
  expect(server.fingerprint()).toBe(before)
})

test(
  'reading changes nothing, by any safe method and at any address',
  asvs('3.5.3', 'WSTG-SESS-05'),
  async ({ alice, server }) => {
    const other = await alice.anotherBrowser()
    await other.begin()
    const cookie = await alice.cookieHeader()
    const before = server.fingerprint()
    const paths = [
      ...changes(alice, await other.sessionId()).map(
        ({ path, body }) => `${path.split('?')[0]}?${body.replaceAll(/[^\w=&@.-]/g, '')}`,
      ),
      '/sign-out?scope=everywhere',
      '/api/sessions?scope=all&_method=DELETE',
      '/account/sessions?end=others',
      '/account/sessions?target=others',
    ]
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const answer = await server.request({ method, path, headers: { cookie } })
        expect(answer.status, `${method} ${path}`).toBeLessThan(500)
      }
    }
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'a form’s value is good for its own session only',
  asvs('NIST63B4-5.1-csrf', 'CS-CSRF-token', 'CS-CSRF-hmac'),
  async ({ alice, bob, mallory, server }) => {
    const tokenOf = async (person: Person, path: string) => {
      await person.page.goto(path)
      return person.page.locator('input[name=formToken]').first().inputValue()
    }
    const [own, his, anonymous] = [
      await tokenOf(alice, '/account'),
      await tokenOf(bob, '/account'),
      await tokenOf(mallory, '/sign-in'),
    ]
    const cookie = await alice.cookieHeader()
    const post = (fields: Record<string, string>) =>
      server.request({
        method: 'POST',
        path: '/sign-out',
        headers: { cookie, origin: server.origin, 'content-type': FORM_TYPE },
        body: new URLSearchParams(fields).toString(),
      })
    for (const formToken of [undefined, '', 'x', his, anonymous, own.slice(0, -1), `${own}A`, own.toLowerCase()]) {
      const answer = await post(formToken === undefined ? {} : { formToken })
      expect(answer.headers.location, `formToken ${formToken}`).not.toContain('signed-out')
      expect(answer.cookies).toEqual([])
      expect(await alice.isSignedIn(), `formToken ${formToken}`).toBe(true)
    }
    expect((await post({ formToken: own })).headers.location, 'and its own works').toContain('signed-out')
    expect(await alice.isSignedIn()).toBe(false)
  },
)

test('a renewal breaks no open form', asvs('NIST63B4-5.1-csrf', 'CS-SESS-renewal'), async ({ alice, server }) => {
  await alice.page.goto('/account')
  server.ageSession(await alice.sessionId(), { renewed: 900 })
  const tab = await alice.context.newPage()
  await tab.goto('/account')
  await tab.goto('/account')
  await alice.page.getByLabel('Name').fill('Alice the Second')
  await alice.page.getByRole('button', { name: /Save|Change/ }).click()
  await expect(alice.page.getByText('Your name is changed.')).toBeVisible()
})
