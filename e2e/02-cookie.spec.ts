/**
 * # The cookie
 *
 * Threat: a token leaks wherever it is written: into addresses, pages, logs, storage that scripts read, requests that
 * are not encrypted, hosts that are merely neighbours.
 *
 * Promise: the token is in one cookie, sealed, `__Host-`, Secure, HttpOnly, SameSite=Lax, for this host only, and
 * nowhere else. (That holds for every `Set-Cookie` of every test in this book: `guard.ts` and `raw.ts` check them all.)
 */
import { chromium, type Page } from '@playwright/test'
import { cookie } from '#lib/http/cookies.ts'
import { asvs, expect, Guard, Person, somebody, startServer, test } from './book.ts'
import { browser as own } from './browser.ts'
import { wrongs } from './set-cookie.ts'

const EVERYWHERE = [
  '/',
  '/account',
  '/account/sessions',
  '/account/security',
  '/account/activity',
  '/reauthenticate',
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password',
  '/confirm-email',
  '/undo-email',
  '/not-me',
]

test(
  'each cookie has the attributes that the inventory gives it, at birth, renewal and end',
  asvs(
    '3.3.1',
    '3.3.2',
    '3.3.3',
    'ASVS4-3.4.1',
    'ASVS4-3.4.2',
    'ASVS4-3.4.3',
    'ASVS4-3.4.4',
    'WSTG-SESS-02',
    'RFC6265BIS-host',
  ),
  async ({ alice, server }) => {
    const lines: string[] = []
    alice.context.on('response', async (response) => {
      const all = await response.headersArray()
      lines.push(...all.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value))
    })
    await alice.signIn()
    server.ageSession(await alice.sessionId(), { renewed: 900 })
    await alice.openSessions()
    await alice.signOut()
    await expect.poll(() => lines.filter((line) => line.startsWith('__Host-session=')).length).toBeGreaterThanOrEqual(3)
    expect(lines.flatMap(wrongs)).toEqual([])
    for (const line of lines.filter((each) => each.startsWith('__Host-session='))) {
      expect(line).toMatch(
        /^__Host-session=[^;]*; Path=\/(?:; Max-Age=0|; Expires=[^;]+; Max-Age=0)?(?:; (?:Secure|HttpOnly|SameSite=lax)){3}$/i,
      )
    }
  },
)

test('the check of attributes is no rubber stamp', asvs('3.3.1', '3.3.2', '3.3.3', '3.3.5'), () => {
  const good = `__Host-browser=${'a'.repeat(43)}; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax`
  expect(wrongs(good)).toEqual([])
  const bad = [
    good.replace('; Secure', ''),
    good.replace('; HttpOnly', ''),
    good.replace('; SameSite=Lax', ''),
    good.replace('Lax', 'None'),
    good.replace('Path=/;', 'Path=/account;'),
    `${good}; Domain=localhost`,
    good.replace('__Host-browser', 'browser'),
    good.replace('34560000', '34560001'),
  ]
  for (const line of bad) expect(wrongs(line), line).toHaveLength(1)
})

test('a cookie that browsers would drop is not written', asvs('3.3.5', '4.2.5'), async ({ alice }) => {
  expect(() => cookie('__Host-session', 'x'.repeat(4096 - '__Host-session'.length))).toThrow(RangeError)
  expect(() => cookie('__Host-session', 'x'.repeat(4095 - '__Host-session'.length))).not.toThrow()
  expect((await alice.cookieHeader()).length, 'all cookies together').toBeLessThan(1024)
})

test(
  'a session has one cookie, and the browser no other but its own',
  asvs('WSTG-SESS-01', 'WSTG-SESS-02'),
  async ({ alice }) => {
    for (const path of EVERYWHERE) await alice.page.goto(path)
    const names = (await alice.context.cookies()).map(({ name }) => name)
    expect(names.sort()).toEqual(['__Host-browser', '__Host-session'])
  },
)

test(
  'pages bring that cookie, and images do not: a late one would take the place of what a form hangs on',
  asvs('3.3.5', '7.2.4'),
  async ({ server }) => {
    const brought = async (headers: Readonly<Record<string, string>>, path = '/sign-in') =>
      (await server.request({ path, headers })).cookies.map(({ name }) => name)
    for (const destination of ['document', 'empty'])
      expect(await brought({ 'sec-fetch-dest': destination }), destination).toEqual(['__Host-browser'])
    expect(await brought({}), 'a browser that does not say').toEqual(['__Host-browser'])
    for (const destination of ['image', 'manifest', 'style', 'iframe'])
      expect(await brought({ 'sec-fetch-dest': destination }), destination).toEqual([])
    expect(await brought({ 'sec-fetch-dest': 'image' }, '/icon.svg')).toEqual([])
  },
)

test(
  'scripts see no cookie, and nothing is kept in the browser’s storage',
  asvs('3.3.4', '14.3.3', 'ASVS4-3.2.3', 'ASVS4-3.4.2', 'WSTG-CLNT-12'),
  async ({ alice, server }) => {
    for (const path of [...EVERYWHERE, '/account/sessions?end=others']) {
      await alice.page.goto(path)
      expect(await storageOf(alice.page), path).toEqual({ cookie: '', local: 0, session: 0, caches: [], databases: [] })
    }
    server.ageSession(await alice.sessionId(), { renewed: 900 })
    await alice.openSessions()
    await alice.signOut()
    expect(await storageOf(alice.page)).toEqual({ cookie: '', local: 0, session: 0, caches: [], databases: [] })
  },
)

function storageOf(page: Page) {
  return page.evaluate(async () => ({
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }))
}

test(
  'no page, script, answer or address ever repeats a cookie',
  asvs('3.3.4', '14.2.1', 'ASVS4-3.1.1', 'WSTG-SESS-04'),
  async ({ alice, server }) => {
    const heard: string[] = []
    const bodies: Promise<unknown>[] = []
    alice.context.on('request', (request) => heard.push(request.url(), request.headers().referer ?? ''))
    alice.context.on('response', (response) => {
      const { 'set-cookie': _, ...headers } = response.headers()
      heard.push(JSON.stringify(headers))
      if (!headers['content-type']?.includes('event-stream')) {
        bodies.push(
          response.text().then(
            (text) => heard.push(text),
            () => {},
          ),
        )
      }
    })
    const secrets = new Set<string>()
    for (const path of EVERYWHERE) {
      await alice.page.goto(path)
      heard.push(await alice.page.content())
      server.ageSession(await alice.sessionId(), { renewed: 900 })
      for (const value of (await alice.context.cookies()).map((each) => each.value)) {
        for (const part of value.split('*').filter((each) => each.length > 20)) secrets.add(part)
      }
      for (const api of ['/api/session', '/api/sessions']) heard.push(await (await alice.api.get(api)).text())
    }
    const { digest } = await alice.row()
    for (const form of ['hex', 'base64', 'base64url'] as const) secrets.add(digest.toString(form))
    await alice.signOut()
    await Promise.all(bodies)
    const all = heard.join('\n')
    expect(all.length).toBeGreaterThan(100_000)
    expect(secrets.size).toBeGreaterThan(10)
    expect([...secrets].filter((secret) => all.includes(secret))).toEqual([])
  },
)

test(
  'a token is taken from the cookie and from nowhere else',
  asvs('ASVS4-3.1.1', 'WSTG-SESS-04', '7.2.1'),
  async ({ alice, server }) => {
    const token = (await alice.cookie()) ?? ''
    const query = `__Host-session=${encodeURIComponent(token)}&session=${encodeURIComponent(token)}`
    const elsewhere = [
      { path: `/api/session?${query}` },
      { path: '/api/session', headers: { authorization: `Bearer ${token}` } },
      {
        path: '/api/session',
        headers: { 'x-session': token, '__Host-session': token, 'x-cookie': `__Host-session=${token}` },
      },
      { path: `/api/session;__Host-session=${encodeURIComponent(token)}` },
    ]
    for (const request of elsewhere) {
      const answer = await server.request(request)
      expect([401, 404], request.path.slice(0, 40)).toContain(answer.status)
      expect(answer.body).not.toContain(alice.email)
    }
    const page = await server.request({ path: `/account?${query}` })
    expect(page.status).toBe(307)
    expect(page.body).not.toContain(alice.email)
  },
)

test(
  'no log line has a credential, whatever goes wrong',
  asvs('16.2.5', 'WSTG-SESS-04', '16.5.1'),
  async ({ browser }) => {
    const server = await startServer({ LOG_LEVEL: 'trace' })
    const guard = new Guard(server.origin)
    guard.allow(/console: /)
    try {
      const dora = await Person.arrive({ browser, server, guard }, somebody('Dora'))
      await dora.signUp()
      const token = (await dora.cookie()) ?? ''
      await dora.page.goto(`/account?token=${encodeURIComponent(token)}`)
      await dora.api.post('/api/session', { data: { email: dora.email, password: `${dora.password}!` } })
      await dora.api.post('/api/session', {
        data: `{"password": "${dora.password}"`,
        headers: { 'content-type': 'application/json' },
      })
      await server.request({
        path: '/account',
        headers: { cookie: `__Host-session=${token}x; __Host-session=${token}` },
      })
      await server.request({
        method: 'POST',
        path: '/sign-in',
        headers: { cookie: `__Host-session=${token}` },
        body: dora.password,
      })
      server.db.exec('alter table sessions rename to away')
      await dora.page.goto('/account')
      await expect(dora.page.getByRole('heading', { name: 'Back in a moment' })).toBeVisible()
      await dora.api.post('/api/session', { data: { email: dora.email, password: dora.password } })
      expect(server.log(), 'it does say what is wrong').toContain('no such table')
      const secrets = [dora.password, ...token.split('*').filter((part) => part.length > 20)]
      expect(secrets.filter((secret) => server.log().includes(secret))).toEqual([])
    } finally {
      await server.stop()
    }
  },
)

test('without its cookie a browser is nobody', asvs('WSTG-SESS-09', '7.2.1'), async ({ alice, guard }) => {
  guard.allow(/status of 401/)
  await alice.openSessions()
  await alice.context.clearCookies({ name: '__Host-session' })
  for (const path of ['/account', '/account/sessions', '/account/security', '/account/activity', '/reauthenticate']) {
    await alice.page.goto(path)
    await expect(alice.page).toHaveURL(/\/sign-in/)
  }
  expect(await alice.isSignedIn()).toBe(false)
})

test(
  'over plain http a browser is never given a session, and the page says why',
  asvs('WSTG-SESS-09', '3.3.1'),
  async () => {
    const browser = await chromium.launch({
      ...own.launchOptions,
      args: [...own.launchOptions.args, '--host-resolver-rules=MAP plain.example 127.0.0.1'],
    })
    const server = await startServer((port) => ({
      APP_ORIGIN: `http://plain.example:${port}`,
      SESSION_KEYS: 'k1:4Xq9vT2mZr7Lc0Wn5Yb8Kd3Hf6Jg1PsA',
    }))
    try {
      const world = { browser, server, guard: new Guard(server.origin) }
      const dora = await Person.arrive(world, somebody('Dora'))
      await dora.page.goto('/sign-in')
      await dora.fillSignIn()
      await expect(dora.page.getByRole('alert').filter({ hasText: 'the address needs https' })).toBeVisible()
      expect(await dora.context.cookies()).toEqual([])
    } finally {
      await server.stop()
      await browser.close()
    }
  },
)
