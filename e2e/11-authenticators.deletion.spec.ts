/**
 * # Authenticators: none any more
 *
 * Threat: an account that was deleted is still open somewhere; or somebody deletes another person's.
 *
 * Promise: it takes all that opens the account and its address, typed. Then every session is over, on every device within
 * a second, nothing opens it any more, and what is left of it does not say whose it was.
 */
import { trySignIn } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { giveApp, giveRecoveryCodes } from './factors.ts'
import { openSecurity, WINDOW } from './security-page.ts'

async function fillDeletion({ page }: Person, address: string): Promise<void> {
  await page.getByLabel('Type your email address to confirm').fill(address)
  await page.getByRole('button', { name: 'Delete account' }).click()
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(`scripts ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    test.use({ browserOptions: { javaScriptEnabled } })

    test('everything that opened it is gone, everywhere', asvs('7.4.2', '7.4.1'), async ({ alice, server }) => {
      const phone = await alice.anotherBrowser('safari-iphone')
      await phone.begin()
      await phone.openSessions()
      const [here, there] = [await alice.cookieHeader(), await phone.cookieHeader()]
      const { user_id: id } = await alice.row()
      await openSecurity(alice)
      await alice.page.getByText('Delete this account').click()
      await fillDeletion(alice, 'somebody.else@people.example')
      await expect(alice.page.getByText('That is not the email address of this account.')).toBeVisible()
      await fillDeletion(alice, alice.email.toUpperCase())
      await expect(alice.page.getByRole('heading', { name: 'Your account is deleted' })).toBeVisible()
      const heading = phone.page.getByRole('heading', { name: 'Active sessions' })
      await expect(heading, 'the other device hears of it').toHaveCount(0)
      for (const cookie of [here, there]) {
        expect((await server.request({ path: '/api/session', headers: { cookie } })).status).toBe(401)
      }
      expect((await trySignIn(server, alice)).status).toBe(401)
      const kept = JSON.stringify(
        ['users', 'events', 'ended_sessions', 'sessions'].map((table) =>
          server.db.prepare(`select * from ${table} where ${table === 'users' ? 'id' : 'user_id'} = ?`).all(id),
        ),
      )
      expect(kept).not.toContain(alice.email)
      expect(kept).not.toContain('Alice')
      const made = await alice.api.post('/api/account', {
        data: { name: 'Alice', email: alice.email, password: alice.password },
      })
      expect(made.status(), 'the address is free again').toBe(201)
    })
  })
}

test(
  'an old cookie and a password do not delete an account that has more',
  asvs('7.5.1', '7.5.3'),
  async ({ alice, server }) => {
    giveApp(server, alice)
    const [code = ''] = giveRecoveryCodes(server, alice)
    server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
    const { page } = alice
    await openSecurity(alice)
    await page.getByText('Delete this account').click()
    const form = page.locator('form', { hasText: 'Type your email address' })
    await form.getByLabel('Password', { exact: true }).fill(alice.password)
    await fillDeletion(alice, alice.email)
    await expect(form.getByText('Enter a code to confirm it’s you.')).toBeVisible()
    expect(await alice.isSignedIn()).toBe(true)
    await form.getByLabel('Password', { exact: true }).fill(alice.password)
    await form.getByLabel('Authentication code').fill(code)
    await fillDeletion(alice, alice.email)
    await expect(page.getByRole('heading', { name: 'Your account is deleted' })).toBeVisible()
  },
)
