/**
 * # Administration: applications, at level 3
 *
 * Threat and promise are those of the chapter; here each act is confirmed by itself.
 */
import { appoint } from './administrator.ts'
import { asvs, expect, test } from './book.ts'
import { clientKey } from './client-key.ts'
import { signetWith } from './command-line.ts'
import { givePasskey, signInByButton, VirtualAuthenticator } from './factors.ts'
import { register } from './relying-party.ts'

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

test('an application on a server brings a key, and gets no secret', asvs('10.4.16'), async ({ alice, server }) => {
  appoint(server, alice)
  const authenticator = await VirtualAuthenticator.of(alice)
  await authenticator.hold(givePasskey(server, alice, 'Blue key'))
  givePasskey(server, alice, 'Red key')
  await alice.api.delete('/api/session')
  await signInByButton(alice, authenticator)
  await expect(alice.page).toHaveURL('/account/sessions')
  await alice.page.goto('/admin/clients')
  await alice.page.getByText('Add an application').last().click()
  await alice.page.getByLabel('Name', { exact: true }).fill('Ledger')
  await alice.page.getByLabel('Redirect addresses').fill('https://ledger.example/callback')
  await alice.page.getByLabel('It runs on a server, and can keep a secret').check()
  const form = alice.page.getByRole('region', { name: 'Add an application' })
  const confirm = form.getByRole('button', { name: 'Confirm with a passkey' })
  await confirm.click()
  const field = alice.page.getByLabel('Public keys')
  await expect(field).toHaveAccessibleDescription(/At level 3 .* by a key, not by a secret\. Make a pair there/)
  const kept = server.db.prepare("select public_keys from clients where name = 'Ledger' and secret_digest is null")
  expect(server.db.prepare("select id from clients where name = 'Ledger'").all()).toEqual([])
  const { jwk } = await clientKey()
  await field.fill(JSON.stringify(jwk, null, 2))
  await confirm.click()
  await expect(alice.page.getByText('Ledger may ask people for access now.')).toBeVisible()
  expect(JSON.parse(kept.pluck().get() as string)).toEqual([jwk])
})

test(
  'nor does the command line make one, and it says of old ones that they are refused',
  asvs('10.4.16'),
  async ({ server }) => {
    const { id } = register(server, { name: 'Old one' })
    const level = { ASSURANCE_LEVEL: '3' }
    const add = ['clients', 'add', 'New one', '--redirect', 'https://new.example/', '--confidential']
    const stderr = expect.stringMatching(/^--jwks: At level 3 .* by a key, not by a secret/)
    await expect(signetWith(level, server, ...add)).rejects.toMatchObject({ code: 2, stderr })
    expect(server.db.prepare("select id from clients where name = 'New one'").all()).toEqual([])
    const listed = await signetWith(level, server, 'clients', 'list')
    expect(listed).toContain(`${id}\tconfidential by secret (refused at level 3)\t`)
  },
)
