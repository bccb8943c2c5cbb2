/**
 * # Administration: applications
 *
 * Threat: an application that anybody could make known here would ask people for access under a name that they trust, and
 * an address that is only nearly its own would hand what they grant to somebody else.
 *
 * Promise: administrators and the command line alone make applications known, each with its exact addresses; a secret is
 * shown once and kept nowhere, and of an application's own key only the public half is ever taken; and removing an
 * application disconnects it from everybody at once, and tells it so.
 */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { appoint } from './administrator.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import { clientKey } from './client-key.ts'
import { signet } from './command-line.ts'
import type { Server } from './server.ts'

const PAGE = '/admin/clients'

test(
  'an administrator adds an application and is shown its secret this once',
  asvs('10.4.1', '16.3.1'),
  async ({ alice, server }) => {
    appoint(server, alice)
    const name = `Notes ${Date.now()}`
    await alice.page.goto(PAGE)
    await fillIn(alice, { Name: name, 'Redirect addresses': 'https://notes.example/callback\nhttp://127.0.0.1:4000/' })
    await alice.page.getByLabel('Back-channel logout address').fill('https://notes.example/logout')
    await alice.page.getByLabel('It runs on a server, and can keep a secret').check()
    await alice.page.getByRole('button', { name: 'Add application' }).click()
    await expect(alice.page.getByText(`${name} may ask people for access now.`)).toBeVisible()
    const secret =
      (await alice.page.getByText('Client secret').locator('xpath=following-sibling::dd').textContent()) ?? ''
    expect(secret).toMatch(/^[\w-]{43}$/)
    const row = rowOf(server, name)
    expect(row.secret_digest.equals(createHash('sha256').update(secret).digest())).toBe(true)
    expect(JSON.parse(row.redirect_uris)).toEqual(['https://notes.example/callback', 'http://127.0.0.1:4000/'])
    const item = alice.page.getByRole('list', { name: 'Applications' }).getByRole('listitem', { name })
    await expect(item).toContainText(row.id)
    await alice.page.goto(PAGE)
    await expect(item).toContainText('On a server, with a secret')
    await expect(alice.page.getByText(secret)).toHaveCount(0)
    await expectClean(alice.page)
    await alice.page.goto('/account/activity')
    await expect(alice.page.getByText(`As an administrator you added an application: “${name}”`)).toBeVisible()
  },
)

test(
  'an address that is not exact adds nothing, and what was typed stays',
  asvs('10.4.1'),
  async ({ alice, server }) => {
    appoint(server, alice)
    const name = `Wrong ${Date.now()}`
    await alice.page.goto(PAGE)
    await fillIn(alice, { Name: name, 'Redirect addresses': 'https://*.notes.example/' })
    await alice.page.getByRole('button', { name: 'Add application' }).click()
    const field = alice.page.getByLabel('Redirect addresses')
    await expect(field).toHaveAttribute('aria-invalid', 'true')
    await expect(field).toBeFocused()
    await expect(field).toHaveValue('https://*.notes.example/')
    await expect(alice.page.getByLabel('Name')).toHaveValue(name)
    expect(rowOf(server, name)).toBeUndefined()
  },
)

test(
  'removing an application disconnects it, says why, and tells it',
  asvs('7.4.2', '16.3.1'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const name = `Old notes ${Date.now()}`
    const { id } = await added(server, name, '--backchannel-logout', 'http://127.0.0.1:9/logout')
    link(server, bob, id)
    await alice.page.goto(PAGE)
    await alice.page.getByRole('button', { name: `Remove ${name}` }).click()
    const dialog = alice.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Remove application' }).click()
    await expect(dialog.getByText('Say why. It is kept with what you did.')).toBeVisible()
    await dialog.getByLabel('Reason').fill('nobody uses it')
    await dialog.getByRole('button', { name: 'Remove application' }).click()
    await expect(alice.page.getByRole('main').getByText('The application is removed')).toBeVisible()
    expect(rowOf(server, name)).toBeUndefined()
    expect(server.db.prepare('select count(*) from grants where client_id = ?').pluck().get(id)).toBe(0)
    const waiting = server.db.prepare('select uri from logouts where client_id = ?').pluck().all(id)
    expect(waiting).toEqual(['http://127.0.0.1:9/logout'])
    await alice.page.goto('/account/activity')
    const told = `As an administrator you removed an application: “${name}”: nobody uses it`
    await expect(alice.page.getByText(told)).toBeVisible()
  },
)

test('an application brings its public keys, and gets no secret', asvs('10.4.16'), async ({ alice, server }) => {
  appoint(server, alice)
  const name = `Keyed ${Date.now()}`
  const { jwk } = await clientKey('ES256', 'of-2026')
  await alice.page.goto(PAGE)
  const set = JSON.stringify({ keys: [{ ...jwk, alg: 'ES256', use: 'sig' }] }, null, 2)
  await fillIn(alice, { Name: name, 'Redirect addresses': 'https://keyed.example/', 'Public keys': set })
  await alice.page.getByRole('button', { name: 'Add application' }).click()
  await expect(
    alice.page.getByText('It has no secret: it signs with its own key, which never leaves it.'),
  ).toBeVisible()
  await expect(alice.page.getByText('Client secret')).toHaveCount(0)
  const row = rowOf(server, name)
  expect(row.secret_digest).toBeNull()
  expect(JSON.parse(row.public_keys)).toEqual([jwk])
  await alice.page.goto(PAGE)
  const item = alice.page.getByRole('list', { name: 'Applications' }).getByRole('listitem', { name })
  await expect(item).toContainText('On a server, with a key of its own')
  await expect(item).toContainText('P-256, of-2026')
  await expectClean(alice.page)
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test(
    'a private key is refused beside its field and does not come back; what else was typed stays',
    asvs('10.4.16'),
    async ({ alice, server }) => {
      appoint(server, alice)
      const name = `Private ${Date.now()}`
      const key = JSON.stringify(
        { ...(await clientKey()).jwk, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' },
        null,
        2,
      )
      await alice.page.goto(PAGE)
      await fillIn(alice, { Name: name, 'Redirect addresses': 'https://keyed.example/', 'Public keys': key })
      await alice.page.getByRole('button', { name: 'Add application' }).click()
      const field = alice.page.getByLabel('Public keys')
      await expect(field).toHaveAttribute('aria-invalid', 'true')
      await expect(field).toHaveAccessibleDescription(/It holds its private part, “d”.*Make a new pair/)
      await expect(field).toHaveValue('')
      await expect(alice.page.getByLabel('Name', { exact: true })).toHaveValue(name)
      expect(await alice.page.content()).not.toContain('jpsQnnGQmL')
      expect(rowOf(server, name)).toBeUndefined()
      const { jwk } = await clientKey()
      await field.fill(JSON.stringify(jwk))
      await alice.page.getByRole('button', { name: 'Add application' }).click()
      await expect(alice.page.getByText('It has no secret: it signs with its own key')).toBeVisible()
      expect(JSON.parse(rowOf(server, name).public_keys)).toEqual([jwk])
    },
  )

  test('an application is added as well', asvs('10.4.1'), async ({ alice, server }) => {
    appoint(server, alice)
    const name = `Plain ${Date.now()}`
    await alice.page.goto(PAGE)
    await fillIn(alice, { Name: name, 'Redirect addresses': 'https://plain.example/' })
    await alice.page.getByRole('button', { name: 'Add application' }).click()
    await expect(alice.page.getByText('It has no secret: it proves itself each time anew.')).toBeVisible()
    expect(rowOf(server, name)).toMatchObject({ secret_digest: null })
  })
})

test('the command line adds, lists and removes', asvs('10.4.1'), async ({ server }) => {
  const name = `Shell ${Date.now()}`
  const { id, secret } = await added(server, name, '--confidential')
  expect(rowOf(server, name).secret_digest.equals(createHash('sha256').update(secret).digest())).toBe(true)
  expect(await signet(server, 'clients', 'list')).toContain(
    `${id}\tconfidential by secret\thttps://notes.example/\t${name}`,
  )
  expect(await signet(server, 'clients', 'remove', id, '--reason', 'a test')).toContain('It is removed')
  expect(rowOf(server, name)).toBeUndefined()
  const wrong = signet(server, 'clients', 'add', name, '--redirect', 'http://notes.example/')
  await expect(wrong).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--redirect: Without https') })
  await expect(signet(server, 'clients', 'remove', id)).rejects.toMatchObject({ code: 1 })
})

test(
  'the command line takes a file of public keys, and says what is wrong with one',
  asvs('10.4.16'),
  async ({ server }) => {
    const name = `Keyed shell ${Date.now()}`
    const file = join(server.dataDir, 'keys.json')
    const { jwk } = await clientKey()
    writeFileSync(file, JSON.stringify({ keys: [jwk] }))
    const { id, secret } = await added(server, name, '--jwks', file)
    expect(secret, 'there is none').toBe('')
    const row = rowOf(server, name)
    expect(row.secret_digest).toBeNull()
    expect(JSON.parse(row.public_keys)).toEqual([jwk])
    const listed = `${id}\tconfidential by private_key_jwt\thttps://notes.example/\t${name}`
    expect(await signet(server, 'clients', 'list')).toContain(listed)

    const before = server.db.prepare('select * from clients').all()
    for (const [text, told] of [
      [JSON.stringify({ ...jwk, d: jwk.x }), 'It holds its private part'],
      ['-----BEGIN PUBLIC KEY-----', 'Write it as JSON'],
      ['\n', 'is empty'],
    ] as const) {
      writeFileSync(file, text)
      const stderr = expect.stringMatching(new RegExp(`^--jwks: .*${told}`))
      await expect(added(server, name, '--jwks', file)).rejects.toMatchObject({ code: 2, stderr })
    }
    const missing = added(server, name, '--jwks', join(server.dataDir, 'nowhere.json'))
    await expect(missing).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read (ENOENT)') })
    expect(server.db.prepare('select * from clients').all()).toEqual(before)
  },
)

async function fillIn({ page }: Person, fields: Readonly<Record<string, string>>): Promise<void> {
  await page.getByText('Add an application').last().click()
  for (const [label, text] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(text)
}

interface Row {
  readonly id: string
  readonly secret_digest: Buffer
  readonly public_keys: string
  readonly redirect_uris: string
}

function rowOf(server: Server, name: string): Row {
  return server.db.prepare('select * from clients where name = ?').get(name) as Row
}

async function added(server: Server, name: string, ...options: readonly string[]) {
  const said = await signet(server, 'clients', 'add', name, '--redirect', 'https://notes.example/', ...options)
  const [, id = ''] = /^CLIENT_ID=(.*)$/m.exec(said) ?? []
  const [, secret = ''] = /^CLIENT_SECRET=(.*)$/m.exec(said) ?? []
  return { id, secret }
}

/** As if somebody had linked it in their session. */
function link(server: Server, { email }: Person, clientId: string): void {
  server.db
    .prepare(
      `insert into grants (id, user_id, client_id, session_id, made_in, scope, offline, authenticated_at, methods,
        created_at, last_used_at, expires_at, epoch)
      select 'grant of ' || sessions.id, user_id, ?, sessions.id, sessions.id, 'openid', 0, began_at, 'pwd', began_at,
        began_at, began_at + 3600000, epoch from sessions join users on users.id = user_id where email = ?`,
    )
    .run(clientId, email)
}
