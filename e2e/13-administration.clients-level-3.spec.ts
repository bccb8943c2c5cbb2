/**
 * # Administration: applications, at level 3
 *
 * Threat and promise are those of the chapter; here each act is confirmed by itself.
 */
import { appoint } from './administrator.ts'
import { asvs, expect, test } from './book.ts'
import { givePasskey, signInByButton, VirtualAuthenticator } from './factors.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' } })

test(
  'a passkey confirms the very application, however many lines its addresses take',
  asvs('10.4.1', '7.5.2'),
  async ({ alice, server }) => {
    appoint(server, alice)
    const authenticator = await VirtualAuthenticator.of(alice)
    await authenticator.hold(givePasskey(server, alice, 'Blue key'))
    givePasskey(server, alice, 'Red key')
    await alice.api.delete('/api/session')
    await signInByButton(alice, authenticator)
    await expect(alice.page).toHaveURL('/account/sessions')
    await alice.page.goto('/admin/clients')
    await alice.page.getByText('Add an application').last().click()
    await alice.page.getByLabel('Name', { exact: true }).fill('Notes')
    const addresses = ['https://notes.example/a', 'https://notes.example/b']
    await alice.page.getByLabel('Redirect addresses').fill(addresses.join('\n'))
    const form = alice.page.getByRole('region', { name: 'Add an application' })
    await form.getByRole('button', { name: 'Confirm with a passkey' }).click()
    await expect(alice.page.getByText('Notes may ask people for access now.')).toBeVisible()
    const kept = server.db.prepare("select redirect_uris from clients where name = 'Notes'").pluck().all() as string[]
    expect(kept.map((each) => JSON.parse(each))).toEqual([addresses])
  },
)
