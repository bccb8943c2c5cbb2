/**
 * # Authenticators: at level 3
 *
 * Threat: where a look-alike page must get nothing, a password or a code is taken for enough after all; or the person
 * locks themselves out by taking their last passkey away.
 *
 * Promise: every sensitive act takes a passkey, and the last one stays.
 */
import { asvs, expect, type Person, test } from './book.ts'
import { giveApp, givePasskey, signInByButton, VirtualAuthenticator } from './factors.ts'
import { openSecurity } from './security-page.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3' } })

/** Level 3: seconds after which a proof is too old. */
const WINDOW = 300

async function signInByPasskey(person: Person, authenticator: VirtualAuthenticator): Promise<void> {
  await signInByButton(person, authenticator)
  await expect(person.page).toHaveURL('/account/sessions')
}

test(
  'the last passkey cannot be taken away, and the page says why',
  asvs('7.5.3', '6.3.3'),
  async ({ alice, server }) => {
    const authenticator = await VirtualAuthenticator.of(alice)
    await authenticator.hold(givePasskey(server, alice, 'Blue key'))
    await alice.api.delete('/api/session')
    await signInByPasskey(alice, authenticator)
    await openSecurity(alice)
    const { page } = alice
    await expect(page.getByText('It cannot be removed: here nothing but a passkey opens an account.')).toBeVisible()
    await expect(page.getByRole('button', { name: 'Remove Blue key' })).toHaveCount(0)
    givePasskey(server, alice, 'Red key')
    await openSecurity(alice)
    await page.getByRole('button', { name: 'Remove Blue key' }).click()
    server.db.prepare("delete from passkeys where name = 'Red key'").run()
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm with a passkey' }).click()
    await expect(page.getByText('It cannot be removed'), 'decided by the row, not by the page').toBeVisible()
    await openSecurity(alice)
    await expect(page.getByRole('heading', { name: 'Passkeys (1)' })).toBeVisible()
  },
)

test('neither password nor code confirms anything', asvs('7.5.1', '7.5.3'), async ({ alice, server }) => {
  const authenticator = await VirtualAuthenticator.of(alice)
  await authenticator.hold(givePasskey(server, alice))
  const app = giveApp(server, alice)
  await alice.api.delete('/api/session')
  await signInByPasskey(alice, authenticator)
  server.ageSession(await alice.sessionId(), { authenticated: WINDOW, began: 600 })
  const { lifetime_from: before } = await alice.row()
  const { password } = alice
  const shown = await alice.api.post('/api/session/reauthenticate', { data: { password, code: app.code() } })
  expect(shown.status()).toBe(200)
  expect((await alice.row()).lifetime_from, 'nor does it prolong the session').toBe(before)
  const refused = await alice.api.delete('/api/sessions?scope=others')
  expect(await refused.json()).toMatchObject({ code: 'reauthentication_required' })
  const passwords = { currentPassword: password, newPassword: 'violet harbour seventeen lamps' }
  expect((await alice.api.post('/api/account/password', { data: passwords })).status()).toBe(403)

  const { page } = alice
  await page.goto('/reauthenticate')
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0)
  await page.getByRole('button', { name: 'Confirm with a passkey' }).click()
  await expect(page).toHaveURL('/account/sessions')
  expect((await alice.row()).lifetime_from).toBeGreaterThan(before)
  expect((await alice.api.delete('/api/sessions?scope=others')).status(), 'it confirms no act').toBe(403)
})
