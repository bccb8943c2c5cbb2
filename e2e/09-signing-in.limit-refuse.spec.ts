/**
 * # Signing in: where there is no room, and nobody is let in
 *
 * Threat: a thief fills an account with sessions, so that its owner cannot get in.
 *
 * Promise: with `SESSION_LIMIT_ACTION=refuse` a sign-in stops at the limit. Whoever shows once more who they are ends the
 * session that was used least recently: nobody is shut out of their own account.
 */
import { sendJson, trySignIn } from './api.ts'
import { asvs, expect, expectClean, test } from './book.ts'
import { givePasskey, SoftPasskey, signInByButton, VirtualAuthenticator } from './factors.ts'
import { choose, cookiesOf, fill, LIMIT } from './full-account.ts'

test.use({ settings: { SESSION_LIMIT: String(LIMIT), SESSION_LIMIT_ACTION: 'refuse' } })

test('the way out: once more the password, and the oldest ends', asvs('7.1.2', '7.5.2'), async ({ alice, server }) => {
  const { id } = await fill(alice, server)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.page.goto('/sign-in')
  await phone.fillSignIn()
  await expect(phone.page).toHaveURL('/sign-in/limit')
  await expect(phone.page.getByText('Sign out somewhere else')).toBeVisible()
  await expectClean(phone.page)
  await phone.page.getByLabel('Password', { exact: true }).fill('not the password at all')
  await phone.page.getByRole('button', { name: 'End it and sign in' }).click()
  await expect(phone.page.getByText('That password is wrong.')).toBeVisible()
  expect(server.row(id)).toBeDefined()
  await phone.page.getByLabel('Password', { exact: true }).fill(alice.password)
  await phone.page.getByRole('button', { name: 'End it and sign in' }).click()
  await expect(phone.page).toHaveURL('/account/sessions')
  expect(server.endedRow(id)).toMatchObject({ reason: 'limit', ended_by: 'Safari on iOS' })
  expect(await alice.isSignedIn(), 'the one in use stays').toBe(true)
})

test('once there is room again, nothing has to end, here as well', asvs('7.1.2'), async ({ alice, server }) => {
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

test('a passkey confirms it too', asvs('7.1.2', '7.5.2'), async ({ alice, guard, server }) => {
  guard.allow(/status of 409/)
  const { id } = await fill(alice, server)
  const phone = await alice.anotherBrowser('safari-iphone')
  const key = await VirtualAuthenticator.of(phone)
  await key.hold(givePasskey(server, alice))
  await signInByButton(phone, key)
  await expect(phone.page).toHaveURL('/sign-in/limit')
  await phone.page.getByRole('button', { name: 'Confirm with a passkey' }).click()
  await expect(phone.page).toHaveURL('/account/sessions')
  expect(server.endedRow(id)).toMatchObject({ reason: 'limit' })
})

test(
  'nobody is let in by picking, or by signing in alone',
  asvs('7.1.2', 'WSTG-SESS-08'),
  async ({ alice, server }) => {
    const { id } = await fill(alice, server)
    const key = SoftPasskey.of(server, alice)
    const asked = await sendJson(server, 'POST', '/api/session/challenge', { purpose: 'sign-in' })
    const body = { type: 'passkey', response: key.get(asked.json()) }
    const headers = { cookie: cookiesOf(asked) }
    const full = await sendJson(server, 'POST', '/api/session/factor', body, { headers })
    expect(full.status).toBe(409)
    expect((await choose(server, cookiesOf(full), { end: [id] })).status, 'there is nothing to pick').toBe(401)
    expect((await choose(server, cookiesOf(full), body)).status, 'the same answer again').toBe(401)
    expect(server.sessions(alice.email)).toHaveLength(LIMIT)
  },
)
