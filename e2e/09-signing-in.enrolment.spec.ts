/**
 * # Signing in: the first passkey at level 3
 *
 * Threat: where nothing but a passkey is to open an account, an account that has none is opened by less, for good; or a
 * recovery code becomes the way around the passkey.
 *
 * Promise: at level 3 what begins with less than a passkey leads to making one, and opens nothing else on any door. The
 * passkey that was made begins a session at level 3.
 */
import { sendJson } from './api.ts'
import { asvs, expect, expectClean, test } from './book.ts'
import { giveApp, givePasskey, giveRecoveryCodes, SoftPasskey, VirtualAuthenticator } from './factors.ts'
import type { RawAnswer } from './raw.ts'
import { privateApi, privatePages } from './routes.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3' } })

const cookiesOf = ({ cookies }: RawAnswer) => cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

test(
  'a new account makes its passkey, uses it, and comes to where it wanted to go',
  asvs('6.3.3', '7.2.4'),
  async ({ newcomer, server }) => {
    await VirtualAuthenticator.of(newcomer)
    const { page } = newcomer
    await page.goto('/sign-up?returnTo=%2Faccount')
    await page.getByLabel('Name').fill(newcomer.name)
    await page.getByLabel('Email').fill(newcomer.email)
    await page.getByLabel('Password', { exact: true }).fill(newcomer.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await expect(page).toHaveURL('/account/security/enrol?returnTo=%2Faccount')
    await expectClean(page)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Now use your passkey' })).toBeVisible()
    await expectClean(page)
    await page.goto('/account')
    await expect(page, 'made, and not used yet').toHaveURL(/\/account\/security\/enrol/)
    await page.getByRole('button', { name: 'Continue with your passkey' }).click()
    await expect(page).toHaveURL('/account')
    const { session } = await (await newcomer.api.get('/api/session')).json()
    expect(session).toMatchObject({ assuranceLevel: 3 })
    expect(server.sessions(newcomer.email), 'the one before is over').toHaveLength(1)
    const kinds = server.events(newcomer.email).map(({ kind }) => kind)
    expect(kinds).toContain('passkey-added')
  },
)

test('until then nothing else opens, on no door', asvs('6.3.3', 'WSTG-ATHZ-02'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const before = server.fingerprint()
  for (const path of privatePages()) {
    const { status, headers, body } = await server.request({ path, headers: { cookie } })
    expect([status, body.includes(alice.email)], path).toEqual([307, false])
    expect(headers.location, path).toMatch(/^\/account\/security\/enrol/)
  }
  for (const { method, path } of privateApi()) {
    const body = method === 'POST' || method === 'PATCH' ? {} : undefined
    const answer = await sendJson(server, method, path, body, { headers: { cookie } })
    expect(answer.status, `${method} ${path}`).toBe(403)
    if (method !== 'HEAD') expect(answer.json(), path).toMatchObject({ code: 'enrolment_required' })
  }
  expect(server.fingerprint(), 'and nothing has changed').toBe(before)
})

test('signing out works', asvs('7.4.4', '7.4.1'), async ({ alice, server }) => {
  await alice.page.goto('/account')
  await alice.page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
  expect(server.sessions(alice.email)).toEqual([])
})

test(
  'making one takes a fresh proof, asked for in the same form',
  asvs('7.5.1', '7.5.3'),
  async ({ alice, server }) => {
    await VirtualAuthenticator.of(alice)
    const [row] = server.sessions(alice.email)
    server.ageSession(row?.id ?? '', { authenticated: 300 })
    await alice.page.goto('/account')
    await alice.page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(alice.page.getByText('Enter your password to confirm it’s you.').first()).toBeVisible()
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(alice.page.getByRole('heading', { name: 'Now use your passkey' })).toBeVisible()
  },
)

test(
  'whoever has lost the passkey gets in with a recovery code, as far as making another one',
  asvs('6.3.3', '6.4.3'),
  async ({ alice, server }) => {
    giveApp(server, alice)
    givePasskey(server, alice, 'Lost key')
    const [code = ''] = giveRecoveryCodes(server, alice)
    await alice.context.clearCookies()
    server.db.prepare('delete from sessions').run()
    await VirtualAuthenticator.of(alice)
    const { page } = alice
    await page.goto('/sign-in')
    await alice.fillSignIn()
    await page.getByLabel('Recovery code').fill(code)
    await page.getByRole('button', { name: 'Verify' }).click()
    await expect(page).toHaveURL(/\/account\/security\/enrol/)
    await page.getByText('Make another one').click()
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByText('is made. Continue with it.')).toBeVisible()
    await page.getByRole('button', { name: 'Continue with your passkey' }).click()
    await expect(page).toHaveURL('/account/sessions')
  },
)

test(
  'what begins without the passkey puts nobody’s session out, where there is room for one',
  asvs('7.1.2', '6.3.3'),
  async ({ alice, server }) => {
    server.db.prepare('delete from sessions').run()
    const passkey = SoftPasskey.of(server, alice)
    const cookie = cookiesOf(await passkey.signIn(server))
    const [code = ''] = giveRecoveryCodes(server, alice)
    const { email, password } = alice
    const half = await sendJson(server, 'POST', '/api/session', { email, password })
    const shown = { type: 'recovery_code', code }
    const headers = { cookie: cookiesOf(half) }
    const begun = await sendJson(server, 'POST', '/api/session/factor', shown, { headers })
    expect(begun.status, 'and has to ask nobody for room').toBe(201)
    const first = await server.request({ path: '/api/session', headers: { cookie } })
    expect(first.status, 'the owner is where they were').toBe(200)
    expect(server.sessions(email)).toHaveLength(2)
    expect((await passkey.signIn(server)).status, 'with the passkey there is no room').toBe(409)
  },
)

test('a passkey shown before is the whole way', asvs('6.3.3'), async ({ alice, server }) => {
  server.db.prepare('delete from sessions').run()
  const begun = await SoftPasskey.of(server, alice).signIn(server)
  expect(begun.status).toBe(201)
  const page = await server.request({ path: '/account', headers: { cookie: cookiesOf(begun) } })
  expect(page.status).toBe(200)
  const enrol = await server.request({ path: '/account/security/enrol', headers: { cookie: cookiesOf(begun) } })
  expect([enrol.status, enrol.headers.location], 'and has no need of it').toEqual([307, '/account/security'])
})
