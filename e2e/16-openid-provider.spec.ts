/**
 * # An application signs people in through Signet
 *
 * Threat: an application gets in without anybody having let it, or learns of a proof of identity that nobody gave; what
 * it was given outlives the session that it was given in.
 *
 * Promise: nothing is given without a person’s act in the very session that it hangs on. `auth_time`, `acr`, `amr` and
 * `sid` say what is in the row, and what ends the session ends code, refresh token and access token with it, at once.
 *
 * The application here is a process of its own on another site (`examples/relying-party`), which knows nothing of Signet
 * but its address.
 *
 * Tried, and red: a grant of another session taken for one of this; tokens of a locked session; codes of a grant that
 * outlives its session; a demand that is not looked at when the answer is picked up; an app on a device let in twice by
 * one yes.
 */
import type { Page } from '@playwright/test'
import { asvs, test as book, expect, expectClean } from './book.ts'
import { clientKey } from './client-key.ts'
import { giveApp } from './factors.ts'
import {
  allow,
  authorizePath,
  claimsOf,
  codeFor,
  type Issued,
  issued,
  landing,
  pkce,
  redeem,
  refresh,
  userInfo,
} from './oauth.ts'
import { type App, AT_SHORE, type RelyingParty, register, SHORE, startRelyingParty } from './relying-party.ts'
import type { Server } from './server.ts'

const test = book.extend<{ readonly example: RelyingParty }>({
  example: async ({ server, guard }, use) => {
    const example = await startRelyingParty(server, guard)
    await use(example)
    await example.stop()
  },
})

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

test(
  'what there is stands in the metadata, and is all there is',
  asvs('RFC8414-metadata', '10.4.4'),
  async ({ server }) => {
    const found = await server.request({ path: '/.well-known/openid-configuration' })
    expect(found.status).toBe(200)
    const { origin } = server
    expect(found.json()).toMatchObject({
      issuer: origin,
      authorization_endpoint: `${origin}/oauth/authorize`,
      token_endpoint: `${origin}/oauth/token`,
      jwks_uri: `${origin}/oauth/jwks`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    })
    expect(found.json<{ grant_types_supported: string[] }>().grant_types_supported.sort()).toEqual([
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:device_code',
    ])
    expect(found.json()).not.toHaveProperty('registration_endpoint')
    const oauth = await server.request({ path: '/.well-known/oauth-authorization-server' })
    expect(oauth.json()).toEqual(found.json())
  },
)

test('the keys that are published are public', asvs('10.4.4'), async ({ server }) => {
  const { keys } = (await server.request({ path: '/oauth/jwks' })).json<{ keys: Record<string, string>[] }>()
  expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'EdDSA'])
  for (const key of keys) expect(key).not.toHaveProperty('d')
})

test(
  'somebody signs in, lets the application in, and it learns what they let it learn',
  asvs('10.7.2', 'ASVS4-3.6.2'),
  async ({ newcomer, example, server }) => {
    const { page } = newcomer
    await newcomer.haveAccount()
    await newcomer.signOut()

    await page.goto(`${example.origin}/sign-in`)
    await expect(page).toHaveURL(/\/sign-in\?returnTo=/)
    await newcomer.fillSignIn()

    await expect(page.getByRole('heading', { name: `Let ${example.app.name} in?` })).toBeVisible()
    await expect(page.getByText(newcomer.email)).toBeVisible()
    await expect(page.getByRole('main').getByRole('listitem')).toHaveText([
      'Know that it is you, by a number that is yours alone',
      'See your name',
      'See your email address',
    ])
    await expect(page.getByText('12 hours at the latest')).toBeVisible()
    await expect(page.getByText(new URL(example.origin).host)).toBeVisible()
    await expectClean(page)
    await page.getByRole('button', { name: 'Allow' }).click()

    await expect(page).toHaveURL(`${example.origin}/`)
    const row = server.sessions(newcomer.email)[0]
    await expect(page.getByText(`Signed in as ${row?.user_id}.`)).toBeVisible()
    await expect(fact(page, 'sid')).toHaveText(row?.id ?? '')
    await expect(fact(page, 'auth_time')).toHaveText(String(Math.floor((row?.lifetime_from ?? 0) / 1000)))
    await expect(fact(page, 'acr')).toHaveText('aal1')
    await expect(fact(page, 'amr')).toHaveText('pwd')

    await page.getByRole('link', { name: 'Who am I?' }).click()
    await expect(page.locator('pre')).toContainText(newcomer.email)
    await expect(page.locator('pre')).toContainText(newcomer.name)
    expect(server.events(newcomer.email).map(({ kind }) => kind)).toContain('app-linked')
  },
)

test(
  'the application believes no answer of another provider, nor to another request',
  asvs('RFC9207-iss'),
  async ({ alice, example, server, guard }) => {
    guard.allow(/status of 400 .*\/callback/)
    const { page } = alice
    for (const wrong of [{ iss: 'http://evil.example' }, { iss: null }, { state: 'another' }, { code: 'another' }]) {
      const sent = page.waitForRequest((request) => request.url().includes('/oauth/authorize?'))
      await page.goto(`${example.origin}/sign-in`)
      const state = new URL((await sent).url()).searchParams.get('state') ?? ''
      const answer = Object.entries({ code: 'x', state, iss: server.origin, ...wrong }).filter(
        ([, value]) => value !== null,
      )
      await page.goto(`${example.origin}/callback?${new URLSearchParams(answer as [string, string][])}`)
      await expect(page.getByRole('heading', { name: 'That did not work' })).toBeVisible()
      await page.goto(`${example.origin}/`)
      await expect(page.getByText('You are not signed in.')).toBeVisible()
    }
  },
)

test('nothing of the library’s own cookies reaches the browser', asvs('3.3.1'), async ({ alice, server }) => {
  const app = register(server)
  await issued(server, alice, app)
  const names = (await alice.context.cookies()).map(({ name }) => name)
  expect(names.sort()).toEqual(['__Host-browser', '__Host-session', '__Host-sign-in'])
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('the way there and back is the same', asvs('10.7.2'), async ({ alice, example }) => {
    await alice.page.goto(`${example.origin}/sign-in`)
    await allow(alice, example.app)
    await expect(alice.page).toHaveURL(`${example.origin}/`)
    await expect(alice.page.getByText('Signed in as')).toBeVisible()
  })
})

test('whoever says no goes back with nothing', asvs('7.6.2', 'RFC9207-iss'), async ({ alice, server }) => {
  const app = register(server)
  const landed = landing(alice, app)
  await alice.page.goto(authorizePath(app, pkce()))
  await alice.page.getByRole('button', { name: 'Cancel' }).click()
  expect(Object.fromEntries((await landed()).searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'as it was sent',
    iss: server.origin,
  })
  expect(grants(server, app)).toEqual([])
})

test(
  'in one session the same is asked once; more is asked anew',
  asvs('10.7.1', '7.6.2'),
  async ({ alice, server }) => {
    const app = register(server)
    await codeFor(alice, app, pkce(), { scope: 'openid' })
    const landed = landing(alice, app)
    await alice.page.goto(authorizePath(app, pkce(), { scope: 'openid' }))
    expect((await landed()).searchParams.get('code'), 'it goes through').toBeTruthy()
    await alice.page.goto(authorizePath(app, pkce(), { scope: 'openid email' }))
    await expect(alice.page.getByText('See your email address')).toBeVisible()
    await alice.page.goto(authorizePath(app, pkce(), { scope: 'openid', prompt: 'consent' }))
    await expect(alice.page.getByRole('button', { name: 'Allow' })).toBeVisible()
  },
)

test('in another session of the same person it is asked anew', asvs('10.7.1', '7.6.2'), async ({ alice, server }) => {
  const app = register(server)
  await codeFor(alice, app, pkce())
  const elsewhere = await alice.anotherBrowser()
  await elsewhere.begin()
  await elsewhere.page.goto(authorizePath(app, pkce()))
  await expect(elsewhere.page.getByRole('button', { name: 'Allow' })).toBeVisible()
})

test(
  'an application that proves itself by a key is like one with a secret',
  asvs('10.7.1'),
  async ({ alice, server }) => {
    for (const wanted of [{}, { key: await clientKey() }]) {
      const app = register(server, wanted)
      await codeFor(alice, app, pkce())
      for (const prompt of [undefined, 'login']) {
        const landed = landing(alice, app)
        await alice.page.goto(authorizePath(app, pkce(), { prompt }))
        if (prompt) {
          await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
          await alice.page.getByRole('button', { name: 'Confirm' }).click()
        }
        const answer = await landed()
        expect(answer.searchParams.get('code'), 'nobody else can be it: what was allowed is allowed').toBeTruthy()
      }
    }
  },
)

for (const redirectUri of ['com.example.calendar:/callback', `${SHORE}/callback`]) {
  test(
    `an app that anybody could pass themselves off as asks each time: ${new URL(redirectUri).protocol}`,
    asvs('10.7.1'),
    async ({ alice, server }) => {
      const app = register(server, { isPublic: true, redirectUri })
      const path = authorizePath(app, pkce())
      await alice.page.goto(path)
      await allow(alice, app)
      await expect.poll(() => grants(server, app).length).toBe(1)
      const cookie = await alice.cookieHeader()
      const again = await server.request({ path, headers: { cookie } })
      expect(again.headers.location).toContain('/authorize/')
      const silent = await server.request({ path: `${path}&prompt=none`, headers: { cookie } })
      expect(silent.headers.location).toContain(`${redirectUri}?error=interaction_required`)
    },
  )
}

test(
  'prompt=none shows nothing, and says what would be needed',
  asvs('OIDC-CORE-prompt-none'),
  async ({ alice, mallory, server }) => {
    const app = register(server)
    const path = authorizePath(app, pkce(), { prompt: 'none' })
    const silent = async (cookie: string) => {
      const answer = await server.request({ path, headers: { cookie } })
      expect(answer.status).toBe(303)
      return Object.fromEntries(new URL(answer.headers.location ?? '').searchParams)
    }
    expect(await silent(await mallory.cookieHeader())).toMatchObject({ error: 'login_required', iss: server.origin })
    expect(await silent(await alice.cookieHeader())).toMatchObject({ error: 'consent_required', iss: server.origin })
    await codeFor(alice, app, pkce())
    expect(await silent(await alice.cookieHeader())).toMatchObject({ code: expect.any(String), iss: server.origin })
  },
)

for (const [what, wish] of [
  ['a demanded age', { max_age: '600' }],
  ['prompt=login', { prompt: 'login' }],
  ['an age of nothing', { max_age: '0' }],
] as const) {
  test(
    `${what} is met by showing anew who it is`,
    asvs('ASVS4-3.6.1', 'OIDC-CORE-prompt-login', '7.6.1'),
    async ({ alice, server }) => {
      const app = register(server)
      const session = await alice.row()
      server.ageSession(session.id, { began: 3600, authenticated: 3600 })
      const before = Math.floor((await alice.row()).lifetime_from / 1000)
      const proof = pkce()
      const landed = landing(alice, app)
      await alice.page.goto(authorizePath(app, proof, wish))
      await expect(alice.page.getByRole('heading', { name: "Confirm it's you" })).toBeVisible()
      await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
      await alice.page.getByRole('button', { name: 'Confirm' }).click()
      await allow(alice, app)
      const tokens = await redeem(server, app, (await landed()).searchParams.get('code') ?? '', proof)
      const { auth_time, sid } = claimsOf(tokens.json<Issued & Record<string, unknown>>().id_token)
      expect(auth_time).toBe(Math.floor((await alice.row()).lifetime_from / 1000))
      expect(Number(auth_time) - before).toBeGreaterThanOrEqual(3600)
      expect(sid, 'it is the same session').toBe(session.id)
    },
  )
}

test(
  'a demand cannot be got around by coming back without it',
  asvs('OIDC-CORE-prompt-login'),
  async ({ alice, server }) => {
    const app = register(server)
    await codeFor(alice, app, pkce())
    server.ageSession(await alice.sessionId(), { began: 3600, authenticated: 3600 })
    await alice.page.goto(authorizePath(app, pkce(), { prompt: 'login' }))
    await expect(alice.page).toHaveURL(/\/reauthenticate/)
    const id = new URL(alice.page.url()).searchParams.get('returnTo')?.split('/').at(-1)
    // Straight to where the answer would come from, past the page that asks.
    const cookie = await alice.cookieHeader()
    const answer = await server.request({ path: `/oauth/authorize/${id}`, headers: { cookie } })
    expect(answer.headers.location).toMatch(/^http:\/\/localhost:\d+\/authorize\//)
  },
)

test(
  'a level that the account cannot reach is refused, one that it has is not asked for',
  asvs('ASVS4-3.6.1'),
  async ({ alice, server }) => {
    const app = register(server)
    const landed = landing(alice, app)
    await alice.page.goto(authorizePath(app, pkce(), { acr_values: 'aal2 aal3' }))
    expect((await landed()).searchParams.get('error')).toBe('unmet_authentication_requirements')
    await alice.page.goto(authorizePath(app, pkce(), { acr_values: 'aal3 aal1' }))
    await expect(alice.page.getByRole('button', { name: 'Allow' })).toBeVisible()
  },
)

test(
  'a level that the account can reach is asked for, and told',
  asvs('ASVS4-3.6.1', '7.6.1'),
  async ({ alice, server }) => {
    const app = register(server)
    const authenticator = giveApp(server, alice)
    const proof = pkce()
    const landed = landing(alice, app)
    await alice.page.goto(authorizePath(app, proof, { acr_values: 'aal2' }))
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByLabel('Authentication code').fill(authenticator.code())
    await alice.page.getByRole('button', { name: 'Confirm' }).click()
    await allow(alice, app)
    const tokens = await redeem(server, app, (await landed()).searchParams.get('code') ?? '', proof)
    const { acr, amr } = claimsOf(tokens.json<Issued & Record<string, unknown>>().id_token)
    expect({ acr, amr }).toEqual({ acr: 'aal2', amr: ['pwd', 'otp'] })
  },
)

test(
  'no refresh moves the time at which the person was there',
  asvs('OIDC-CORE-authtime-refresh'),
  async ({ alice, server }) => {
    const app = register(server)
    const tokens = await issued(server, alice, app)
    const first = claimsOf(tokens.id_token)
    server.ageSession(await alice.sessionId(), { began: -5 })
    const again = (await refresh(server, app, tokens.refresh_token)).json<Issued & Record<string, unknown>>()
    expect(claimsOf(again.id_token)).toMatchObject({ auth_time: first.auth_time, acr: first.acr, sid: first.sid })
  },
)

test(
  'what ends the session ends code, refresh token and access token',
  asvs('7.4.1', '10.4.9'),
  async ({ alice, server }) => {
    const app = register(server)
    const tokens = await issued(server, alice, app)
    const proof = pkce()
    const landed = landing(alice, app)
    await alice.page.goto(authorizePath(app, proof))
    const code = (await landed()).searchParams.get('code') ?? ''
    expect((await userInfo(server, tokens.access_token)).status).toBe(200)

    await alice.signOut()
    expect((await userInfo(server, tokens.access_token)).status).toBe(401)
    expect((await redeem(server, app, code, proof)).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(server, app, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  },
)

test(
  'what was let stay goes on without the session, and its codes do not',
  asvs('7.6.1'),
  async ({ alice, server }) => {
    const app = register(server)
    const wish = { scope: 'openid offline_access', prompt: 'consent' }
    const tokens = await issued(server, alice, app, wish)
    const [other, proof] = [register(server), pkce()]
    const code = await codeFor(alice, other, proof, wish)
    await alice.signOut()
    expect((await redeem(server, other, code, proof)).json()).toMatchObject({ error: 'invalid_grant' })
    expect((await refresh(server, app, tokens.refresh_token)).status).toBe(200)
  },
)

test('while a session is locked, nobody acts in its name', asvs('7.3.1'), async ({ alice, server }) => {
  const app = register(server)
  const tokens = await issued(server, alice, app)
  server.ageSession(await alice.sessionId(), { lastActive: 16 * 60 })
  expect((await userInfo(server, tokens.access_token)).status).toBe(401)
  expect((await refresh(server, app, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
})

function fact(page: Page, name: string) {
  return page.locator(`dt:text-is("${name}") + dd`)
}

function grants(server: Server, { id }: App): unknown[] {
  return server.db.prepare('select * from grants where client_id = ?').all(id)
}
