/**
 * # Devices without a browser
 *
 * Threat: somebody sends a code of their own device to somebody else, who types it and lets a stranger in; or tries codes
 * until one is right.
 *
 * Promise: typing a code allows nothing. The page says what asks, shows the code once more, and warns; only then a person
 * says yes; whoever cannot is told why. Codes are few among many, live ten minutes, work once, and tries are counted.
 */
import { asvs, expect, expectClean, test } from './book.ts'
import { call, claimsOf, type Issued, refresh, userInfo } from './oauth.ts'
import type { Person } from './person.ts'
import { type App, register } from './relying-party.ts'
import type { Server } from './server.ts'

interface Waiting {
  readonly device_code: string
  readonly user_code: string
  readonly verification_uri: string
  readonly verification_uri_complete: string
}

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

async function begin(server: Server, app: App, other: Record<string, string> = {}): Promise<Waiting> {
  const answer = await call(server, app, '/oauth/device', { scope: 'openid email', ...other })
  expect(answer.status, answer.body).toBe(200)
  return answer.json<Waiting & Record<string, unknown>>()
}

function ask(server: Server, app: App, { device_code }: Waiting) {
  return call(server, app, '/oauth/token', { grant_type: GRANT, device_code })
}

const device = (server: Server) => register(server, { name: 'Terminal', isPublic: true, device: true })

test(
  'a device is let in by somebody who sees what it asks for',
  asvs('10.7.1', '10.7.2'),
  async ({ alice, server }) => {
    const app = device(server)
    const waiting = await begin(server, app)
    expect(waiting.verification_uri).toBe(`${server.origin}/device`)
    expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'authorization_pending' })

    const { page } = alice
    await page.goto('/device')
    await expectClean(page)
    await page.getByLabel('Code').fill(waiting.user_code.toLowerCase().replace('-', ' '))
    await page.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByRole('heading', { name: 'Let Terminal in?' })).toBeVisible()
    await expect(page.getByText(waiting.user_code)).toBeVisible()
    await expect(page.getByText('they want to get into your account')).toBeVisible()
    await expectClean(page)
    expect((await ask(server, app, waiting)).json(), 'the code alone allows nothing').toMatchObject({
      error: 'authorization_pending',
    })
    await page.getByRole('button', { name: 'Allow' }).click()
    await expect(page.getByRole('heading', { name: 'You can go back to your device' })).toBeVisible()

    const tokens = (await ask(server, app, waiting)).json<Issued & Record<string, unknown>>()
    expect(claimsOf(tokens.id_token)).toMatchObject({ sid: await alice.sessionId(), acr: 'aal1', amr: ['pwd'] })
    expect((await userInfo(server, tokens.access_token)).json()).toMatchObject({ email: alice.email })
    expect((await ask(server, app, waiting)).json(), 'it works once').toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(server, app, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  },
)

test('it goes with the session in which it was let in', asvs('7.4.1'), async ({ alice, server }) => {
  const app = device(server)
  const waiting = await begin(server, app)
  await alice.page.goto(waiting.verification_uri_complete)
  await expect(alice.page.getByLabel('Code')).toHaveValue(waiting.user_code)
  await alice.page.getByRole('button', { name: 'Go on' }).click()
  await alice.page.getByRole('button', { name: 'Allow' }).click()
  await expect(alice.page.getByRole('heading', { name: 'You can go back to your device' })).toBeVisible()
  await alice.signOut()
  expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'invalid_grant' })
})

test('whoever says no lets nobody in', asvs('10.7.1'), async ({ alice, server }) => {
  const app = device(server)
  const waiting = await begin(server, app)
  await alice.page.goto(waiting.verification_uri_complete)
  await alice.page.getByRole('button', { name: 'Go on' }).click()
  await alice.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(alice.page.getByRole('heading', { name: 'Nothing was allowed' })).toBeVisible()
  expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'access_denied' })
})

test(
  'whoever cannot give the proof that a device asks for hears why',
  asvs('10.7.2', '6.3.3'),
  async ({ alice, server }) => {
    const app = device(server)
    const waiting = await begin(server, app, { acr_values: 'aal3' })
    const { page } = alice
    await page.goto(waiting.verification_uri_complete)
    await page.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByRole('heading', { name: 'This takes a stronger proof' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'Add a passkey' })).toBeVisible()
    await expectClean(page)
    expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'authorization_pending' })
    await page.getByRole('button', { name: 'Cancel' }).click()
    await expect(page.getByRole('heading', { name: 'Nothing was allowed' })).toBeVisible()
    expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'access_denied' })
  },
)

test(
  'a device of another account waits for that one, and names it to nobody',
  asvs('10.7.2'),
  async ({ alice, bob, server }) => {
    const app = device(server)
    const goOn = async ({ page }: Person, waiting: Waiting) => {
      await page.goto(waiting.verification_uri_complete)
      await page.getByRole('button', { name: 'Go on' }).click()
    }
    const first = await begin(server, app)
    await goOn(alice, first)
    await alice.page.getByRole('button', { name: 'Allow' }).click()
    await expect(alice.page.getByRole('heading', { name: 'You can go back to your device' })).toBeVisible()
    const { id_token } = (await ask(server, app, first)).json<Issued & Record<string, unknown>>()

    const waiting = await begin(server, app, { id_token_hint: id_token })
    await goOn(bob, waiting)
    await expect(bob.page.getByRole('heading', { name: 'This is for another account' })).toBeVisible()
    expect(await bob.page.content()).not.toContain(alice.email)
    await expectClean(bob.page)
    expect((await ask(server, app, waiting)).json()).toMatchObject({ error: 'authorization_pending' })
    await goOn(alice, waiting)
    await alice.page.getByRole('button', { name: 'Allow' }).click()
    await expect(alice.page.getByRole('heading', { name: 'You can go back to your device' })).toBeVisible()
    expect((await ask(server, app, waiting)).status).toBe(200)
  },
)

test('tries are counted', asvs('6.3.1'), async ({ alice }) => {
  const { page } = alice
  await page.goto('/device')
  const wrong = async () => {
    await page.getByLabel('Code').fill('BBBB-BBBB')
    const answered = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'Go on' }).click()
    await answered
  }
  for (let i = 0; i < 10; i++) await wrong()
  await expect(page.getByText('No device waits with this code')).toBeVisible()
  await wrong()
  await expect(page.getByText(/Too many attempts/)).toBeVisible()
})

test('a right code writes something down, so it counts as well', asvs('6.3.1'), async ({ alice, server }) => {
  const waiting = await begin(server, device(server))
  const { page } = alice
  const right = async () => {
    await page.goto(waiting.verification_uri_complete)
    await page.getByRole('button', { name: 'Go on' }).click()
  }
  for (let i = 0; i < 10; i++) {
    await right()
    await expect(page.getByRole('heading', { name: 'Let Terminal in?' })).toBeVisible()
  }
  await right()
  await expect(page.getByText(/Too many attempts/)).toBeVisible()
})

test('an application that is not for devices gets no code', asvs('10.4.4'), async ({ server }) => {
  const answer = await call(server, register(server), '/oauth/device', { scope: 'openid' })
  expect(answer.status).toBe(400)
  expect(answer.json()).toMatchObject({ error: 'invalid_request' })
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('a device is let in all the same', asvs('10.7.2'), async ({ alice, server }) => {
    const app = device(server)
    const waiting = await begin(server, app)
    const { page } = alice
    await page.goto('/device')
    await page.getByLabel('Code').fill('BBBBBBBB')
    await page.getByRole('button', { name: 'Go on' }).click()
    await expect(page.getByText('No device waits with this code')).toBeVisible()
    await page.getByLabel('Code').fill(waiting.user_code)
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await expect(page.getByRole('heading', { name: 'You can go back to your device' })).toBeVisible()
    expect((await ask(server, app, waiting)).status).toBe(200)
  })
})
