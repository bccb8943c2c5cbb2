/**
 * # Authenticators: changing the password
 *
 * Threat: somebody at an unlocked screen, or with a copied cookie, gives the account a password of their own. Or the
 * person changes theirs because of a thief, and the thief stays signed in, here, in a half-done sign-in or by a link.
 *
 * Promise: it takes the present password, whatever was shown before, and the second factor where there is one. This
 * session goes on under a new token. The others end, unless the person says otherwise, and what was half done ends always.
 */
import { trySignIn } from './api.ts'
import { asvs, expect, expectClean, test } from './book.ts'
import { giveApp } from './factors.ts'
import { fillPasswordChange, openSecurity, WINDOW } from './security-page.ts'

const NEW = 'violet harbour seventeen lamps'

for (const javaScriptEnabled of [true, false]) {
  test.describe(`scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ browserOptions: { javaScriptEnabled } })

    test(
      'a new password ends the other sessions, renews this one, and is the only one from then on',
      asvs('6.2.3', '7.4.3', '7.2.4', 'ASVS4-3.3.3'),
      async ({ alice, server }) => {
        const phone = await alice.anotherBrowser()
        await phone.begin()
        const [before, phones] = [await alice.cookieHeader(), await phone.sessionId()]
        await openSecurity(alice)
        await fillPasswordChange(alice, alice.password, NEW)
        await expect(alice.page.getByText('Your password is changed. The other session was signed out.')).toBeVisible()
        expect(await phone.isSignedIn()).toBe(false)
        expect(server.endedRow(phones)?.reason).toBe('password-changed')
        expect(await alice.isSignedIn()).toBe(true)
        const stale = await server.request({ path: '/api/session', headers: { cookie: before } })
        expect(stale.status, 'the old token is dead').toBe(401)
        expect((await trySignIn(server, alice)).status).toBe(401)
        expect((await trySignIn(server, { email: alice.email, password: NEW })).status).toBe(201)
      },
    )

    test(
      'a wrong present password changes nothing, however fresh the session is',
      asvs('6.2.3', '7.5.1'),
      async ({ alice, server }) => {
        const { digest } = await alice.row()
        await openSecurity(alice)
        await fillPasswordChange(alice, 'something else entirely', NEW)
        await expect(alice.page.getByText('That password is wrong. Nothing has been done.')).toBeVisible()
        expect((await alice.row()).digest).toEqual(digest)
        expect((await trySignIn(server, alice)).status, 'the old one still opens it').toBe(201)
      },
    )
  })
}

test('the person may let the other sessions go on', asvs('7.4.3'), async ({ alice }) => {
  const phone = await alice.anotherBrowser()
  await phone.begin()
  await openSecurity(alice)
  await expect(alice.page.getByLabel('Sign out other sessions').first(), 'ticked from the start').toBeChecked()
  await fillPasswordChange(alice, alice.password, NEW, { endOthers: false })
  await expect(alice.page.getByText('No other session was signed out.')).toBeVisible()
  expect(await phone.isSignedIn()).toBe(true)
})

test(
  'a weak new password is refused, and the reason is told',
  asvs('6.2.1', '6.2.4', '6.2.11'),
  async ({ alice, server }) => {
    await openSecurity(alice)
    for (const weak of ['too short', alice.email]) {
      const answered = alice.page.waitForResponse((response) => response.request().method() === 'POST')
      await fillPasswordChange(alice, alice.password, weak)
      await answered
      await expect(alice.page.getByLabel('New password'), weak).toHaveAttribute('aria-invalid', 'true')
    }
    await expect(alice.page.getByText(/at least 15 characters/i).first()).toBeVisible()
    expect((await trySignIn(server, alice)).status).toBe(201)
  },
)

test(
  'with an authenticator app, the change asks for its code in the same form',
  asvs('7.5.1', '6.3.3', '7.5.3'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    await openSecurity(alice)
    const form = alice.page.locator('form', { hasText: 'Current password' })
    await fillPasswordChange(alice, alice.password, NEW)
    await expect(form.getByText('Enter a code to confirm it’s you.')).toBeVisible()
    await expectClean(alice.page)
    await form.getByLabel('Authentication code').fill(app.code())
    await fillPasswordChange(alice, alice.password, NEW)
    await expect(alice.page.getByText('Your password is changed.')).toBeVisible()
  },
)

test.describe('over the API', () => {
  const send = (data: unknown) => ({ data })

  test(
    'every other session is over, and this one has a new token',
    asvs('6.2.3', '7.4.3'),
    async ({ alice, server }) => {
      const phone = await alice.anotherBrowser()
      await phone.begin()
      const cookie = await alice.cookieHeader()
      const passwords = { currentPassword: alice.password, newPassword: NEW }
      const answer = await alice.api.post('/api/account/password', send(passwords))
      expect(answer.status()).toBe(200)
      expect(await answer.json()).toEqual({ ended: 1 })
      expect(await phone.isSignedIn()).toBe(false)
      expect(await alice.isSignedIn()).toBe(true)
      expect((await server.request({ path: '/api/session', headers: { cookie } })).status).toBe(401)
    },
  )

  test(
    'wrong, weak, missing and signed out are told apart',
    asvs('6.2.3', '7.5.1'),
    async ({ alice, mallory, server }) => {
      const post = (currentPassword: unknown, newPassword: unknown, who = alice) =>
        who.api.post('/api/account/password', send({ currentPassword, newPassword }))
      const before = server.db.prepare('select password_hash from users where email = ?').get(alice.email)
      expect(await (await post('something else entirely', NEW)).json()).toMatchObject({ code: 'invalid_credentials' })
      const weak = await post(alice.password, 'short')
      expect([weak.status(), (await weak.json()).errors[0].field]).toEqual([400, 'newPassword'])
      expect((await post(alice.password, undefined)).status()).toBe(400)
      expect((await post(alice.password, NEW, mallory)).status()).toBe(401)
      expect(server.db.prepare('select password_hash from users where email = ?').get(alice.email)).toEqual(before)
      expect(await alice.isSignedIn()).toBe(true)
    },
  )

  test('a second factor that is not fresh is asked for first', asvs('7.5.1', '7.5.3'), async ({ alice, server }) => {
    const app = giveApp(server, alice)
    const passwords = { currentPassword: alice.password, newPassword: NEW }
    const refused = await alice.api.post('/api/account/password', send(passwords))
    expect([refused.status(), (await refused.json()).code]).toEqual([403, 'reauthentication_required'])
    await alice.api.post('/api/session/reauthenticate', send({ code: app.code() }))
    server.ageSession(await alice.sessionId(), { authenticated: WINDOW - 5 })
    expect((await alice.api.post('/api/account/password', send(passwords))).status()).toBe(200)
  })

  test('guessing the present password is stopped', asvs('6.3.1'), async ({ alice }) => {
    const guess = () =>
      alice.api.post('/api/account/password', send({ currentPassword: 'something else entirely', newPassword: NEW }))
    const statuses: number[] = []
    for (let i = 0; i < 10; i++) statuses.push((await guess()).status())
    expect(statuses).toEqual([...Array(8).fill(401), 429, 429])
  })

  test('of many changes at once under one token, one is done', asvs('7.2.4'), async ({ alice, server }) => {
    const headers = { cookie: await alice.cookieHeader(), origin: server.origin, 'content-type': 'application/json' }
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) => {
        const body = JSON.stringify({ currentPassword: alice.password, newPassword: `${NEW} ${i}` })
        return server.request({ method: 'POST', path: '/api/account/password', headers, body })
      }),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(server.events(alice.email).filter(({ kind }) => kind === 'password-changed')).toHaveLength(1)
  })
})
