/**
 * # Cross-site: headers
 *
 * Threat: a policy that is missing on one kind of answer is missing; a header that the app itself relies on can be
 * sent by anybody; a host name that is believed builds links for somebody else.
 *
 * Promise: every answer has its headers, whatever its status and whoever made it. Pages run scripts of this answer
 * only. Nothing is built from `Host` or from forwarding headers, and what is for inner use is overwritten.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asvs, expect, Guard, startServer, test } from './book.ts'
import type { RawAnswer } from './raw.ts'

const COMMON: Readonly<Record<string, string | RegExp>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
  'content-security-policy': /frame-ancestors 'none'/,
  'permissions-policy': /camera=\(\)/,
}

function missing(answer: RawAnswer): string[] {
  return Object.entries(COMMON)
    .filter(([name, wanted]) => {
      const value = answer.headers[name] ?? ''
      return typeof wanted === 'string' ? value !== wanted : !wanted.test(value)
    })
    .map(([name]) => name)
}

test(
  'every answer has its headers: pages, errors, redirects, the API, assets',
  asvs('3.4.4', '3.4.5', '3.4.6', '3.4.8', '13.4.2'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const page = await server.request({ path: '/' })
    const asset = /\/_next\/static\/[^"]+\.js/.exec(page.body)?.[0] ?? ''
    const style = /\/_next\/static\/[^"]+\.css/.exec(page.body)?.[0] ?? ''
    const { origin } = server
    const answers: readonly (readonly [number, RawAnswer])[] = [
      [200, page],
      [200, await server.request({ path: '/account', headers: { cookie } })],
      [307, await server.request({ path: '/account' })],
      [404, await server.request({ path: '/nothing' })],
      [404, await server.request({ path: '/api/nothing' })],
      [401, await server.request({ path: '/api/session' })],
      [200, await server.request({ path: '/api/session', headers: { cookie } })],
      [403, await server.request({ method: 'POST', path: '/sign-out', headers: { cookie } })],
      [405, await server.request({ path: '/sign-out' })],
      [405, await server.request({ method: 'PUT', path: '/api/session', headers: { origin } })],
      [413, await server.request({ method: 'POST', path: '/sign-in', headers: { origin }, body: 'x'.repeat(70_000) })],
      [303, await server.request({ method: 'POST', path: '/sign-out', headers: { origin } })],
      [200, await server.request({ path: asset })],
      [200, await server.request({ path: style })],
      [404, await server.request({ path: '/_next/static/nothing.js' })],
      [200, await server.request({ path: '/icon.svg' })],
      [200, await server.request({ path: '/favicon.ico' })],
      [404, await server.request({ path: '/_next/nothing' })],
      [400, await server.request({ path: '/_next/image?url=%2Ficon.svg&w=1&q=1' })],
      [200, await server.request({ path: '/api/health' })],
    ]
    for (const [index, [status, answer]] of answers.entries()) {
      expect([index, answer.status, missing(answer)]).toEqual([index, status, []])
      expect(answer.headers, 'no word about the software').not.toHaveProperty('x-powered-by')
    }
  },
)

test(
  'no answer about a session or an account is kept by anybody',
  asvs('14.3.2', 'WSTG-SESS-04', 'ASVS4-8.2.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const links = ['/forgot-password', '/reset-password', '/confirm-email', '/undo-email', '/not-me']
    const pages = [
      '/',
      '/sign-in',
      '/sign-up',
      '/account',
      '/account/sessions',
      '/account/security',
      '/account/activity',
      '/reauthenticate',
    ]
    const paths = [...pages, ...links, `/reset-password?token=${'A'.repeat(43)}`]
    const apis = ['/api/session', '/api/sessions', '/api/nothing', '/api/health']
    for (const path of [...paths, ...apis]) {
      for (const headers of [{ cookie }, {}]) {
        const answer = await server.request({ path, headers })
        expect(answer.headers['cache-control'], `${path} ${JSON.stringify(Object.keys(headers))}`).toContain('no-store')
      }
    }
  },
)

test('a page runs the scripts of its own answer, and no others', asvs('3.4.3'), async ({ alice, server, guard }) => {
  const nonces = new Set<string>()
  for (const path of ['/', '/sign-in', '/sign-up', '/account', '/account/sessions', '/account/activity', '/nothing']) {
    const { body, headers } = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    const policy = headers['content-security-policy'] ?? ''
    expect(policy, path).toContain("object-src 'none'")
    expect(policy, path).toContain("base-uri 'none'")
    expect(policy, path).toContain("form-action 'self'")
    expect(policy, path).not.toMatch(/unsafe-|\*|https?:/)
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
    expect(Buffer.from(nonce, 'base64').length, 'of 128 bits').toBeGreaterThanOrEqual(16)
    nonces.add(nonce)
    const tags = body.match(/<(?:script|style)\b[^>]*>/g) ?? []
    expect(tags.length, path).toBeGreaterThan(0)
    expect(
      tags.filter((tag) => !tag.includes(`nonce="${nonce}"`)),
      path,
    ).toEqual([])
    expect(body, `${path} has no inline handler or style`).not.toMatch(/<[^>]+ (?:on\w+|style)="/)
  }
  expect(nonces.size, 'a new one for each answer').toBe(7)
  guard.allow(/policy violated|Content Security Policy/)
  await alice.page.goto('/account')
  const ran = await alice.page.evaluate(() => {
    document.body.insertAdjacentHTML('beforeend', '<img src=x: onerror="globalThis.owned = 1">')
    const script = document.createElement('script')
    script.setAttribute('nonce', 'guessed')
    script.textContent = 'globalThis.owned = 1'
    // Only the parser makes a script that is not trusted by the one that adds it.
    document.body.insertAdjacentHTML('beforeend', script.outerHTML)
    return 'owned' in globalThis
  })
  expect(ran).toBe(false)
})

test('what people write is shown as they wrote it, and runs nowhere', asvs('3.4.3'), async ({ alice }) => {
  const written = '</script><img src=x onerror=alert(1)>"\'{{7*7}}'
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').fill(written)
  await alice.page.getByRole('button', { name: /Save|Change/ }).click()
  await expect(alice.page.getByRole('status').or(alice.page.getByRole('alert')).first()).toBeVisible()
  await alice.page.goto('/account')
  await expect(alice.page.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible()
})

test('on https every answer pins https, and on this machine none does', asvs('3.4.1'), async ({ server }) => {
  for (const path of ['/', '/api/session', '/nothing']) {
    expect((await server.request({ path })).headers).not.toHaveProperty('strict-transport-security')
  }
  const secure = await startServer({
    APP_ORIGIN: 'https://signet.example',
    SESSION_KEYS: 'k1:4Xq9vT2mZr7Lc0Wn5Yb8Kd3Hf6Jg1PsA',
  })
  try {
    const headers = { host: 'signet.example' }
    const asset = /\/_next\/static\/[^"]+\.js/.exec((await secure.request({ path: '/', headers })).body)?.[0] ?? ''
    for (const path of ['/', '/account', '/api/session', '/nothing', '/sign-out', '/icon.svg', asset]) {
      const answer = await secure.request({ path, headers })
      const pinned = answer.headers['strict-transport-security'] ?? ''
      expect(Number(/max-age=(\d+)/.exec(pinned)?.[1]), path).toBeGreaterThanOrEqual(365 * 24 * 60 * 60)
      expect(pinned, path).toContain('includeSubDomains')
    }
    const page = await secure.request({ path: '/', headers })
    expect(page.headers['content-security-policy']).toContain('upgrade-insecure-requests')
  } finally {
    await secure.stop()
  }
})

test(
  'a forged host or forwarding header moves nothing',
  asvs('WSTG-INPV-17', '4.1.3', '15.3.4'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '443',
      'x-forwarded-for': '203.0.113.7',
      'x-original-url': '/account',
      'x-rewrite-url': '/account',
      forwarded: 'host=evil.example;for=203.0.113.7',
    }
    for (const path of ['/', '/account', '/sign-in', '/nothing']) {
      for (const headers of [forged, { ...forged, cookie }]) {
        const answer = await server.request({ path, headers })
        const { 'content-security-policy': _, ...told } = answer.headers
        expect(JSON.stringify(told) + answer.body, path).not.toContain('evil.example')
        expect(answer.headers.location ?? '/', path).toMatch(/^\//)
      }
    }
    const begun = await server.request({
      method: 'POST',
      path: '/api/session',
      headers: { ...forged, origin: server.origin, 'content-type': 'application/json' },
      body: JSON.stringify({ email: alice.email, password: alice.password }),
    })
    expect(begun.status).toBe(201)
    expect(
      server.sessions(alice.email).map(({ ip }) => ip),
      'the address is the socket’s',
    ).toEqual(['127.0.0.1', '127.0.0.1'])
  },
)

test(
  'headers for inner use cannot be sent from outside',
  asvs('4.1.3', 'WSTG-ATHZ-02', '8.3.1', '7.2.1'),
  async ({ alice, server }) => {
    const inner = {
      'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
      'x-middleware-next': '1',
      'x-middleware-rewrite': '/account',
      'x-middleware-set-cookie': '__Host-session=x',
      'x-middleware-override-headers': 'cookie',
      'x-middleware-request-cookie': await alice.cookieHeader(),
      'x-invoke-path': '/account',
      'x-matched-path': '/account',
      'x-now-route-matches': '1=/account',
      'next-resume': '1',
      'x-nextjs-data': '1',
      'x-prerender-revalidate': 'x',
      'x-nonce': 'guessed',
      'content-security-policy': "script-src 'nonce-guessed'",
      'x-signet-path': '//evil.example',
      'x-signet-peer': '203.0.113.7',
      'x-signet-machine': '0',
      'x-signet-session': 'alice',
      'x-signet-user': 'alice',
    }
    for (const path of ['/account', '/account/sessions', '/account/security', '/account/activity', '/reauthenticate']) {
      const answer = await server.request({ path, headers: inner })
      expect(answer.status, path).toBe(307)
      expect(answer.headers.location, path).toBe(`/sign-in?returnTo=${encodeURIComponent(path)}`)
      expect(answer.body, path).not.toContain(alice.email)
      expect(answer.headers['content-security-policy'], path).not.toContain('guessed')
    }
    for (const path of ['/api/session', '/api/sessions', '/api/session/events']) {
      expect((await server.request({ path, headers: inner })).status, path).toBe(401)
    }
  },
)

test('the watch over these tests is no rubber stamp', asvs('3.4.3', '14.2.3', '3.3.1'), async ({ browser }) => {
  const careless = createServer((_, answer) => {
    const policy = "default-src 'self'; script-src 'unsafe-inline'"
    answer.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy, 'set-cookie': 'tracker=1' })
    answer.end('<img src="http://127.0.0.1:1/x.png"><script>throw new Error("on purpose")</script>')
  })
  await new Promise<void>((resolve) => careless.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(careless.address() as AddressInfo).port}`
  const guard = new Guard(origin)
  const context = await browser.newContext()
  await guard.watch(context)
  await (await context.newPage()).goto(origin)
  await context.close()
  const verdict = await guard.verdict().catch((failed: Error) => failed.message)
  for (const found of [
    'policy violated: img-src',
    'leaves the origin',
    'page error: on purpose',
    'no inventory: tracker',
  ]) {
    expect(verdict).toContain(found)
  }
  await new Promise((resolve) => careless.close(resolve))
})
