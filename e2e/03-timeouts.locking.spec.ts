/**
 * # Timeouts: locking
 *
 * Threat: somebody sits down at a screen that was left; or a lock is picked with less than its owner would need, outlives
 * the session's own limit, or is opened for somebody else.
 *
 * Promise: at level 2 inactivity locks. A locked session is no session on any door; its own browser opens it again, with
 * one factor of its own account, under a new token, within the absolute limit. At levels 1 and 3 inactivity ends it.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { sendJson } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { openStream } from './event-stream.ts'
import { giveApp } from './factors.ts'
import { privateApi, privatePages } from './routes.ts'
import type { Server } from './server.ts'
import { startServer } from './server.ts'

const IDLE = 15 * 60
const ABSOLUTE = 8 * 60 * 60

/** Leaves the session alone for long enough. Answers its id. */
async function leave(person: Person, server: Server): Promise<string> {
  const id = await person.sessionId()
  server.ageSession(id, { lastActive: IDLE })
  return id
}

for (const javaScriptEnabled of [true, false]) {
  test(
    `the password opens it again where it was, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
    asvs('7.3.1', '7.2.4', 'NIST63B4-5.2-both'),
    async ({ alice: owner, server }) => {
      const alice = await owner.anotherBrowser('firefox-linux', { javaScriptEnabled })
      await alice.begin()
      const before = await alice.row()
      const id = await leave(alice, server)
      await alice.page.goto('/account/activity')
      await expect(alice.page).toHaveURL('/sign-in?reason=idle&returnTo=%2Faccount%2Factivity')
      await expect(alice.page.getByRole('status')).toContainText('Your session is locked')
      await expect(alice.page.getByLabel('Email')).toHaveValue(alice.email)
      await expect(alice.page.getByLabel('Email')).toBeEditable()
      const old = await alice.cookie()
      expect(old, 'the cookie is what opens it').toBeDefined()
      await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
      await alice.page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(alice.page).toHaveURL('/account/activity')
      const after = await alice.row()
      expect(after).toMatchObject({
        id,
        began_at: before.began_at,
        lifetime_from: before.lifetime_from,
        locked_at: null,
      })
      const headers = { cookie: `__Host-session=${old}` }
      expect((await server.request({ path: '/api/session', headers })).status, 'the old token is dead').toBe(401)
      const kinds = server.events(alice.email).map(({ kind }) => kind)
      expect(kinds.filter((kind) => kind.startsWith('session-'))).toEqual(['session-locked', 'session-unlocked'])
    },
  )
}

test('a locked session is no session on any door', asvs('7.3.1', 'WSTG-ATHZ-02'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const id = await leave(alice, server)
  expect((await server.request({ path: '/api/session', headers: { cookie } })).status).toBe(401)
  const before = server.fingerprint()
  for (const path of privatePages()) {
    const { status, headers, body, cookies } = await server.request({ path, headers: { cookie } })
    expect([status, body.includes(alice.email), cookies.length], path).toEqual([307, false, 0])
    expect(headers.location, path).toContain('/sign-in?reason=idle')
  }
  for (const { method, path } of privateApi()) {
    const body = method === 'POST' || method === 'PATCH' ? {} : undefined
    const answer = await sendJson(server, method, path, body, { headers: { cookie } })
    expect(answer.status, `${method} ${path}`).toBe(401)
    if (method !== 'HEAD') expect(answer.json(), `${method} ${path}`).toMatchObject({ code: 'no_session' })
  }
  expect(server.fingerprint(), 'nothing has changed, its last activity neither').toBe(before)
  expect(server.row(id)?.locked_at).not.toBeNull()
})

test('open pages are told within a second, as of an end', asvs('7.3.1', '7.4.1'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { lastActive: IDLE - 1 })
  const stream = await openStream(server, { cookie: await alice.cookieHeader() })
  expect(await stream.next('ended')).toMatchObject({ reason: 'idle' })
  await stream.closed
})

test('the clock cannot be turned back on a lock', asvs('7.3.1', 'WSTG-SESS-07'), async ({ alice, server }) => {
  const id = await leave(alice, server)
  expect(await alice.isSignedIn()).toBe(false)
  server.ageSession(id, { lastActive: -IDLE })
  expect(await alice.isSignedIn()).toBe(false)
})

test('a wrong password leaves it locked, and is throttled', asvs('6.3.1', '7.3.1'), async ({ alice, server }) => {
  const id = await leave(alice, server)
  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    const data = { email: alice.email, password: 'not the password at all' }
    statuses.push((await alice.api.post('/api/session', { data })).status())
  }
  expect(statuses).toEqual([...Array(10).fill(401), 429])
  expect(server.row(id)?.locked_at).not.toBeNull()
  expect(await alice.isSignedIn()).toBe(false)
})

test(
  'a code alone opens it, since its secret is in this browser; without that it opens nothing',
  asvs('7.3.1', '6.3.3'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const id = await leave(alice, server)
    const code = { type: 'totp', code: app.code(-1) }
    expect((await sendJson(server, 'POST', '/api/session/factor', code)).status, 'another browser').toBe(401)
    await alice.page.goto('/account')
    await alice.page.getByRole('link', { name: 'Use an authentication code instead' }).click()
    await alice.page.getByLabel('Authentication code').fill(app.wrongCode())
    await alice.page.getByRole('button', { name: 'Verify' }).click()
    await expect(alice.page.getByText('That code is not right')).toBeVisible()
    await alice.page.getByLabel('Authentication code').fill(app.code())
    await alice.page.getByRole('button', { name: 'Verify' }).click()
    await expect(alice.page).toHaveURL('/account')
    expect(await alice.sessionId()).toBe(id)
  },
)

test(
  'the password alone opens it where a second factor is due elsewhere',
  asvs('7.3.1', '6.3.3'),
  async ({ alice, server }) => {
    giveApp(server, alice)
    const id = await leave(alice, server)
    const { email, password } = alice
    const opened = await alice.api.post('/api/session', { data: { email, password } })
    expect(opened.status()).toBe(201)
    expect((await opened.json()).session).toMatchObject({ id, current: true })
    const elsewhere = await sendJson(server, 'POST', '/api/session', { email, password })
    expect(elsewhere.status, 'the session’s secret is what makes the difference').toBe(202)
  },
)

test(
  'its limit does not move, and past it nothing opens it',
  asvs('7.3.2', 'NIST63B4-5.2-reset'),
  async ({ alice, server }) => {
    const id = await leave(alice, server)
    expect(await alice.isSignedIn()).toBe(false)
    server.ageSession(id, { began: ABSOLUTE })
    await alice.begin()
    expect(await alice.sessionId(), 'a new one').not.toBe(id)
    expect(server.endedRow(id)).toMatchObject({ reason: 'expired' })
  },
)

test(
  'somebody else signs in there: the locked session is over, and theirs is theirs',
  asvs('7.2.4', '8.2.2'),
  async ({ alice, bob, server }) => {
    const id = await leave(alice, server)
    await alice.page.goto('/account')
    await alice.fillSignIn(bob)
    await expect(alice.page).toHaveURL('/account')
    expect((await (await alice.api.get('/api/session')).json()).user.email).toBe(bob.email)
    expect(server.endedRow(id)).toMatchObject({ reason: 'signed-in-again' })
  },
)

test(
  'an older token of it opens nothing, and betrays the copy',
  asvs('7.4.1', 'CS-SESS-anomaly'),
  async ({ alice, mallory, server }) => {
    await mallory.copyCookiesFrom(alice)
    const { email, password } = alice
    expect((await alice.api.post('/api/session/reauthenticate', { data: { password } })).status()).toBe(200)
    const id = await leave(alice, server)
    server.ageSession(id, { retired: 60 })
    expect(await mallory.isSignedIn()).toBe(false)
    expect(server.endedRow(id)).toMatchObject({ reason: 'replayed' })
    expect((await alice.api.post('/api/session', { data: { email, password } })).status()).toBe(201)
    expect(await alice.sessionId()).not.toBe(id)
  },
)

test(
  'right passwords at once unlock it once, and leave one session',
  asvs('15.4.2', '7.2.4'),
  async ({ alice, server }) => {
    await leave(alice, server)
    const cookie = await alice.cookieHeader()
    const { email, password } = alice
    const unlock = () => sendJson(server, 'POST', '/api/session', { email, password }, { headers: { cookie } })
    const answers = await Promise.all(Array.from({ length: 8 }, unlock))
    const good = answers.filter(({ status }) => status === 201)
    expect(good.length).toBeGreaterThan(0)
    expect(server.sessions(email)).toHaveLength(1)
    const kinds = server.events(email).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'session-unlocked')).toHaveLength(1)
  },
)

test('signing out ends it for good', asvs('7.4.1', '7.4.4'), async ({ alice, server }) => {
  const id = await leave(alice, server)
  expect((await alice.api.delete('/api/session')).status()).toBe(204)
  expect(server.endedRow(id)).toMatchObject({ reason: 'signed-out' })
})

/** A renewal was due, and its answer never came: the browser has the token before. */
async function loseRenewal(person: Person, server: Server): Promise<void> {
  server.ageSession(await person.sessionId(), { renewed: 15 * 60 })
  const { cookies } = await server.request({ path: '/account', headers: { cookie: await person.cookieHeader() } })
  expect(cookies.map(({ name }) => name)).toEqual(['__Host-session'])
}

test(
  'an answer with a new token that was lost before costs nothing: the one before it opens the lock',
  asvs('7.3.1', 'CS-SESS-renewal'),
  async ({ alice, server }) => {
    await loseRenewal(alice, server)
    const id = await leave(alice, server)
    await alice.page.goto('/account')
    await expect(alice.page.getByLabel('Email')).toHaveValue(alice.email)
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(alice.page).toHaveURL('/account')
    expect(await alice.sessionId()).toBe(id)
    expect(server.row(id)).toMatchObject({ generation: 3, successor_generation: null, locked_at: null })
  },
)

test('nor the sign-out', asvs('7.4.1', '7.4.4'), async ({ alice, server }) => {
  await loseRenewal(alice, server)
  const id = await leave(alice, server)
  expect((await alice.api.delete('/api/session')).status()).toBe(204)
  expect(server.endedRow(id)).toMatchObject({ reason: 'signed-out' })
})

test('it is listed as locked, and can be ended from elsewhere', asvs('7.5.2', '7.3.1'), async ({ alice, server }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const id = await leave(laptop, server)
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Firefox on Linux')).toContainText('Locked')
  expect((await alice.api.delete(`/api/sessions/${id}`)).status()).toBe(204)
  expect(server.endedRow(id)).toMatchObject({ reason: 'signed-out-elsewhere' })
  await laptop.page.goto('/account')
  await expect(laptop.page.getByLabel('Email'), 'nothing is left to open').toHaveValue('')
})

for (const level of ['1', '3'] as const) {
  test(
    `level ${level}: inactivity ends, and the password begins another one`,
    asvs('7.3.1', 'NIST63B4-5.2-both'),
    async () => {
      const server = await startServer({ ASSURANCE_LEVEL: level, SESSION_LIMIT: 'none' })
      const data = { name: 'Dana', email: 'dana@people.example', password: 'lantern quilt harbour seven' }
      const made = await sendJson(server, 'POST', '/api/account', data)
      const cookie = made.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
      const [row] = server.sessions(data.email)
      server.ageSession(row?.id ?? '', { lastActive: 3600 })
      const { email, password } = data
      const again = await sendJson(server, 'POST', '/api/session', { email, password }, { headers: { cookie } })
      expect(again.status).toBe(201)
      expect(server.endedRow(row?.id ?? '')).toMatchObject({ reason: 'idle' })
      await server.stop()
    },
  )
}

test(
  'on the page itself: the lock opens in place, in every tab, and nothing typed is lost',
  asvs('7.3.1', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.goto('/account')
    const other = await alice.context.newPage()
    await other.goto('/account/activity')
    await alice.page.bringToFront()
    await alice.page.getByLabel('Name', { exact: true }).fill('Alice the Second')
    const id = await alice.sessionId()
    server.ageSession(id, { lastActive: IDLE })
    for (const page of [alice.page, other]) await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect(alice.page.getByRole('heading', { name: 'Sign in to continue' })).toBeVisible()
    await expect(other.getByRole('heading', { name: 'Sign in to continue' })).toBeVisible()
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(alice.page.getByLabel('Name', { exact: true })).toHaveValue('Alice the Second')
    expect(await alice.sessionId(), 'the same session').toBe(id)
    await expect(other.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    // And it is watched again: a second lock comes as the first one did.
    server.ageSession(id, { lastActive: IDLE })
    await alice.page.evaluate(() => dispatchEvent(new Event('online')))
    await expect(alice.page.getByRole('heading', { name: 'Sign in to continue' })).toBeVisible()
  },
)
