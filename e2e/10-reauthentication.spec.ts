/**
 * # Reauthentication
 *
 * Threat: a session that is hours old, or a copy of its cookie, does what only its person should do: ends other sessions,
 * changes what opens the account, lives for ever. Or freshness is laundered: a renewal, a click, or one factor out of two
 * passes for a proof of who is there.
 *
 * Promise: a sensitive act asks for exactly what is missing, in the same form, and does what was asked once it is right.
 * What counts is when each factor was last shown, compared at the moment of the act. Each proof makes a new token and
 * kills the old one; only all that a sign-in takes moves the absolute limit. A code is good once, however many try.
 */
import { sendJson, tally } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { type App, giveApp, giveRecoveryCodes } from './factors.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

/** Level 2: seconds after which a proof is too old. */
const WINDOW = 600

const prove = (person: Person, data: Record<string, unknown>) =>
  person.api.post('/api/session/reauthenticate', { data })

const NEW = 'four wholly different words'

function change(person: Person, password = person.password): ReturnType<Person['api']['post']> {
  return person.api.post('/api/account/password', { data: { currentPassword: password, newPassword: NEW } })
}

/** Many at once under one cookie, which is what an attacker would do and a browser would not. */
async function atOnce(server: Server, person: Person, code: string, times: number): Promise<RawAnswer[]> {
  const headers = { cookie: await person.cookieHeader() }
  const send = () => sendJson(server, 'POST', '/api/session/reauthenticate', { code }, { headers })
  return Promise.all(Array.from({ length: times }, send))
}

test.describe('what counts as fresh', () => {
  for (const [age, status] of [
    [WINDOW - 5, 200],
    [WINDOW, 403],
  ] as const) {
    test(
      `a code that was shown ${age} seconds ago ${status === 200 ? 'still counts' : 'counts no more'} for a full proof`,
      asvs('7.5.1', '7.5.3', 'ASVS4-3.7.1'),
      async ({ alice, server }) => {
        const app = giveApp(server, alice)
        expect((await prove(alice, { code: app.code() })).status()).toBe(200)
        server.ageSession(await alice.sessionId(), { authenticated: age })
        const before = server.fingerprint()
        const answer = await change(alice)
        expect(answer.status()).toBe(status)
        if (status === 403) {
          expect(await answer.json()).toMatchObject({ code: 'reauthentication_required' })
          expect(server.fingerprint(), 'nothing has changed').toBe(before)
        }
      },
    )
  }

  test(
    'neither a renewal nor being active makes an old proof young',
    asvs('7.5.2', '7.2.4'),
    async ({ alice, server }) => {
      const id = await alice.sessionId()
      server.ageSession(id, { authenticated: WINDOW, renewed: 901 })
      const before = await alice.cookie()
      await alice.page.goto('/account')
      await alice.page.goto('/account')
      expect(await alice.cookie(), 'the token was renewed').not.toBe(before)
      expect((await alice.api.post('/api/session/activity')).status()).toBe(204)
      const refused = await alice.api.delete('/api/sessions?scope=others')
      expect(await refused.json()).toMatchObject({ code: 'reauthentication_required' })
    },
  )

  test(
    'a factor shown in one session proves nothing in another one of the same person',
    asvs('7.5.1', '7.5.2'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      const phone = await alice.anotherBrowser()
      await signInWith(phone, app)
      server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
      expect((await change(phone)).status(), 'on the phone both were shown').toBe(200)
      expect((await alice.api.delete('/api/sessions?scope=others')).status()).toBe(401)
    },
  )
})

async function signInWith(person: Person, app: App): Promise<void> {
  const { email, password } = person
  expect((await person.api.post('/api/session', { data: { email, password } })).status()).toBe(202)
  const type = 'totp'
  expect((await person.api.post('/api/session/factor', { data: { type, code: app.code() } })).status()).toBe(201)
}

test.describe('the token and the limit', () => {
  test(
    'each proof makes a new token, and the old one is dead at once',
    asvs('7.2.4', 'ASVS4-3.2.1'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      for (const shown of [{ password: alice.password }, { code: app.code() }]) {
        const cookie = await alice.cookieHeader()
        expect((await prove(alice, shown)).status()).toBe(200)
        const stale = await server.request({ path: '/api/session', headers: { cookie } })
        expect(stale.status, 'no grace after a proof').toBe(401)
        expect(await alice.isSignedIn()).toBe(true)
      }
    },
  )

  test(
    'one factor of two leaves the absolute limit where it was; both together move it',
    asvs('7.3.2', '7.5.1', 'NIST63B4-5.2-reset'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      const id = await alice.sessionId()
      server.ageSession(id, { began: 3600 })
      const { lifetime_from: before } = await alice.row()
      await prove(alice, { password: alice.password })
      await prove(alice, { code: app.code(-1) })
      expect((await alice.row()).lifetime_from, 'one after the other').toBe(before)
      expect((await prove(alice, { password: alice.password, code: app.code() })).status()).toBe(200)
      expect((await alice.row()).lifetime_from - before).toBeGreaterThanOrEqual(3_600_000)
    },
  )

  test(
    'the page that prolongs a session asks for all that a sign-in takes',
    asvs('7.3.2', 'ASVS4-3.3.2'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      const { page } = alice
      server.ageSession(await alice.sessionId(), { began: 3600 })
      const { lifetime_from: before } = await alice.row()
      await page.goto('/reauthenticate?for=session&returnTo=/account')
      await page.getByLabel('Password', { exact: true }).fill(alice.password)
      await page.getByRole('button', { name: 'Confirm', exact: true }).click()
      await expect(page.getByText('Enter a code to confirm it’s you.')).toBeVisible()
      await page.getByLabel('Password', { exact: true }).fill(alice.password)
      await page.getByLabel('Authentication code').fill(app.code())
      await page.getByRole('button', { name: 'Confirm', exact: true }).click()
      await expect(page).toHaveURL('/account')
      expect((await alice.row()).lifetime_from).toBeGreaterThan(before)
    },
  )
})

test.describe('in place', () => {
  for (const javaScriptEnabled of [true, false]) {
    test(
      `the dialog asks for what is missing and ends the session with the same press, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
      asvs('7.5.2', '7.4.3', 'ASVS4-3.3.4'),
      async ({ alice, server }) => {
        const app = giveApp(server, alice)
        const phone = await alice.anotherBrowser('firefox-linux', { javaScriptEnabled })
        await signInWith(phone, app)
        server.ageSession(await phone.sessionId(), { authenticated: WINDOW })
        const { page } = phone
        await phone.openSessions()
        await page.getByRole('button', { name: 'Sign out other sessions' }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByText('Use a code instead').click()
        await dialog.getByLabel('Authentication code').fill(app.wrongCode())
        await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
        await expect(dialog.getByText('That code is wrong, or was used before.')).toBeVisible()
        expect(server.sessions(alice.email), 'nothing has ended').toHaveLength(2)
        await dialog.getByLabel('Authentication code').fill(app.code(1))
        await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
        await expect(page.getByText('1 session signed out.')).toBeVisible()
        expect(server.sessions(alice.email)).toHaveLength(1)
      },
    )
  }

  test(
    'who does not recognise a session is led on to a new password',
    asvs('7.4.3', '7.5.2'),
    async ({ alice, server }) => {
      const stranger = await alice.anotherBrowser()
      await stranger.begin()
      const { page } = alice
      await alice.openSessions()
      await page.getByRole('button', { name: 'Sign out other sessions' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('I don’t recognise one of these').check()
      await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
      await expect(page).toHaveURL('/account/security?from=unrecognised#password')
      await expect(page.getByText('Now change your password')).toBeVisible()
      await expect(page.getByLabel('Current password')).toBeVisible()
      expect(server.sessions(alice.email)).toHaveLength(1)
    },
  )

  test(
    'what is shown without being asked for is not checked, and nothing is half checked',
    asvs('7.5.1'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
      const { page } = alice
      await page.goto('/account/security')
      await page.getByText('Delete this account').click()
      await page.getByLabel('Type your email address to confirm').fill(alice.email)
      const form = page.locator('form', { hasText: 'Type your email address' })
      await form.getByLabel('Authentication code').fill(app.code())
      await form.getByRole('button', { name: 'Delete account' }).click()
      await expect(form.getByText('Enter your password to confirm it’s you.')).toBeVisible()
      await expect(page.getByLabel('Type your email address to confirm'), 'what was typed').toHaveValue(alice.email)
      expect((await prove(alice, { code: app.code() })).status(), 'the code was not used up').toBe(200)
    },
  )
})

test.describe('codes', () => {
  test('a code confirms once, and not again', asvs('6.5.1', '7.5.1'), async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const [recovery = ''] = giveRecoveryCodes(server, alice)
    for (const code of [app.code(), recovery]) {
      expect((await prove(alice, { code })).status()).toBe(200)
      const again = await prove(alice, { code })
      expect(again.status()).toBe(401)
      expect(await again.json()).toMatchObject({ code: 'invalid_factor' })
    }
    const older = await prove(alice, { code: app.code(-1) })
    expect(older.status(), 'nor does one from before it').toBe(401)
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('recovery-code-used')
  })

  test('of ten requests with one recovery code, one confirms', asvs('6.5.1'), async ({ alice, server }) => {
    giveApp(server, alice)
    const [code = ''] = giveRecoveryCodes(server, alice)
    const counted = tally(await atOnce(server, alice, code, 6))
    expect(counted[200]).toBe(1)
    const left = server.db.prepare(
      'select count(*) as n from recovery_codes r join users u on u.id = r.user_id where u.email = ?',
    )
    expect(left.get(alice.email)).toEqual({ n: 9 })
  })

  test('guessing is stopped before it gets anywhere', asvs('6.3.1', '6.5.1'), async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const statuses: number[] = []
    for (let i = 0; i < 12; i++) statuses.push((await prove(alice, { code: app.wrongCode() })).status())
    expect(statuses.filter((status) => status === 401)).toHaveLength(8)
    expect(statuses.slice(8)).toEqual([429, 429, 429, 429])
    expect((await prove(alice, { code: app.code() })).status(), 'the right one waits too').toBe(429)
  })

  test(
    'with a wrong password, the code that came along is not used up',
    asvs('6.3.8', '6.5.1'),
    async ({ alice, server }) => {
      const app = giveApp(server, alice)
      const code = app.code()
      const wrong = await prove(alice, { password: 'something else entirely', code })
      const [status, body] = [wrong.status(), await wrong.json()]
      expect(status).toBe(401)
      const other = await prove(alice, { password: alice.password, code: app.wrongCode() })
      expect(await other.json(), 'which of the two was wrong is not told').toEqual(body)
      expect((await prove(alice, { password: alice.password, code })).status()).toBe(200)
    },
  )

  test('another person’s code confirms nothing', asvs('7.5.1', '8.2.2'), async ({ alice, bob, server }) => {
    giveApp(server, alice)
    const app = giveApp(server, bob)
    const [recovery = ''] = giveRecoveryCodes(server, bob)
    for (const code of [app.code(), recovery]) expect((await prove(alice, { code })).status()).toBe(401)
    expect((await prove(bob, { code: recovery })).status(), 'and is not used up by trying').toBe(200)
  })
})

test('bad input is answered, and changes nothing', asvs('7.2.1'), async ({ alice, server }) => {
  const before = (await alice.row()).generation
  const wrong = [
    {},
    { password: 7 },
    { code: ['1'] },
    { type: 'passkey' },
    { type: 'passkey', response: { id: 'x' } },
    [],
    null,
  ]
  for (const data of wrong) {
    const cookie = await alice.cookieHeader()
    const { status } = await sendJson(server, 'POST', '/api/session/reauthenticate', data, { headers: { cookie } })
    expect([400, 401], JSON.stringify(data)).toContain(status)
  }
  expect((await alice.row()).generation).toBe(before)
})
