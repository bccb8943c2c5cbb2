/**
 * # Signing in: where there is no room, and the person is asked
 *
 * Threat: many sign-ins at once get past the limit on sessions; or whoever has the password alone throws the owner out.
 *
 * Promise: with `SESSION_LIMIT_ACTION=ask` the person picks what ends, once every factor was right. What was picked ends
 * in the step that begins the new session; where nothing begins, nothing ends; and both sides are told.
 */
import { sendJson, tally, trySignIn } from './api.ts'
import { asvs, expect, expectClean, test } from './book.ts'
import { giveApp } from './factors.ts'
import { choose, cookiesOf, fill, LIMIT } from './full-account.ts'

test.use({ settings: { SESSION_LIMIT: String(LIMIT), SESSION_LIMIT_ACTION: 'ask' } })

for (const javaScriptEnabled of [true, false]) {
  test(
    `the person picks the session that ends, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
    asvs('7.1.2', 'WSTG-SESS-11'),
    async ({ alice, server }) => {
      const { laptop, id } = await fill(alice, server)
      const phone = await alice.anotherBrowser('safari-iphone', { javaScriptEnabled })
      await phone.page.goto('/sign-in?returnTo=%2Faccount%2Factivity')
      await phone.fillSignIn()
      await expect(phone.page).toHaveURL('/sign-in/limit')
      expect(await phone.cookie(), 'not yet').toBeUndefined()
      if (javaScriptEnabled) await expectClean(phone.page)
      await phone.page.getByRole('button', { name: 'End it and sign in' }).click()
      await expect(phone.page.getByText('Choose which session is to end.')).toBeVisible()
      await phone.page.getByLabel('Firefox on Linux').check()
      await phone.page.getByRole('button', { name: 'End it and sign in' }).click()
      await expect(phone.page).toHaveURL('/account/activity')
      expect(server.endedRow(id)).toMatchObject({ reason: 'limit', ended_by: 'Safari on iOS' })
      expect(await alice.isSignedIn(), 'the other one stays').toBe(true)
      await laptop.page.goto('/account')
      await expect(laptop.page.getByRole('status')).toContainText('the limit on sessions')
      await phone.openSessions()
      await expect(phone.page.getByText('Session limit reached')).toBeVisible()
    },
  )
}

test('over the API: 409 names the sessions, and picking one begins', asvs('7.1.2'), async ({ alice, server }) => {
  const { id } = await fill(alice, server)
  const full = await trySignIn(server, alice)
  expect(full.status).toBe(409)
  const problem = full.json<{ code: string; sessions: { id: string; ip: string }[] }>()
  expect(problem.code).toBe('session_limit')
  expect(problem.sessions.map((one) => one.id).sort()).toEqual(
    server
      .sessions(alice.email)
      .map((one) => one.id)
      .sort(),
  )
  const done = await choose(server, cookiesOf(full), { end: [id] })
  expect([done.status, done.json()]).toMatchObject([201, { user: { email: alice.email } }])
  expect(server.sessions(alice.email)).toHaveLength(LIMIT)
  expect((await choose(server, cookiesOf(full), { end: [await alice.sessionId()] })).status, 'once').toBe(401)
})

test('once there is room again, nothing has to end', asvs('7.1.2'), async ({ alice, server }) => {
  const { laptop } = await fill(alice, server)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.page.goto('/sign-in?returnTo=%2Faccount%2Factivity')
  await phone.fillSignIn()
  await expect(phone.page).toHaveURL('/sign-in/limit')
  const full = await trySignIn(server, alice)
  await laptop.signOut()
  const heading = phone.page.getByRole('heading', { name: 'There is room again' })
  await phone.page.reload()
  await expect(heading).toBeVisible()
  await expectClean(phone.page)
  await phone.page.getByRole('button', { name: 'Sign in' }).click()
  await expect(phone.page).toHaveURL('/account/activity')
  expect(await alice.isSignedIn()).toBe(true)
  const still = await choose(server, cookiesOf(full), { end: [] })
  expect(still.status, 'full again').toBe(409)
  await phone.signOut()
  expect((await choose(server, cookiesOf(still), { end: [] })).status).toBe(201)
  expect(server.ended(alice.email).map(({ reason }) => reason)).not.toContain('limit')
})

test('it comes after every factor, and not before', asvs('7.1.2', '6.3.3', '6.3.8'), async ({ alice, server }) => {
  const { id } = await fill(alice, server)
  const app = giveApp(server, alice)
  const half = await trySignIn(server, alice)
  expect([half.status, half.body.includes(id)]).toEqual([202, false])
  expect((await choose(server, cookiesOf(half), { end: [id] })).status, 'the second step left out').toBe(401)
  const headers = { cookie: cookiesOf(half) }
  const full = await sendJson(server, 'POST', '/api/session/factor', { type: 'totp', code: app.code() }, { headers })
  expect(full.status).toBe(409)
  expect((await choose(server, cookiesOf(full), { end: [id] })).status).toBe(201)
})

test('ids that are somebody else’s end nothing', asvs('8.2.2', 'WSTG-ATHZ-04'), async ({ alice, bob, server }) => {
  await fill(alice, server)
  const foreign = await bob.sessionId()
  const full = await trySignIn(server, alice)
  const tried = await choose(server, cookiesOf(full), { end: [foreign, 'unknown'] })
  expect([tried.status, tried.json()]).toEqual([409, expect.objectContaining({ code: 'session_limit' })])
  expect(await bob.isSignedIn()).toBe(true)
  expect(server.sessions(alice.email)).toHaveLength(LIMIT)
  expect(server.ended(alice.email)).toEqual([])
})

test('in another browser the choice is nobody’s', asvs('7.2.4', 'WSTG-SESS-08'), async ({ alice, server }) => {
  const { id } = await fill(alice, server)
  await trySignIn(server, alice)
  for (const cookie of ['', '__Host-sign-in=made-up']) {
    expect((await choose(server, cookie, { end: [id] })).status).toBe(401)
  }
  expect(server.row(id)).toBeDefined()
})

test(
  'twenty choices at once: one session begins, and the limit holds',
  asvs('15.4.2', '7.1.2'),
  async ({ alice, server }) => {
    const { id } = await fill(alice, server)
    const full = await trySignIn(server, alice)
    const all = Array.from({ length: 20 }, () => choose(server, cookiesOf(full), { end: [id] }))
    expect(tally(await Promise.all(all))[201]).toBe(1)
    expect(server.sessions(alice.email)).toHaveLength(LIMIT)
  },
)

test('several browsers that pick the same one: the limit holds', asvs('15.4.2', '7.1.2'), async ({ alice, server }) => {
  const { id } = await fill(alice, server)
  const waiting = await Promise.all(Array.from({ length: 6 }, () => trySignIn(server, alice)))
  const done = await Promise.all(waiting.map((full) => choose(server, cookiesOf(full), { end: [id] })))
  expect(tally(done)).toEqual({ 201: 1, 409: 5 })
  expect(server.sessions(alice.email)).toHaveLength(LIMIT)
})

/** Level 2: seconds after which a session locks. */
const IDLE = 15 * 60

test(
  'a right code for a locked session without room is told the truth',
  asvs('7.1.2', '7.3.1'),
  async ({ alice, server }) => {
    const { laptop, id } = await fill(alice, server)
    server.ageSession(id, { lastActive: IDLE })
    expect(await laptop.isSignedIn()).toBe(false)
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.begin()
    const app = giveApp(server, alice)
    const shown = (code: string) => laptop.api.post('/api/session/factor', { data: { type: 'totp', code } })
    expect((await shown(app.wrongCode())).status()).toBe(401)
    const right = await shown(app.code())
    expect([right.status(), await right.json()]).toEqual([409, expect.objectContaining({ code: 'session_limit' })])
    expect(server.row(id)?.locked_at, 'and nothing has changed').not.toBeNull()
    await laptop.page.goto('/sign-in/verify')
    await laptop.page.getByLabel('Authentication code').fill(app.code(1))
    await laptop.page.getByRole('button', { name: 'Verify' }).click()
    await expect(laptop.page.getByText('That code is right, and your account has as many sessions')).toBeVisible()
  },
)

test(
  'the panel of a page that was locked shows the way to the choice',
  asvs('7.1.2', '7.3.1'),
  async ({ alice, server, guard }) => {
    guard.allow(/status of 409/)
    const { page } = alice
    await page.goto('/account')
    const id = await alice.sessionId()
    server.ageSession(id, { lastActive: IDLE })
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await expect(page.getByRole('heading', { name: 'Sign in to continue' })).toBeVisible()
    for (const kind of ['firefox-linux', 'safari-iphone'] as const) await (await alice.anotherBrowser(kind)).begin()
    await page.getByLabel('Password', { exact: true }).fill(alice.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByText('There is no room for another session')).toBeVisible()
    await expectClean(page)
    await page.getByRole('link', { name: 'Go on to what can be done about it' }).click()
    await expect(page).toHaveURL('/sign-in/limit')
    await page.getByLabel('Firefox on Linux').check()
    await page.getByRole('button', { name: 'End it and sign in' }).click()
    await expect(page).toHaveURL('/account/sessions')
  },
)
