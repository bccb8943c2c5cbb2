/**
 * # The beginning
 *
 * Threat: whoever can choose, keep or foresee the token of a session before its owner signs in owns the session
 * afterwards. And whoever shares a browser, a cookie jar or an old tab must not meet a session that outlived its turn.
 *
 * Promise: a session begins with a proof of identity and with nothing else. Its token is made at that moment, whatever
 * the browser brought along is over, and there is one session for each browser, in one row.
 */
import { sendJson } from './api.ts'
import { asvs, expect, expectClean, Person, somebody, test } from './book.ts'

test(
  'a newcomer creates an account and is signed in, in one session',
  asvs('7.2.2', '16.3.1'),
  async ({ newcomer, server }) => {
    await newcomer.signUp()
    await expect(newcomer.page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
    expect(server.sessions(newcomer.email)).toHaveLength(1)
    expect(server.events(newcomer.email).map(({ kind }) => kind)).toEqual(['account-created', 'signed-in'])
  },
)

test('the pages on the way in are clean in light and dark, empty and refused', async ({ newcomer }) => {
  const { page } = newcomer
  await page.goto('/sign-up')
  await expectClean(page)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByText('Enter your email address.')).toBeVisible()
  await expectClean(page)
  await page.goto('/sign-in?reason=signed-out')
  await expectClean(page)
  await newcomer.fillSignIn({ email: 'nobody@people.example' })
  await expect(page.getByRole('alert').filter({ hasText: 'is wrong' })).toBeVisible()
  await expectClean(page)
})

test('a refused sign-in keeps what was typed, but never the password', asvs('16.3.1'), async ({ alice, server }) => {
  const { page } = await alice.anotherBrowser()
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(alice.email)
  await page.getByLabel('Password', { exact: true }).fill('not the password at all')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'is wrong' })).toBeFocused()
  await expect(page.getByLabel('Email')).toHaveValue(alice.email)
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  expect(server.events(alice.email).at(-1)?.kind).toBe('sign-in-failed')
})

test('whoever was on the way to a page arrives there after signing in', async ({ alice }) => {
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.page.goto('/account/activity?kind=signed-in')
  await expect(phone.page).toHaveURL(/\/sign-in\?returnTo=/)
  await phone.fillSignIn()
  await expect(phone.page).toHaveURL('/account/activity?kind=signed-in')
})

test('whoever is signed in already is told so, and may go on', async ({ alice }) => {
  await alice.page.goto('/sign-in')
  await expect(alice.page.getByText('You are signed in in this browser.')).toBeVisible()
  await alice.page.getByRole('link', { name: 'Continue without signing in again' }).click()
  await expect(alice.page).toHaveURL('/account/sessions')
})

test(
  'a session planted before sign-in is not the one afterwards, and is over',
  asvs('7.2.4', 'ASVS4-3.2.1', 'WSTG-SESS-03', 'CS-SESS-prepost'),
  async ({ alice, mallory, server }) => {
    await mallory.haveAccount()
    const planted = { id: await mallory.sessionId(), cookie: await mallory.cookie() }
    const laptop = await alice.anotherBrowser()
    await laptop.copyCookiesFrom(mallory)
    await laptop.signIn()
    expect(await laptop.cookie()).not.toBe(planted.cookie)
    expect(await laptop.sessionId()).not.toBe(planted.id)
    expect(server.row(await laptop.sessionId())?.user_id).toBe((await alice.row()).user_id)
    expect(await mallory.isSignedIn(), 'the planted cookie opens nothing').toBe(false)
    expect(server.endedRow(planted.id)?.reason).toBe('signed-in-again')
  },
)

test(
  'a browser cookie planted before sign-in opens nothing afterwards',
  asvs('WSTG-SESS-03', 'WSTG-SESS-08'),
  async ({ alice, mallory }) => {
    await mallory.page.goto('/sign-in')
    const laptop = await alice.anotherBrowser()
    await laptop.copyCookiesFrom(mallory)
    await laptop.signIn()
    expect(await laptop.cookie('__Host-browser'), 'it tells browsers apart, no more').toBe(
      await mallory.cookie('__Host-browser'),
    )
    expect(await mallory.isSignedIn()).toBe(false)
    await mallory.page.goto('/account')
    await expect(mallory.page).toHaveURL(/\/sign-in/)
  },
)

test(
  'a token of somebody’s own making is never taken up',
  asvs('WSTG-SESS-03', 'CS-SESS-strict', '7.2.1'),
  async ({ alice, server }) => {
    const made = 'Fe26.2*1*0000*attacker*chosen**token*value~2'
    const begun = await sendJson(server, 'POST', '/api/session', alice, {
      headers: { cookie: `__Host-session=${made}` },
    })
    expect(begun.status).toBe(201)
    expect(begun.cookies.find(({ name }) => name === '__Host-session')?.value).not.toBe(made)
    const shown = await server.request({ path: '/api/session', headers: { cookie: `__Host-session=${made}` } })
    expect(shown.status).toBe(401)
  },
)

test(
  'signing in again in the same browser leaves one session, and the old token is dead',
  asvs('7.2.4', 'ASVS4-3.2.1'),
  async ({ alice, mallory, server }) => {
    await mallory.copyCookiesFrom(alice)
    const before = { id: await alice.sessionId(), cookie: await alice.cookie() }
    await alice.signIn()
    expect(server.sessions(alice.email).map(({ id }) => id)).toEqual([await alice.sessionId()])
    expect(await alice.cookie()).not.toBe(before.cookie)
    expect(server.endedRow(before.id)?.reason).toBe('signed-in-again')
    expect(await mallory.isSignedIn(), 'no grace for the old token').toBe(false)
  },
)

test(
  'confirming who you are makes a new token, and the old one is dead at once',
  asvs('7.2.4'),
  async ({ alice, mallory }) => {
    await mallory.copyCookiesFrom(alice)
    const before = await alice.cookie()
    const confirmed = await alice.api.post('/api/session/reauthenticate', { data: { password: alice.password } })
    expect(confirmed.status()).toBe(200)
    expect(await alice.cookie()).not.toBe(before)
    expect(await mallory.isSignedIn(), 'no grace for the old token').toBe(false)
    expect(await alice.isSignedIn(), 'a request in flight with the old token is no theft').toBe(true)
  },
)

test(
  'twelve tabs that sign in at once leave one session in that browser',
  asvs('15.4.2'),
  async ({ alice, server }) => {
    const { email, password } = alice
    const all = await Promise.all(
      Array.from({ length: 12 }, () => alice.api.post('/api/session', { data: { email, password } })),
    )
    expect(all.filter((answer) => answer.ok()).length).toBeGreaterThan(0)
    expect(server.sessions(email)).toHaveLength(1)
  },
)

test('another account in the same browser replaces the first', asvs('WSTG-SESS-08'), async ({ alice, bob, server }) => {
  const first = await alice.sessionId()
  await alice.page.goto('/sign-in')
  await alice.fillSignIn(bob)
  await expect(alice.page).toHaveURL('/account/sessions')
  await expect(alice.page.getByRole('banner')).toContainText('Bob')
  expect(server.endedRow(first)?.reason).toBe('signed-in-again')
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('people sign up, out and in again, and are told what is wrong', async ({ newcomer }) => {
    const { page } = newcomer
    await page.goto('/sign-up')
    await page.getByLabel('Name').fill(newcomer.name)
    await page.getByLabel('Email').fill('not an address')
    await page.getByLabel('Password', { exact: true }).fill('too short')
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page.getByText('Enter an email address in the form')).toBeVisible()
    await expect(page.getByText('Use at least 15 characters')).toBeVisible()
    await expect(page.getByLabel('Name')).toHaveValue(newcomer.name)
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
    await newcomer.signUp()
    await newcomer.signOut()
    await newcomer.signIn()
  })
})

test('on a phone of 320 pixels the way in fits', async ({ world }) => {
  const { page } = await Person.arrive(world, somebody('Dora'), { viewport: { width: 320, height: 640 } })
  for (const path of ['/', '/sign-up', '/sign-in']) {
    await page.goto(path)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, `${path} scrolls sideways by`).toBeLessThanOrEqual(0)
  }
})
