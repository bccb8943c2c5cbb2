/**
 * # Authenticators: passkeys
 *
 * Threat: an answer that a passkey gave once, to another challenge, in another browser, for another account or to a
 * look-alike page, is presented as a proof. Or somebody with an old cookie adds a passkey of their own.
 *
 * Promise: a passkey signs a challenge that this browser asked for, for this purpose, account and session, and that is
 * good for one answer. Adding one takes all that opens the account; so does taking one away. At level 3 the last one
 * stays, since nothing else opens the account.
 */
import { randomBytes } from 'node:crypto'
import { verifyRegistrationResponse } from '@simplewebauthn/server'
import { SoftwareAuthenticator } from '#lib/authentication/model/authenticator.ts'
import { sendJson, tally } from './api.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import { giveApp, givePasskey, VirtualAuthenticator } from './factors.ts'
import { openSecurity, WINDOW } from './security-page.ts'
import type { Server } from './server.ts'

/** Opens the form, and presses. */
async function addPasskey(person: Person, { another = false } = {}): Promise<void> {
  const { page } = person
  await page
    .getByText(another ? 'Add another passkey' : 'Add a passkey', { exact: true })
    .first()
    .click()
  await page.getByRole('button', { name: 'Add a passkey' }).click()
}

const removal = ({ page }: Person, name: string) => page.getByRole('button', { name: `Remove ${name}` })

test('several are added, named, used and taken away', asvs('6.3.3', '7.5.1', '7.4.3'), async ({ alice, server }) => {
  const { page } = alice
  await VirtualAuthenticator.of(alice)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.begin()
  await openSecurity(alice)
  await addPasskey(alice)
  await expect(
    page.getByText(/Added: “Passkey on Chrom\w+ on Linux”\. The other session was signed out\./),
  ).toBeVisible()
  expect(await phone.isSignedIn()).toBe(false)

  // The device says that it has one already.
  await openSecurity(alice)
  await page.getByText('Add another passkey').click()
  const adding = page.locator('form', { has: page.getByRole('button', { name: 'Add a passkey' }) })
  await adding.getByRole('button', { name: 'Confirm with a passkey' }).click()
  await expect(adding.getByText('This device holds a passkey for your account already.')).toBeVisible()

  await page.getByText(/Rename Passkey on Chrom\w+ on Linux/).click()
  await page.getByLabel('Name of the passkey').fill('Blue key')
  await page.getByRole('button', { name: 'Save name' }).click()
  await expect(page.getByRole('heading', { name: 'Blue key' })).toBeVisible()

  givePasskey(server, alice, 'Red key')
  await openSecurity(alice)
  await expect(page.getByRole('heading', { name: 'Passkeys (2)' })).toBeVisible()
  await removal(alice, 'Blue key').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByText('The passkey is removed.')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Passkeys (1)' })).toBeVisible()
  const kinds = server.events(alice.email).map(({ kind }) => kind)
  expect(kinds).toEqual(expect.arrayContaining(['passkey-added', 'passkey-renamed', 'passkey-removed']))
})

test(
  'in a dialog, one press asks the passkey and does what was asked',
  asvs('7.5.2', '7.5.1', '6.3.3'),
  async ({ alice, server }) => {
    const authenticator = await VirtualAuthenticator.of(alice)
    await authenticator.hold(givePasskey(server, alice))
    server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
    const { page } = alice
    await openSecurity(alice)
    await removal(alice, 'Test passkey').click()
    const dialog = page.getByRole('dialog')
    await expect(dialog.getByText('It is your last second factor')).toBeVisible()
    await expectClean(page)
    await dialog.getByRole('button', { name: 'Confirm with a passkey' }).click()
    await expect(page.getByText('The passkey is removed.')).toBeVisible()
    expect(JSON.parse((await alice.row()).authentications).map(([method]: [string]) => method)).toContain('hwk')
  },
)

test('a passkey that does not know its person confirms nothing', asvs('6.3.3', '7.5.1'), async ({ alice, server }) => {
  const authenticator = await VirtualAuthenticator.of(alice)
  await authenticator.hold(givePasskey(server, alice))
  await authenticator.verifies(false)
  await alice.page.goto('/reauthenticate')
  await alice.page.getByRole('button', { name: 'Confirm with a passkey' }).click()
  await expect(alice.page.getByText('No passkey was used')).toBeVisible()
  expect((await alice.row()).generation).toBe(1)
})

test(
  'with an old cookie, neither a password nor a code is enough by itself to add one',
  asvs('7.5.1', '7.5.3'),
  async ({ alice, server }) => {
    const app = giveApp(server, alice)
    await VirtualAuthenticator.of(alice)
    server.ageSession(await alice.sessionId(), { authenticated: WINDOW })
    const { page } = alice
    await openSecurity(alice)
    await page.getByText('Add a passkey', { exact: true }).first().click()
    const form = page.locator('form', { has: page.getByRole('button', { name: 'Add a passkey' }) })
    await form.getByLabel('Authentication code').fill(app.code())
    await form.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(form.getByText('Enter your password to confirm it’s you.')).toBeVisible()
    await form.getByLabel('Password', { exact: true }).fill(alice.password)
    await form.getByLabel('Authentication code').fill(app.code())
    await form.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByText(/Added: “Passkey on Chrom\w+ on Linux”/)).toBeVisible()
  },
)

test.describe('answers by hand', () => {
  const challenge = (person: Person) =>
    person.api.post('/api/session/challenge', { data: { purpose: 'reauthenticate' } })
  const show = (person: Person, response: unknown) =>
    person.api.post('/api/session/reauthenticate', { data: { type: 'passkey', response } })

  test(
    'an answer confirms once, in the session and browser that asked',
    asvs('6.5.1', '7.5.1', '7.2.4'),
    async ({ alice, mallory, server }) => {
      const key = await keyOf(alice, server)
      const options = await (await challenge(alice)).json()
      const answer = key.get(options, { origin: server.origin })
      // The thief has the cookies of the session, and asks under a browser secret of her own.
      await mallory.context.addCookies((await alice.context.cookies()).filter(({ name }) => name !== '__Host-sign-in'))
      expect((await show(mallory, answer)).status(), 'another browser').toBe(401)
      const before = await alice.cookieHeader()
      expect((await show(alice, answer)).status()).toBe(200)
      expect((await server.request({ path: '/api/session', headers: { cookie: before } })).status).toBe(401)
      expect((await show(alice, answer)).status(), 'again').toBe(401)
    },
  )

  test('of many at once, one confirms', asvs('6.5.1'), async ({ alice, server }) => {
    const key = await keyOf(alice, server)
    const response = key.get(await (await challenge(alice)).json(), { origin: server.origin })
    const headers = { cookie: await alice.cookieHeader() }
    const body = { type: 'passkey', response }
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => sendJson(server, 'POST', '/api/session/reauthenticate', body, { headers })),
    )
    expect(tally(answers)[200]).toBe(1)
  })

  test(
    'forged, foreign and misdirected answers confirm nothing',
    asvs('7.5.1', '8.2.2'),
    async ({ alice, bob, server }) => {
      const key = await keyOf(alice, server)
      const bobs = await keyOf(bob, server)
      const { origin } = server
      const fresh = async () => (await challenge(alice)).json()
      const signIn = await alice.api.post('/api/session/challenge', { data: { purpose: 'sign-in' } })
      const wrong = [
        key.get(await fresh(), { origin: 'https://signet.example' }),
        key.get(await fresh(), { origin, rpId: 'signet.example' }),
        key.get(await fresh(), { origin, userVerified: false }),
        key.get(await fresh(), { origin, crossOrigin: true }),
        key.get(await fresh(), { origin, type: 'webauthn.create' }),
        key.get(await fresh(), { origin, challenge: 'A'.repeat(43) }),
        key.get(await fresh(), { origin, userHandle: 'A'.repeat(22) }),
        bobs.get(await fresh(), { origin }),
        key.get(await signIn.json(), { origin }),
      ]
      const before = await alice.cookie()
      server.forgetAttempts()
      for (const answer of wrong) {
        server.forgetAttempts()
        expect((await show(alice, answer)).status(), JSON.stringify(answer).slice(0, 80)).toBe(401)
      }
      expect(await alice.cookie()).toBe(before)
      expect((await show(alice, key.get(await fresh(), { origin }))).status(), 'a right one does').toBe(200)
    },
  )

  test('without a session, or without a passkey, nothing is asked', asvs('7.2.1'), async ({ alice, mallory }) => {
    expect((await challenge(mallory)).status()).toBe(401)
    expect((await challenge(alice)).status()).toBe(401)
    expect(await alice.isSignedIn()).toBe(true)
  })

  /** A passkey made in software, put into the account's rows as the app would have done it. */
  async function keyOf(person: Person, server: Server): Promise<SoftwareAuthenticator> {
    const key = new SoftwareAuthenticator()
    const { user_id: id } = await person.row()
    const challenge = randomBytes(32).toString('base64url')
    const response = key.create({ challenge, rp: { id: 'localhost' }, user: { id } }, { origin: server.origin })
    const made = await verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: server.origin,
      expectedRPID: 'localhost',
    })
    const publicKey = Buffer.from(made.registrationInfo?.credential.publicKey ?? [])
    server.db
      .prepare(
        `insert into passkeys (id, user_id, credential_id, public_key, counter, backup_eligible, backed_up, transports,
           aaguid, name, created_at) values (?, ?, ?, ?, 0, 0, 0, 'usb', '', 'Software key', ?)`,
      )
      .run(randomBytes(16).toString('base64url'), id, key.id, publicKey, Date.now())
    return key
  }
})
