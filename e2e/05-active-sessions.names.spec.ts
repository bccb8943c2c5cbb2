/**
 * # Active sessions: names of one's own
 *
 * Threat: five times "Chrome on Windows" tells nobody which one is the strange one; and a name that may be chosen
 * freely could imitate something else on the page.
 *
 * Promise: the owner can name a session after a fresh proof of identity, and the name is text and nothing else.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, test } from './book.ts'

test('a session can be named, and the name is used wherever it is meant', async ({ alice, server }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Firefox on Linux')
  await row.getByLabel('Your name for it').fill('  Kitchen   laptop ')
  await row.getByRole('button', { name: 'Save name' }).click()
  await expect(list.row('Kitchen laptop')).toContainText('Firefox on Linux · place unknown')
  await expect(list.row('Kitchen laptop').getByRole('status')).toHaveText('Renamed to “Kitchen laptop”.')
  await list.open()
  await list.signOut('Kitchen laptop')
  await expect(list.ended).toContainText('Kitchen laptop')
  expect(server.events(alice.email).map(({ kind }) => kind)).toContain('session-renamed')
})

test('an empty name takes the name away', async ({ alice }) => {
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Chrome on Linux')
  await row.getByLabel('Your name for it').fill('Desk')
  await row.getByRole('button', { name: 'Save name' }).click()
  const named = list.row('Desk')
  await expect(named.getByRole('status')).toHaveText('Renamed to “Desk”.')
  await named.getByLabel('Your name for it').fill('')
  await named.getByRole('button', { name: 'Save name' }).click()
  await expect(list.row('Chrome on Linux').getByRole('status')).toHaveText('The name was taken away.')
})

test('a name is text and nothing else', asvs('15.3.3'), async ({ alice }) => {
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Chrome on Linux')
  await row.getByLabel('Your name for it').fill('<img src=x onerror=alert(1)>')
  await row.getByRole('button', { name: 'Save name' }).click()
  await expect(list.row('<img src=x onerror=alert(1)>')).toBeVisible()
  await expect(alice.page.locator('img[src=x]')).toHaveCount(0)
})

test('naming a session needs a fresh proof of identity', asvs('7.5.2'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Chrome on Linux')
  await row.getByLabel('Your name for it').fill('Desk')
  await row.getByRole('button', { name: 'Save name' }).click()
  await expect(row).toContainText('Enter your password to confirm it’s you.')
  await expect(row.getByLabel('Your name for it')).toHaveValue('Desk')
  await row.getByLabel('Password', { exact: true }).fill(alice.password)
  await row.getByRole('button', { name: 'Save name' }).click()
  await expect(list.row('Desk').getByRole('status')).toHaveText('Renamed to “Desk”.')
})

test('a foreign session cannot be named', asvs('8.2.2', 'WSTG-ATHZ-04'), async ({ alice, bob }) => {
  const answer = await alice.api.patch(`/api/sessions/${await bob.sessionId()}`, { data: { name: 'Mine' } })
  expect(answer.status()).toBe(404)
  expect((await bob.row()).name).toBeNull()
})
