/**
 * # Termination: in open pages
 *
 * Threat: the session is over and the screen still shows it: in the tab that nobody touched, in the second tab, behind
 * Back, in the memory that the browser keeps of pages it has left.
 *
 * Promise: open pages hear of the end within a second and let go of everything private, whichever tab they are in; Back
 * and Forward show nothing; and whoever signs in again is where they were.
 */
import type { Page } from '@playwright/test'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'

/** Far below the stream's heartbeat: what comes within it came by itself. Milliseconds. */
const SOON = { timeout: 4000 }

const panel = (page: Page) => page.getByRole('heading', { name: 'Sign in to continue', level: 1 })

/** Nothing of the account is left in the document, seen or unseen, but the address to sign in with. */
async function expectEmptied(page: Page, person: Person): Promise<void> {
  await expect(panel(page)).toBeVisible(SOON)
  await expect(page.getByRole('main').getByRole('alert')).toBeFocused()
  const left = (await page.content()).replaceAll(person.email, '')
  for (const word of [person.name, 'Recently ended', 'Firefox', 'Password · level 1', 'This device']) {
    expect(left).not.toContain(word)
  }
  await expect(page).toHaveTitle('Signed out · Signet')
}

/** The same person at a second device, on a private page. */
async function atLaptop(alice: Person): Promise<Person> {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  await laptop.openSessions()
  return laptop
}

test(
  'a session that is ended from elsewhere empties its tabs, without a click',
  asvs('7.4.1', 'CS-SESS-clientlogout'),
  async ({ alice }) => {
    const laptop = await atLaptop(alice)
    const second = await laptop.context.newPage()
    await second.goto('/account/activity')
    const list = await new ActiveSessionsPage(alice.page).open()
    await list.signOut('Firefox on Linux')
    for (const page of [laptop.page, second]) {
      await expectEmptied(page, laptop)
      await expect(page.getByRole('main').getByRole('alert')).toContainText(/Signed out from elsewhere at \d\d:\d\d\./)
    }
    await expectClean(second)
    await expect(list.here).toBeVisible()
  },
)

test('the page that took its place leads back to the same address', asvs('7.4.1'), async ({ alice, server }) => {
  const laptop = await atLaptop(alice)
  await laptop.page.goto('/account/activity?kind=signed-in')
  await alice.api.delete('/api/sessions?scope=others')
  await expect(panel(laptop.page)).toBeVisible(SOON)
  await expect(laptop.page.getByLabel('Email')).toHaveValue(laptop.email)
  await laptop.fillSignIn({ password: 'not the password of anybody' })
  await expect(laptop.page.getByRole('main').getByRole('alert').filter({ hasText: 'is wrong' })).toBeVisible()
  await laptop.fillSignIn()
  await expect(laptop.page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
  await expect(laptop.page).toHaveURL('/account/activity?kind=signed-in')
  await expect(laptop.page).toHaveTitle('Activity · Signet')
  expect(server.sessions(alice.email)).toHaveLength(2)
})

test(
  'signing out in one tab empties the others, and signing in again brings them back',
  asvs('7.4.1', 'WSTG-ATHN-06'),
  async ({ alice }) => {
    const second = await alice.context.newPage()
    await second.goto('/account')
    await alice.openSessions()
    await alice.signOut()
    await expectEmptied(second, alice)
    await expect(second.getByRole('main').getByRole('alert')).toHaveText(/^Signed out at \d\d:\d\d\.$/)
    await alice.signIn()
    await expect(second.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible()
  },
)

test(
  'somebody else who signs in gets a page of their own in every tab',
  asvs('7.4.1', 'WSTG-ATHN-06'),
  async ({ alice, bob }) => {
    const second = await alice.context.newPage()
    await second.goto('/account')
    await second.getByLabel('Name').fill('a draft of Alice’s')
    await alice.openSessions()
    await alice.signOut()
    await expect(panel(second)).toBeVisible(SOON)
    await alice.page.goto('/sign-in')
    await alice.fillSignIn({ email: bob.email, password: bob.password })
    await expect(second.getByRole('heading', { name: 'Active sessions', level: 1 })).toBeVisible()
    await expect(second).toHaveURL('/account/sessions')
    await second.goto('/account')
    await expect(second.getByLabel('Name')).toHaveValue('Bob')
    expect(await second.content()).not.toContain('Alice')
  },
)

test(
  'Back and Forward show nothing after signing out',
  asvs('ASVS4-3.3.1', 'ASVS4-8.2.1', 'WSTG-ATHN-06', '14.3.2'),
  async ({ alice }) => {
    for (const path of ['/account', '/account/activity', '/account/sessions']) await alice.page.goto(path)
    await alice.signOut()
    for (const move of ['goBack', 'goBack', 'goForward', 'goBack'] as const) {
      await alice.page[move]()
      await expect(alice.page).toHaveURL(/\/sign-in\?/)
      await expect(alice.page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible()
      expect(await alice.page.content()).not.toContain(alice.email)
    }
  },
)

test(
  'a page out of the browser’s memory stays hidden until the server has spoken',
  asvs('ASVS4-8.2.1', 'WSTG-ATHN-06'),
  async ({ alice }) => {
    const laptop = await atLaptop(alice)
    const { page } = laptop
    const leave = () => page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })))
    const comeBack = () => page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
    // Once the page listens: whoever has just come may be gone before that.
    await expect(async () => {
      await leave()
      await expect(page.getByRole('heading', { name: 'Active sessions' })).toBeHidden({ timeout: 500 })
    }).toPass()
    await comeBack()
    await expect(page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
    await leave()
    await alice.api.delete('/api/sessions?scope=others')
    await comeBack()
    await expectEmptied(page, laptop)
  },
)

test('a page that was offline at the end learns of it when it is back', asvs('7.4.1'), async ({ alice, guard }) => {
  guard.allow(/ERR_INTERNET_DISCONNECTED/)
  const laptop = await atLaptop(alice)
  await laptop.context.setOffline(true)
  await expect(laptop.page.getByRole('status').filter({ hasText: 'You are offline.' })).toBeVisible()
  await alice.api.delete('/api/sessions?scope=others')
  await laptop.context.setOffline(false)
  await expectEmptied(laptop.page, laptop)
})

test(
  'a process that ends and comes back costs an open page nothing',
  asvs('7.4.1'),
  async ({ alice, guard, server }) => {
    guard.allow(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/)
    await alice.openSessions()
    await server.restart()
    await expect(alice.page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
    await alice.api.delete('/api/session')
    await expect(panel(alice.page)).toBeVisible()
  },
)
