/**
 * # Bad input: the database is away
 *
 * Threat: a check that cannot be made is answered from memory, or not at all, or with yes; and when the database is
 * back, the server is not.
 *
 * Promise: while the row cannot be read, nobody is let in and nobody is signed out: 503, with the reason in the log and
 * nowhere else. As soon as it can be read, everything goes on, without a restart.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { sendJson, trySignIn } from './api.ts'
import { asvs, expect, expectClean, Guard, Person, somebody, startServer, test } from './book.ts'
import { giveApp } from './factors.ts'
import { authorizePath, call, pkce } from './oauth.ts'
import { register } from './relying-party.ts'
import { withoutDatabase } from './without-database.ts'

test(
  'while the database is gone nobody is let in, and nobody is signed out',
  asvs('16.5.2', '16.5.3', '16.3.4', '16.5.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const form = await formOn(server, '/account', 'name', cookie)
    const { id } = await alice.row()
    await withoutDatabase(server, async () => {
      const answers = [
        await server.request({ path: '/account', headers: { cookie } }),
        await server.request({ path: '/account/sessions', headers: { cookie } }),
        await server.request({ path: '/api/session', headers: { cookie } }),
        await server.request({ path: '/api/sessions', headers: { cookie } }),
        await server.request({ path: '/api/session/events', headers: { cookie } }),
        await post(server, '/account', multipart(form.fields), { cookie, 'content-type': MULTIPART }),
        await post(server, '/sign-out', '', { cookie }),
        await post(server, '/api/session/activity', '', { cookie }),
        await trySignIn(server, alice),
      ]
      for (const [index, answer] of answers.entries()) {
        expect([index, answer.status]).toEqual([index, 503])
        expect(answer.headers['retry-after']).toBe('5')
        expect(answer.headers['cache-control']).toContain('no-store')
        expect(answer.body).not.toMatch(/SQLITE|file is gone|\.db|\n\s+at /)
        expect(answer.cookies).toEqual([])
      }
      expect(server.log()).toContain('the database file is gone')
    })
    expect(await alice.isSignedIn(), 'back without a restart').toBe(true)
    expect(server.row(id)?.id).toBe(id)
  },
)

/** Pages that look up what was begun in this browser and is not finished. */
const HALF_PAGES = [
  '/sign-in/verify',
  '/sign-in/limit',
  '/sign-in?reason=signed-out',
  '/reset-password',
  '/confirm-email',
  '/undo-email',
  '/not-me',
  '/end-session/AAAAAAAAAAAAAAAAAAAAAA',
]

test(
  'what is half-finished waits: its pages say that the service cannot answer, and go on afterwards',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const { email, password } = alice
    const half = await sendJson(server, 'POST', '/api/session', { email, password })
    expect(half.status).toBe(202)
    const cookie = half.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    await withoutDatabase(server, async () => {
      for (const path of HALF_PAGES) {
        const { status, headers } = await server.request({ path, headers: { cookie } })
        expect([path, status, headers['retry-after']]).toEqual([path, 503, '5'])
      }
    })
    const code = { type: 'totp', code: app.code() }
    expect((await sendJson(server, 'POST', '/api/session/factor', code, { headers: { cookie } })).status).toBe(201)
  },
)

test(
  'while a table is missing nobody is let in, and it goes on by itself when it is there again',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    server.db.exec('alter table sessions rename to lost')
    try {
      const answers = [
        await server.request({ path: '/account', headers: { cookie } }),
        await server.request({ path: '/api/session', headers: { cookie } }),
        await server.request({ path: '/api/ready' }),
        await post(server, '/api/session/activity', '', { cookie }),
        await trySignIn(server, alice),
      ]
      for (const [index, answer] of answers.entries()) {
        expect([index, answer.status]).toEqual([index, 503])
        expect(answer.body).not.toMatch(/SQLITE|no such table/)
        expect(answer.cookies).toEqual([])
      }
    } finally {
      server.db.exec('alter table lost rename to sessions')
    }
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'an application is told in words of its protocol, and whom it has sent by a page',
  asvs('16.5.2', '16.5.1'),
  async ({ alice, server }) => {
    const [app, device] = [register(server, { isPublic: true }), register(server, { isPublic: true, device: true })]
    const cookie = await alice.cookieHeader()
    const path = authorizePath(app, pkce())
    const [, query = ''] = path.split('?')
    const refresh = { grant_type: 'refresh_token', refresh_token: 'x' }
    await withoutDatabase(server, async () => {
      for (const answer of [
        await call(server, app, '/oauth/par', Object.fromEntries(new URLSearchParams(query))),
        await call(server, device, '/oauth/device', { scope: 'openid' }),
        await call(server, app, '/oauth/token', refresh),
      ]) {
        expect([answer.status, answer.json()]).toEqual([503, { error: 'temporarily_unavailable' }])
        expect(answer.headers).toMatchObject({ 'retry-after': '5', 'content-type': 'application/json' })
      }
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      for (const answer of [
        await server.request({ path }),
        await server.request({ path, headers: { cookie } }),
        await server.request({ path: '/oauth/authorize/an-id', headers: { cookie } }),
        await server.request({ path: '/oauth/authorize?posted_form=an-id' }),
        await server.request({ method: 'POST', path: '/oauth/authorize', headers: form, body: query }),
        await server.request({ path: '/oauth/end-session', headers: { cookie } }),
      ]) {
        expect(answer.status).toBe(503)
        expect(answer.headers).toMatchObject({ 'retry-after': '5', 'content-type': 'text/html; charset=utf-8' })
        expect(answer.body).toContain('Back in a moment')
      }
      const posted = await server.request({ method: 'POST', path: '/oauth/authorize', headers: form, body: query })
      expect(posted.body, 'a visit would ask without the form').toContain('Go back, and try again')
    })
  },
)

test(
  'whoever signs out meanwhile reads that it was not done, and can do it when the database is back',
  asvs('16.5.2', '7.4.4'),
  async ({ alice, server, guard }) => {
    guard.allow(/status of 503/)
    await alice.openSessions()
    await withoutDatabase(server, async () => {
      await alice.page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click()
      await expect(alice.page.getByRole('heading', { name: 'Back in a moment' })).toBeVisible()
    })
    await alice.page.getByRole('link', { name: 'Try again' }).click()
    await expect(alice.page).toHaveURL('/account/sessions')
    await alice.signOut()
    expect(await alice.isSignedIn()).toBe(false)
  },
)

test('a person sees a page that says so, and goes on from there', asvs('16.5.2'), async ({ alice, server, guard }) => {
  guard.allow(/status of 503/)
  await withoutDatabase(server, async () => {
    await alice.page.goto('/account/sessions')
    await expect(alice.page.getByRole('heading', { name: 'Back in a moment' })).toBeVisible()
    await expectClean(alice.page)
  })
  await alice.page.getByRole('link', { name: 'Try again' }).click()
  await expect(alice.page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
})

test('health and readiness tell the two apart', asvs('16.5.2'), async ({ server }) => {
  const at = async (path: string) => (await server.request({ path })).status
  expect([await at('/api/health'), await at('/api/ready')]).toEqual([200, 200])
  await withoutDatabase(server, async () => {
    expect([await at('/api/health'), await at('/api/ready')]).toEqual([200, 503])
    const { headers, json } = await server.request({ path: '/api/ready' })
    expect(headers['content-type']).toBe('application/problem+json')
    expect(json()).toMatchObject({ status: 503, code: 'unavailable', wrong: ['database'] })
  })
  expect(await at('/api/ready')).toBe(200)
})

test(
  'a database that takes no writes lets nobody in anew, and everybody on',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, server }) => {
    server.db.exec('begin immediate')
    try {
      expect(await alice.isSignedIn(), 'reading needs no write').toBe(true)
      expect((await server.request({ path: '/api/ready' })).status, 'others may take its place').toBe(503)
      const refused = await trySignIn(server, alice)
      expect([refused.status, refused.json().code]).toEqual([503, 'unavailable'])
      expect(refused.cookies).toEqual([])
      const form = await formOn(server, '/sign-in', 'returnTo')
      const pressed = await post(server, '/sign-in', multipart(form.fields), { 'content-type': MULTIPART })
      expect(pressed.status, 'without scripts').toBe(503)
    } finally {
      server.db.exec('rollback')
    }
    expect((await trySignIn(server, alice)).status).toBe(201)
  },
)

test('what was typed into a form survives an outage', asvs('16.5.2'), async ({ alice, server, guard }) => {
  guard.allow(/status of 503/)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.page.goto('/sign-in')
  await phone.page.getByLabel('Email').fill(alice.email)
  await withoutDatabase(server, async () => {
    await phone.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await phone.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(phone.page.getByRole('alert').filter({ hasText: /cannot answer at the moment/ })).toBeVisible()
    await expect(phone.page.getByLabel('Email')).toHaveValue(alice.email)
  })
  await phone.page.getByLabel('Password', { exact: true }).fill(alice.password)
  await phone.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(phone.page).toHaveURL('/account/sessions')
})

test('a server that starts before its database waits for it', asvs('16.5.2', '16.3.4'), async ({ browser }) => {
  const place = mkdtempSync(join(tmpdir(), 'signet-book-late-'))
  const blocked = join(place, 'later')
  writeFileSync(blocked, 'not a directory yet')
  const server = await startServer({ DATABASE_URL: `file:${join(blocked, 'signet.db')}` })
  try {
    expect((await server.request({ path: '/api/ready' })).status).toBe(503)
    expect((await server.request({ path: '/api/session', headers: { cookie: '__Host-session=x' } })).status).toBe(401)
    expect((await trySignIn(server, somebody('Dora'))).status).toBe(503)
    expect(server.log()).toContain('the session store does not answer')
    rmSync(blocked)
    mkdirSync(blocked)
    await expect.poll(async () => (await server.request({ path: '/api/ready' })).status).toBe(200)
    const dora = await Person.arrive({ browser, server, guard: new Guard(server.origin) }, somebody('Dora'))
    await dora.haveAccount()
    expect(await dora.isSignedIn()).toBe(true)
  } finally {
    await server.stop()
    rmSync(place, { recursive: true, force: true })
  }
})
