/**
 * # For everybody: without scripts
 *
 * Threat: a script that does not arrive, or is not wanted, takes the way out with it.
 *
 * Promise: every page is whole as it comes from the server, and every form works by itself: signing up, in and out, ending
 * one session, the others, all; the password that a step-up asks for; names; the list of events.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'

test.use({ browserOptions: { javaScriptEnabled: false } })

async function laptopOf(person: Person): Promise<Person> {
  const laptop = await person.anotherBrowser('firefox-linux')
  await laptop.begin()
  return laptop
}

test('signing up, out and in again', asvs('7.4.4', 'NIST63B4-5.1-logoff'), async ({ newcomer }) => {
  await newcomer.signUp()
  await newcomer.signOut()
  await expect(newcomer.page.getByRole('status')).toContainText('You are signed out.')
  await newcomer.fillSignIn({ password: 'not the password of anybody' })
  await expect(newcomer.page.getByText('The email address or the password is wrong.')).toBeVisible()
  await expect(newcomer.page.getByLabel('Email')).toHaveValue(newcomer.email)
  await newcomer.fillSignIn()
  await expect(newcomer.page).toHaveURL('/account/sessions')
})

test('one session is signed out', asvs('7.4.1', '7.5.2'), async ({ alice }) => {
  const laptop = await laptopOf(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.ask('Firefox on Linux')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
  await expect(list.others).toContainText('This is your only session')
  expect(await laptop.isSignedIn()).toBe(false)
})

test('whoever changes their mind goes back', async ({ alice }) => {
  const laptop = await laptopOf(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.ask('Firefox on Linux')
  await dialog.getByRole('link', { name: 'Cancel' }).click()
  await expect(dialog).toHaveCount(0)
  expect(await laptop.isSignedIn()).toBe(true)
})

test('the others are signed out', asvs('7.4.1', '7.5.2'), async ({ alice }) => {
  const laptop = await laptopOf(alice)
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.askOthers()
  await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
  await expect(list.outcome).toHaveText('1 session signed out. You are still signed in here.')
  expect(await laptop.isSignedIn()).toBe(false)
})

test('all are signed out, after the password', asvs('7.4.1', '7.5.2'), async ({ alice, server }) => {
  const laptop = await laptopOf(alice)
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.askEverywhere()
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(dialog).toContainText('Enter your password to confirm it’s you. Nothing has been signed out yet.')
  await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
  expect([await alice.isSignedIn(), await laptop.isSignedIn()]).toEqual([false, false])
})

test(
  'a step-up asks in the same dialog and then does what was asked',
  asvs('7.5.2', 'ASVS4-3.3.4'),
  async ({ alice, server }) => {
    const laptop = await laptopOf(alice)
    server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
    const list = await new ActiveSessionsPage(alice.page).open()
    const dialog = await list.ask('Firefox on Linux')
    await dialog.getByLabel('Password', { exact: true }).fill('not the password of anybody')
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await expect(dialog).toContainText('That password is wrong. Nothing has been done.')
    await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
    expect(await laptop.isSignedIn()).toBe(false)
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test('names are changed: the person’s and a session’s', async ({ alice }) => {
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').fill('Alice Liddell')
  await alice.page.getByRole('button', { name: 'Save name' }).click()
  await expect(alice.page.getByText('Your name is changed.')).toBeVisible()
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Chrome on Linux')
  await row.getByLabel('Your name for it').fill('Desk')
  await row.getByRole('button', { name: 'Save name' }).click()
  await expect(list.row('Desk')).toBeVisible()
})

test('events are filtered', async ({ alice }) => {
  await alice.page.goto('/account/activity')
  await alice.page.getByLabel('Show').selectOption('Signed in')
  await alice.page.getByRole('button', { name: 'Apply' }).click()
  await expect(alice.page).toHaveURL('/account/activity?kind=signed-in')
  await expect(alice.page.getByRole('main').getByRole('listitem')).toHaveCount(1)
})

test('a path that leads nowhere says so, and signs out', asvs('7.4.4'), async ({ alice, guard }) => {
  guard.allow(/status of 404/)
  for (const path of ['/no-such-page', '/account/no-such-page', '/account/sessions/AAAAAAAAAAAAAAAAAAAAAA']) {
    const answer = await alice.page.goto(path)
    expect(answer?.status()).toBe(404)
    await expect(alice.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  }
  await alice.page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
  await alice.page.goto('/no-such-page')
  await expect(alice.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  await expect(alice.page.getByRole('button', { name: 'Sign out' })).toHaveCount(0)
})
