/**
 * # API tokens: every kind at every door
 *
 * Threat: enveloping. A thing that was made for one purpose is shown where another one is asked for: an ID token at the API,
 * a refresh token as an access token, an access token in the cookie.
 *
 * Promise: of the whole square only the diagonal opens. The things are real: issued by the app itself, to applications that
 * were let in.
 */
import { ask, type LinkedApp, mint } from './access-tokens.ts'
import { asvs, expect, type Person, test } from './book.ts'
import { claimsOf, codeFor, issued, type Pkce, pkce, redeem, refresh, userInfo } from './oauth.ts'
import { type App, AT_SHORE, register } from './relying-party.ts'
import type { Server } from './server.ts'

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

/** Something that opens a door, and what is needed to try it at those of the protocol. */
interface Thing {
  readonly value: string
  /** Whose it is: a foreign application would be refused for that alone. */
  readonly app: App
  readonly pkce: Pkce
}

const DOORS = {
  'the session cookie': async (server, { value }) => {
    const headers = { cookie: `__Host-session=${value}` }
    return (await server.request({ path: '/api/session', headers })).status === 200
  },
  'an API token': async (server, { value }) => (await ask(server, value)).status === 200,
  'an access token for userinfo': async (server, { value }) => (await userInfo(server, value)).status === 200,
  'a refresh token': async (server, { value, app }) => (await refresh(server, app, value)).status === 200,
  'a code': async (server, { value, app, pkce: proof }) => (await redeem(server, app, value, proof)).status === 200,
} as const satisfies Record<string, (server: Server, thing: Thing) => Promise<boolean>>

type Kind = keyof typeof DOORS

const SCOPE = 'openid profile sessions:read sessions:end'

/** The person lets three applications in; between them they hold one of each kind. */
async function things(server: Server, alice: Person): Promise<Readonly<Record<Kind | string, Thing>>> {
  const [one, two, three] = ['Lighthouse', 'Harbour', 'Pier'].map((name) => register(server, { name })) as [
    App,
    App,
    App,
  ]
  const forApi = await issued(server, alice, one, { resource: `${server.origin}/api`, scope: SCOPE })
  const forUserinfo = await issued(server, alice, two)
  const proof = pkce()
  const code = await codeFor(alice, three, proof)
  const { gid: grantId, sid: sessionId, sub: userId, client_id: clientId, scope } = claimsOf(forApi.access_token)
  const linked = { grantId, sessionId, userId, clientId, scope } as unknown as LinkedApp
  const held = (value: string, app: App): Thing => ({ value, app, pkce: proof })
  return {
    'the session cookie': held((await alice.cookie()) ?? '', one),
    'an API token': held(forApi.access_token, one),
    'an ID token': held(forApi.id_token, one),
    'a logout token': held(mint(server, linked, { header: { typ: 'logout+jwt' } }), one),
    'the session’s id': held(linked.sessionId, one),
    'the grant’s id': held(linked.grantId, one),
    'an access token for userinfo': held(forUserinfo.access_token, two),
    'a refresh token': held(forApi.refresh_token, one),
    'a code': held(code, three),
  }
}

test(
  'each kind opens its own door, and no other',
  asvs('9.2.2', 'FLUID-R357.3.5.3-envelop', 'ASVS4-3.5.3', 'WSTG-SESS-08'),
  async ({ alice, server }) => {
    const all = await things(server, alice)
    for (const [kind, thing] of Object.entries(all))
      for (const [door, opens] of Object.entries(DOORS))
        if (kind !== door) expect(await opens(server, thing), `${kind} as ${door}`).toBe(false)
    for (const kind of Object.keys(DOORS) as Kind[])
      expect(await DOORS[kind](server, all[kind] as Thing), `${kind}, last of all`).toBe(true)
  },
)

test(
  'a session that is ended on Active sessions takes its application’s tokens along, at once',
  asvs('7.4.1', '7.5.2', 'ASVS4-3.5.1'),
  async ({ alice, server }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.begin()
    const app = register(server)
    const tokens = await issued(server, phone, app, { resource: `${server.origin}/api`, scope: SCOPE })
    expect((await ask(server, tokens.access_token)).status).toBe(200)
    await alice.openSessions()
    await alice.page.getByRole('button', { name: /^Sign out Safari on iOS/ }).click()
    await alice.page.getByRole('dialog').getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(alice.page.getByText(/Safari on iOS is signed out\./)).toBeVisible()
    expect((await ask(server, tokens.access_token)).status).toBe(401)
    expect((await refresh(server, app, tokens.refresh_token)).status).toBe(400)
  },
)

test('an issued token says no more than it has to', asvs('9.2.4', '10.3.1'), async ({ alice, server }) => {
  const resource = `${server.origin}/api`
  const { access_token: token } = await issued(server, alice, register(server), { resource, scope: SCOPE })
  const claims = claimsOf(token)
  expect(Object.keys(claims).sort()).toEqual(
    ['acr', 'aud', 'auth_time', 'client_id', 'exp', 'gid', 'iat', 'iss', 'jti', 'scope', 'sid', 'sub'].sort(),
  )
  expect(claims).toMatchObject({ aud: resource, iss: server.origin, scope: 'sessions:read sessions:end' })
  expect(Number(claims.exp) - Number(claims.iat), 'five minutes').toBe(300)
})
