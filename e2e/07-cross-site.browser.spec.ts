/**
 * # Cross-site: in a browser
 *
 * Threat: a page of somebody else's, open in the same browser, frames the app, posts forms to it, reads its answers,
 * or sends people here through a link that sends them on elsewhere.
 *
 * Promise: the other page gets nothing: no cookie travels with its form, no frame is drawn, no answer can be read, and
 * no link of ours leads away.
 */
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asvs, test as book, expect, type Person } from './book.ts'

interface Evil {
  /** A page on another site that holds this HTML; answers its address. */
  readonly show: (html: string) => string
}

/** Another site: 127.0.0.1 is not localhost. */
const test = book.extend<{ evil: Evil }>({
  evil: async ({ guard }, use) => {
    let shown = ''
    const http: HttpServer = createServer((_, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Evil</title>${shown}`)
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    guard.allow(new RegExp(`leaves the origin: ${origin}`))
    await use({
      show(html) {
        shown = html
        return `${origin}/`
      },
    })
    await new Promise((resolve) => http.close(resolve))
  },
})

test(
  'a form on another site is sent without the session, and refused',
  asvs('3.5.1', 'ASVS4-3.4.3', 'WSTG-SESS-05', '3.3.2'),
  async ({ alice, evil, server, guard }) => {
    guard.allow(/status of 403/)
    const { page } = alice
    for (const [method, action, fields] of [
      ['post', '/sign-out', '<input name=scope value=everywhere>'],
      ['post', '/account/sessions', '<input name=target value=others>'],
      ['post', '/api/session/activity?stay', ''],
      ['post', '/sign-in', `<input name=email value=${alice.email}>`],
    ] as const) {
      await page.goto(
        evil.show(`<form method=${method} action=${server.origin}${action}>${fields}<button>Win</button></form>`),
      )
      const asked = page.waitForRequest(`${server.origin}${action}`)
      const answered = page.waitForResponse(`${server.origin}${action}`)
      await page.getByRole('button', { name: 'Win' }).click()
      expect((await (await asked).allHeaders()).cookie, 'SameSite keeps the session home').toBeUndefined()
      expect((await answered).status(), action).toBe(403)
    }
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'a link from another site arrives signed in, and changes nothing',
  asvs('3.5.3', '3.3.2'),
  async ({ alice, evil, server }) => {
    const before = server.sessions(alice.email).length
    await alice.page.goto(evil.show(`<a href="${server.origin}/account/sessions?end=others">Prize</a>`))
    await alice.page.getByRole('link', { name: 'Prize' }).click()
    await expect(alice.page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
    expect(server.sessions(alice.email)).toHaveLength(before)
  },
)

test(
  'scripts of another site can neither send a change nor read an answer',
  asvs('3.4.2', '3.5.1', 'WSTG-CLNT-07'),
  async ({ alice, evil, server, guard }) => {
    guard.allow(/console: .*(?:CORS|ERR_FAILED|status of 403|Cross-Origin|NotSameOrigin)/)
    await alice.page.goto(evil.show('<p>fetching</p>'))
    const results = await alice.page.evaluate(async (origin) => {
      const told = (promise: Promise<Response>) =>
        promise.then(
          (answer) => answer.type,
          () => 'unreadable',
        )
      return Promise.all([
        told(fetch(`${origin}/api/session`, { credentials: 'include' })),
        told(fetch(`${origin}/api/session`, { method: 'DELETE', credentials: 'include' })),
        told(fetch(`${origin}/sign-out`, { method: 'POST', mode: 'no-cors', credentials: 'include' })),
      ])
    }, server.origin)
    expect(results.slice(0, 2)).toEqual(['unreadable', 'unreadable'])
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test('no answer lets another origin in', asvs('3.4.2', 'WSTG-CLNT-07'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  for (const origin of ['null', 'https://evil.example', `${server.origin}.evil.example`, 'http://app.localhost']) {
    for (const method of ['GET', 'OPTIONS']) {
      for (const path of ['/api/session', '/api/sessions', '/account', '/sign-in']) {
        const preflight = {
          'access-control-request-method': 'DELETE',
          'access-control-request-headers': 'content-type',
        }
        const answer = await server.request({ method, path, headers: { cookie, origin, ...preflight } })
        const cors = Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))
        expect(cors, `${method} ${path} for ${origin}`).toEqual([])
      }
    }
  }
})

test('a frame around the app stays empty', asvs('3.4.6', 'WSTG-CLNT-09'), async ({ alice, evil, server, guard }) => {
  guard.allow(/console: .*(?:frame-ancestors|Framing|X-Frame-Options|status of 40[14])/i)
  for (const path of [
    '/sign-in',
    '/reset-password',
    '/not-me',
    '/account/sessions',
    '/reauthenticate',
    '/nothing',
    '/api/session',
  ]) {
    await alice.page.goto(evil.show(`<iframe src="${server.origin}${path}"></iframe>`))
    const frame = alice.page.frames().find((each) => each !== alice.page.mainFrame())
    await expect.poll(() => frame?.url(), path).toMatch(/^chrome-error:/)
    expect(await alice.page.frameLocator('iframe').getByRole('button').count(), path).toBe(0)
  }
})

test(
  'what is private cannot be embedded as a picture, a script or a style',
  asvs('3.5.8', '3.4.4'),
  async ({ alice, evil, server, guard }) => {
    guard.allow(/console: /)
    const blocked: string[] = []
    alice.context.on('requestfailed', (request) => blocked.push(new URL(request.url()).pathname))
    const at = (path: string) => `${server.origin}${path}`
    await alice.page.goto(
      evil.show(`<img src="${at('/icon.svg')}"><script src="${at('/api/session')}"></script>
      <link rel=stylesheet href="${at('/account')}">`),
    )
    await expect.poll(() => blocked.sort()).toEqual(['/account', '/api/session', '/icon.svg'])
  },
)

test('a window that opened the app has no handle on it', asvs('3.4.8'), async ({ alice, evil, server }) => {
  await alice.page.goto(
    evil.show(`<script>addEventListener('click', () => { w = open('${server.origin}/account') })</script>open`),
  )
  const opened = alice.context.waitForEvent('page')
  await alice.page.getByText('open').click()
  const popup = await opened
  await popup.waitForLoadState()
  expect(await popup.evaluate(() => opener === null)).toBe(true)
  await expect.poll(() => alice.page.evaluate(() => (globalThis as unknown as { w: Window }).w.closed)).toBe(true)
})

test('messages from other windows are not listened to', asvs('3.5.5'), async ({ alice }) => {
  await alice.openSessions()
  const shown = await alice.page.getByRole('main').innerText()
  await alice.page.evaluate(() => {
    for (const data of [{ type: 'ended', reason: 'revoked' }, 'ended', { reason: 'idle' }, null]) {
      dispatchEvent(new MessageEvent('message', { data, origin: 'https://evil.example' }))
    }
  })
  expect(await alice.page.getByRole('main').innerText()).toBe(shown)
})

const ELSEWHERE = [
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '///evil.example',
  '/.//evil.example',
  '/account/..//evil.example',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,evil',
  '@evil.example',
  '/@evil.example',
  '.evil.example',
  'http:evil.example',
  'http:/evil.example',
  '%68ttps://evil.example',
  '/account?x=//evil.example',
  '\u0000/evil.example',
  '/／evil.example',
  ' //evil.example',
]

for (const target of ELSEWHERE) {
  test(
    `a link that says returnTo=${JSON.stringify(target)} leads to our own page`,
    asvs('3.7.2', 'WSTG-CLNT-04'),
    async ({ alice, server }) => {
      const cookie = await alice.cookieHeader()
      const path = `/sign-in?returnTo=${encodeURIComponent(target)}`
      const page = await server.request({ path, headers: { cookie } })
      expect(page.status).toBe(200)
      const hidden = /name="returnTo" value="([^"]*)"/.exec(page.body)?.[1]
      expect(hidden).toBe('/account/sessions')
      expect(page.body.match(/href="[^"]*evil[^"]*"/g)).toBeNull()
    },
  )
}

test('nor does a form that was tampered with', asvs('3.7.2', 'WSTG-CLNT-04'), async ({ alice }) => {
  const tampered = async (person: Person, path: string, target: string) => {
    await person.page.goto(path)
    await person.page
      .locator('input[name=returnTo]')
      .first()
      .evaluate((input, value) => {
        ;(input as HTMLInputElement).value = value
      }, target)
  }
  for (const target of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    await tampered(alice, '/sign-in', target)
    await alice.fillSignIn()
    await expect(alice.page).toHaveURL('/account/sessions')
    await tampered(alice, '/reauthenticate', target)
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByRole('button', { name: 'Confirm' }).click()
    await expect(alice.page).toHaveURL('/account/sessions')
  }
})
