/**
 * # Authenticators: the app
 *
 * Threat: a thief adds an app of their own to a session they got hold of, takes the owner's away, or lets the owner
 * confirm a key that the thief has chosen. A code that was seen once is typed again.
 *
 * Promise: adding and removing take all that opens the account. The key is shown once, in the browser and session that
 * asked for it, and counts only after a code of it has come back. A code is good once. What was changed is told.
 */
import { asvs, expect, expectClean, test } from './book.ts'
import { giveApp } from './factors.ts'
import { appWith, beginApp, confirmApp, openSecurity, WINDOW } from './security-page.ts'

for (const javaScriptEnabled of [true, false]) {
  test.describe(`scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ browserOptions: { javaScriptEnabled } })

    test(
      'an app is added by its key and a code, and asked for from then on',
      asvs('6.3.3', '6.5.1', '7.4.3', '7.2.4'),
      async ({ alice, server }) => {
        const phone = await alice.anotherBrowser('safari-iphone')
        await phone.begin()
        const app = await beginApp(alice)
        await expect(alice.page.getByRole('img', { name: 'QR code for the authenticator app' })).toBeVisible()
        await confirmApp(alice, app.wrongCode())
        await expect(alice.page.getByText('That is not what the app shows for this key.')).toBeVisible()
        const before = await alice.cookieHeader()
        const code = app.code()
        await confirmApp(alice, code)
        await expect(alice.page.getByText('Your authenticator app is added.')).toBeVisible()
        expect((await server.request({ path: '/api/session', headers: { cookie: before } })).status).toBe(401)
        expect(await phone.isSignedIn(), 'the other session was signed out').toBe(false)
        const { email, password } = alice
        const half = await phone.api.post('/api/session', { data: { email, password } })
        expect(half.status(), 'half a sign-in').toBe(202)
        const reused = await phone.api.post('/api/session/factor', { data: { type: 'totp', code } })
        expect(reused.status(), 'the code that confirmed it is used up').toBe(401)
        const next = await phone.api.post('/api/session/factor', { data: { type: 'totp', code: app.code(1) } })
        expect(next.status()).toBe(201)
      },
    )

    test(
      'removing it takes password and code, and says what it means',
      asvs('7.5.1', '7.5.3', '6.3.3'),
      async ({ alice, server }) => {
        const app = giveApp(server, alice)
        server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
        const { page } = alice
        await openSecurity(alice)
        await page.getByRole('button', { name: 'Remove the authenticator app' }).click()
        const dialog = page.getByRole('dialog')
        await expect(dialog.getByText('It is your last second factor')).toBeVisible()
        await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
        await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
        await expect(dialog.getByText('Enter a code to confirm it’s you.')).toBeVisible()
        await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
        await dialog.getByLabel('Authentication code').fill(app.code())
        await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
        await expect(page.getByText('The authenticator app is removed.')).toBeVisible()
        await expect(page.getByText('Add an authenticator app')).toBeVisible()
        const [row] = server.db
          .prepare('select count(*) as n from totps t join users u on u.id = t.user_id where u.email = ?')
          .all(alice.email)
        expect(row).toEqual({ n: 0 })
      },
    )
  })
}

test(
  'a key is shown in its own browser and session only',
  asvs('7.2.4', '8.2.2'),
  async ({ alice, mallory, server }) => {
    await beginApp(alice)
    const { page } = alice
    const address = page.url()
    const key = await page.getByTestId('totp-key').innerText()
    await mallory.haveAccount()
    await mallory.page.goto(address)
    await expect(mallory.page.getByText('is worthless')).toBeVisible()
    // The session cookie alone, as a thief would have it.
    const session = `__Host-session=${await alice.cookie()}`
    const stolen = await server.request({
      path: new URL(address).pathname + new URL(address).search,
      headers: { cookie: session },
    })
    expect(stolen.body).not.toContain(key)
    // Another session of the same browser.
    await alice.begin()
    await page.goto(address)
    await expect(page.getByText('is worthless')).toBeVisible()
  },
)

test(
  'a key that waited too long, or was overtaken by another change, adds nothing',
  asvs('6.5.1'),
  async ({ alice, server }) => {
    const app = await beginApp(alice)
    server.db.prepare("update pending set expires_at = expires_at - 600000 where kind = 'totp'").run()
    await confirmApp(alice, app.code())
    await expect(alice.page.getByText('This took too long')).toBeVisible()
    const later = await beginApp(alice)
    server.db.prepare('update users set security_version = security_version + 1 where email = ?').run(alice.email)
    await confirmApp(alice, later.code())
    await expect(alice.page.getByText('This took too long')).toBeVisible()
    const kinds = server.events(alice.email).map(({ kind }) => kind)
    expect(kinds).not.toContain('totp-added')
  },
)

test('a thief with an old cookie gets no key at all', asvs('7.5.1'), async ({ alice, mallory, server }) => {
  server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
  await mallory.copyCookiesFrom(alice)
  await openSecurity(mallory)
  await mallory.page.getByText('Add an authenticator app').click()
  await mallory.page.getByRole('button', { name: 'Show the key' }).click()
  await expect(mallory.page.getByText('Enter your password to confirm it’s you.')).toBeVisible()
  expect(
    server.db
      .prepare(
        "select count(*) as n from pending where kind = 'totp' and user_id = (select id from users where email = ?)",
      )
      .get(alice.email),
  ).toEqual({ n: 0 })
})

test('the key is nowhere in the database as it is', asvs('6.5.1'), async ({ alice, server }) => {
  const app = await beginApp(alice)
  const key = (await alice.page.getByTestId('totp-key').innerText()).replaceAll(' ', '')
  expect(appWith(key).code()).toBe(app.code())
  await confirmApp(alice, app.code())
  await expect(alice.page.getByText('Your authenticator app is added.')).toBeVisible()
  const rows = JSON.stringify([
    ...server.db.prepare('select * from totps').all(),
    ...server.db.prepare('select * from pending').all(),
  ])
  expect(rows).not.toContain(key)
  expect(server.log()).not.toContain(key)
})

test('the pages are accessible, with every form open', asvs('7.5.1'), async ({ alice, server }) => {
  test.slow()
  giveApp(server, alice)
  const { page } = alice
  await openSecurity(alice)
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) (one as HTMLDetailsElement).open = true
  })
  await expectClean(page)
  await page.getByRole('button', { name: 'Remove the authenticator app' }).click()
  await expectClean(page)
})

test('so is the page with the key', asvs('7.5.1'), async ({ alice }) => {
  await beginApp(alice)
  await expectClean(alice.page)
})
