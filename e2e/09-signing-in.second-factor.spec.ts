/**
 * # Signing in: with a second factor
 *
 * Threat: a stolen password opens the account; or what lies between the two steps is taken for a session, carried to
 * another browser, tried fifty times at once, or used to find out what the account is guarded with.
 *
 * Promise: where an account has a second factor, a password is half a sign-in. The half lives ten minutes, in the browser
 * in which it began; it opens nothing but its next step, ends no session, and is good once. Before the password is
 * right, nothing tells whether there is a second step; at the second step, nothing tells what was wrong.
 */
import { sendJson, tally, trySignIn } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { giveApp, giveRecoveryCodes } from './factors.ts'
import type { RawAnswer } from './raw.ts'
import { privateApi, privatePages } from './routes.ts'
import type { Server } from './server.ts'
import { openForm } from './ways-in.ts'

/** The halves of an account. */
function halves(server: Server, { email }: Pick<Person, 'email'>): readonly { id: string }[] {
  const of = "select p.id from pending p join users u on u.id = p.user_id where kind = 'sign-in' and email = ?"
  return server.db.prepare(of).all(email.toLowerCase()) as { id: string }[]
}

/** What a browser would send after these answers. */
function cookiesOf(...answers: readonly RawAnswer[]): string {
  const all = new Map(answers.flatMap(({ cookies }) => cookies.map(({ name, value }) => [name, value])))
  return [...all].map(([name, value]) => `${name}=${value}`).join('; ')
}

const sendCode = (server: Server, cookie: string, code: string, type = 'totp') =>
  sendJson(server, 'POST', '/api/session/factor', { type, code }, { headers: { cookie } })

/** Fills and sends the form of the second step that is on the page. */
async function verify({ page }: Person, code: string, label = 'Authentication code'): Promise<void> {
  await page.getByLabel(label).fill(code)
  await page.getByRole('button', { name: 'Verify' }).click()
}

for (const javaScriptEnabled of [true, false]) {
  test(
    `password, then a code: the person comes to where they wanted to go, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
    asvs('6.3.3', '7.2.4', 'ASVS4-3.2.1'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      const phone = await alice.anotherBrowser('safari-iphone', { javaScriptEnabled })
      await phone.page.goto('/sign-in?returnTo=%2Faccount%2Factivity')
      await phone.fillSignIn()
      await expect(phone.page).toHaveURL('/sign-in/verify')
      expect(await phone.cookie(), 'no session yet').toBeUndefined()
      await verify(phone, app.wrongCode())
      await expect(phone.page.getByText('That code is not right')).toBeVisible()
      await verify(phone, app.code())
      await expect(phone.page).toHaveURL('/account/activity')
      const { authentications } = await phone.row()
      expect(JSON.parse(authentications).map(([method]: [string]) => method)).toEqual(['pwd', 'otp'])
      await phone.openSessions()
      await expect(phone.page.getByText('level 2').first()).toBeVisible()
    },
  )
}

test('a recovery code does for one that is lost, once', asvs('6.3.3', '6.5.1'), async ({ alice, server }) => {
  giveApp(server, alice)
  const [code = ''] = giveRecoveryCodes(server, alice)
  const phone = await alice.anotherBrowser('safari-iphone')
  for (const good of [true, false]) {
    await phone.page.goto('/sign-in')
    await phone.fillSignIn()
    await phone.page.getByRole('link', { name: 'Use a recovery code' }).click()
    await verify(phone, code.toLowerCase(), 'Recovery code')
    if (good) await expect(phone.page).toHaveURL('/account/sessions')
    else await expect(phone.page.getByText('That code is not right')).toBeVisible()
    await phone.context.clearCookies()
  }
  const kinds = server.events(alice.email).map(({ kind }) => kind)
  expect(kinds).toContain('recovery-code-used')
})

test(
  'over the API: 202 says what is due, and the code begins the session',
  asvs('6.3.3', '7.2.4'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    giveRecoveryCodes(server, alice)
    const first = await trySignIn(server, alice)
    expect([first.status, first.json()]).toEqual([202, { next: ['totp', 'recovery_code'] }])
    expect(first.cookies.map(({ name }) => name).sort()).toEqual(['__Host-browser', '__Host-sign-in'])
    const second = await sendCode(server, cookiesOf(first), app.code())
    expect(second.status).toBe(201)
    expect(second.json()).toMatchObject({ session: { assuranceLevel: 2, methods: ['pwd', 'otp'] } })
    expect(halves(server, alice), 'the half is used up').toEqual([])
  },
)

test(
  'before the password is right nothing tells who has a second factor',
  asvs('6.3.8', 'WSTG-IDNT-04'),
  async ({ alice, bob, server }) => {
    giveApp(server, alice)
    const answers: RawAnswer[] = []
    for (const email of [alice.email, bob.email, 'nobody@people.example']) {
      answers.push(await trySignIn(server, { email, password: 'not the password at all' }))
    }
    const shapes = answers.map(({ status, body, cookies }) => ({
      status,
      body,
      names: cookies.map(({ name }) => name),
    }))
    expect(shapes[0]).toEqual(shapes[1])
    expect(shapes[0]).toEqual(shapes[2])
  },
)

test('half a sign-in is no session anywhere', asvs('7.2.1', 'WSTG-ATHZ-02'), async ({ alice, server }) => {
  giveApp(server, alice)
  const half = cookiesOf(await trySignIn(server, alice))
  const before = server.fingerprint()
  for (const path of privatePages()) {
    const { status, body } = await server.request({ path, headers: { cookie: half } })
    expect([status, body.includes(alice.email)], path).toEqual([307, false])
  }
  for (const { method, path } of privateApi()) {
    const body = method === 'POST' || method === 'PATCH' ? {} : undefined
    const { status } = await sendJson(server, method, path, body, { headers: { cookie: half } })
    expect(status, `${method} ${path}`).toBe(401)
  }
  expect(server.fingerprint(), 'and it has changed nothing').toBe(before)
})

test(
  'fifty right codes at once begin one session, and a used one none',
  asvs('6.5.1', '15.4.2'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const cookie = cookiesOf(await trySignIn(server, alice))
    const before = server.sessions(alice.email).length
    const code = app.code()
    const answers = await Promise.all(Array.from({ length: 50 }, () => sendCode(server, cookie, code)))
    const counted = tally(answers)
    expect(counted[201], JSON.stringify(counted)).toBe(1)
    expect(server.sessions(alice.email)).toHaveLength(before + 1)
    server.forgetAttempts()
    const again = cookiesOf(await trySignIn(server, alice))
    expect((await sendCode(server, again, code)).status, 'the same code, another sign-in').toBe(401)
  },
)

test(
  'ten recovery codes at once for one half: one session, and no second',
  asvs('6.5.1', '15.4.2'),
  async ({ alice, server }) => {
    giveApp(server, alice)
    const codes = giveRecoveryCodes(server, alice)
    const cookie = cookiesOf(await trySignIn(server, alice))
    const before = server.sessions(alice.email).length
    const answers = await Promise.all(codes.map((code) => sendCode(server, cookie, code, 'recovery_code')))
    expect(tally(answers)[201]).toBe(1)
    expect(server.sessions(alice.email)).toHaveLength(before + 1)
  },
)

test(
  'a half is worth nothing in another browser, whatever is known of it',
  asvs('7.2.4', 'WSTG-SESS-08'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const mine = cookiesOf(await trySignIn(server, alice))
    const [row] = halves(server, alice)
    const body = { type: 'totp', code: app.code(), attempt: row?.id }
    for (const cookie of ['', '__Host-sign-in=made-up', `__Host-sign-in=${row?.id}`]) {
      const tried = await sendJson(server, 'POST', '/api/session/factor', body, { headers: { cookie } })
      expect([tried.status, tried.json()]).toEqual([401, expect.objectContaining({ code: 'invalid_factor' })])
    }
    expect((await sendCode(server, mine, app.code())).status, 'and the code was not used up').toBe(201)
  },
)

test(
  'a planted secret is worth nothing: each first step makes a new one',
  asvs('7.2.4', 'WSTG-SESS-03'),
  async ({ alice, bob, server }) => {
    const [app] = [giveApp(server, alice), giveApp(server, bob)]
    // Mallory has begun as Bob, whose password she has, and plants what she got in the browser of Alice.
    const planted = cookiesOf(await trySignIn(server, bob))
    const signIn = await trySignIn(server, alice, { headers: { cookie: planted } })
    expect(signIn.status).toBe(202)
    expect((await sendCode(server, planted, app.code())).status, 'what was planted does not lead to Alice').toBe(401)
    expect((await sendCode(server, cookiesOf(signIn), app.code())).status).toBe(201)
  },
)

test(
  'two tabs are two sign-ins: each form goes on with its own',
  asvs('7.2.4', 'WSTG-SESS-08'),
  async ({ alice, bob, mallory, server }) => {
    const [apps, first] = [{ alice: giveApp(server, alice), bob: giveApp(server, bob) }, mallory]
    const second = await mallory.context.newPage()
    await first.page.goto('/sign-in')
    await first.fillSignIn(alice)
    await expect(first.page).toHaveURL('/sign-in/verify')
    await second.goto('/sign-in')
    await second.getByLabel('Email').fill(bob.email)
    await second.getByLabel('Password', { exact: true }).fill(bob.password)
    await second.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(second.getByText(bob.email)).toBeVisible()
    await verify(first, apps.bob.code())
    await expect(first.page.getByText('That code is not right'), 'Bob’s code is none of Alice’s').toBeVisible()
    await verify(first, apps.alice.code())
    await expect(first.page).toHaveURL('/account/sessions')
    expect((await (await mallory.api.get('/api/session')).json()).user.email).toBe(alice.email)
  },
)

test(
  'steps left out, repeated, or in another order lead to the beginning',
  asvs('7.2.4', 'WSTG-SESS-08'),
  async ({ alice, mallory, server }) => {
    const app = giveApp(server, alice)
    for (const path of ['/sign-in/verify', '/sign-in/limit']) {
      const left = await server.request({ path })
      expect([left.status, left.headers.location], path).toEqual([307, '/sign-in?again'])
    }
    expect((await sendCode(server, '', app.code())).status, 'a code before the password').toBe(401)
    await mallory.page.goto('/sign-in/verify')
    await expect(mallory.page.getByRole('status')).toContainText('start again')
    const first = await trySignIn(server, alice)
    const done = await sendCode(server, cookiesOf(first), app.code(-1))
    expect(done.status).toBe(201)
    const repeated = await sendCode(server, cookiesOf(first), app.code(1))
    expect(repeated.status, 'the second step twice, with a code that was never used').toBe(401)
  },
)

test(
  'a form that names another account, or says that all is done, changes nothing',
  asvs('15.3.3', 'WSTG-SESS-08'),
  async ({ alice, bob, server }) => {
    const apps = [giveApp(server, alice), giveApp(server, bob)] as const
    const cookie = cookiesOf(await server.request({ path: '/sign-in' }), await trySignIn(server, alice))
    const values = { code: apps[1].code(), email: bob.email, userId: 'bob', next: '[]', shown: '[["hwk",1]]' }
    const form = await openForm(server, cookie, '/sign-in/verify', { button: 'Verify', values })
    const headers = { cookie, origin: server.origin, 'content-type': form.type }
    const answer = await server.request({ method: 'POST', path: form.path, headers, body: form.body })
    expect(answer.cookies.map(({ name }) => name)).not.toContain('__Host-session')
    expect(answer.body).toContain('That code is not right')
  },
)

test(
  'a change of the password, or of a factor, voids every half',
  asvs('7.4.3', '7.2.4'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const cookie = cookiesOf(await trySignIn(server, alice))
    server.db
      .prepare('update users set security_version = security_version + 1 where email = ?')
      .run(alice.email.toLowerCase())
    expect((await sendCode(server, cookie, app.code())).status).toBe(401)
    expect(server.sessions(alice.email), 'nothing began').toHaveLength(1)
  },
)

test('a half lives for ten minutes', asvs('7.2.4'), async ({ alice, server }) => {
  const app = giveApp(server, alice)
  const cookie = cookiesOf(await trySignIn(server, alice))
  server.db.prepare("update pending set expires_at = expires_at - 601000 where kind = 'sign-in'").run()
  expect((await sendCode(server, cookie, app.code())).status).toBe(401)
})

test(
  'guesses at codes are counted by account: no browser and no new half gets more',
  asvs('6.3.1', '6.3.5', 'WSTG-ATHN-03'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) {
      const cookie = cookiesOf(await trySignIn(server, alice))
      statuses.push((await sendCode(server, cookie, app.wrongCode())).status)
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429])
    const cookie = cookiesOf(await trySignIn(server, alice))
    expect((await sendCode(server, cookie, app.code())).status, 'not even a right one').toBe(429)
    const failed = server.events(alice.email).filter(({ kind }) => kind === 'second-factor-failed')
    expect(failed.length, 'the person reads of each half').toBe(10)
  },
)

test('a typing error twice is one event and one mail', asvs('6.3.5', '16.3.1'), async ({ alice, server }) => {
  const app = giveApp(server, alice)
  const cookie = cookiesOf(await trySignIn(server, alice))
  for (let i = 0; i < 3; i++) await sendCode(server, cookie, app.wrongCode())
  expect(server.events(alice.email).filter(({ kind }) => kind === 'second-factor-failed')).toHaveLength(1)
})

test('a flood of halves evicts nobody, and ends nothing', asvs('7.1.2', 'WSTG-SESS-11'), async ({ alice, server }) => {
  giveApp(server, alice)
  const [session] = server.sessions(alice.email)
  for (let i = 0; i < 15; i++) expect((await trySignIn(server, alice)).status).toBe(202)
  expect(server.sessions(alice.email).map(({ id }) => id)).toEqual([session?.id])
  expect(server.ended(alice.email)).toEqual([])
  const { cookie } = { cookie: await alice.cookieHeader() }
  await trySignIn(server, alice, { headers: { cookie } })
  expect(await alice.isSignedIn(), 'not even the one in the same browser').toBe(true)
})

test(
  'after a hundred wrong passwords none opens the account, not even the right one',
  asvs('NIST63B4-3.2.2-100', '6.3.1', '6.3.8'),
  async ({ alice, server }) => {
    const fail = async (email: string) => {
      server.forgetAttempts()
      return trySignIn(server, { email, password: 'not the password at all' })
    }
    server.db.prepare('update users set password_failures = 98 where email = ?').run(alice.email.toLowerCase())
    await fail(alice.email)
    expect((await trySignIn(server, alice)).status, 'ninety-nine are not a hundred').toBe(201)
    server.db.prepare('update users set password_failures = 99 where email = ?').run(alice.email.toLowerCase())
    await fail(alice.email)
    server.forgetAttempts()
    const [off, unknown] = [await trySignIn(server, alice), await fail('nobody@people.example')]
    expect([off.status, off.body]).toEqual([unknown.status, unknown.body])
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('password-switched-off')
    expect(await alice.isSignedIn(), 'who is signed in stays so').toBe(true)
  },
)
