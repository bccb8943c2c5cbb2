/**
 * # The protocol at level 3
 *
 * Promise: whoever must not be somebody else is served by applications that cannot be anybody else either. One on a server
 * proves itself by a key that it alone has, requests are pushed by the application itself, tokens are bound to a key, and
 * nothing outlives the session.
 *
 * Tried, and red: a proof of the key that is good twice; a secret that is still taken.
 */

import { asvs, expect, test } from './book.ts'
import { clientKey } from './client-key.ts'
import { proofKey } from './dpop.ts'
import { allow, authorizePath, call, type Issued, landing, pkce, redeem, refresh } from './oauth.ts'
import { AT_SHORE, register } from './relying-party.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' } })

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

test(
  'a request is pushed, and its tokens are bound to a key',
  asvs('10.4.13', '10.4.14', '10.4.16'),
  async ({ alice, server }) => {
    const app = register(server, { key: await clientKey() })
    const proof = pkce()
    const methods = JSON.stringify([['hwk', Date.now()]])
    server.db
      .prepare('update sessions set authentications = ? where user_id = (select id from users where email = ?)')
      .run(methods, alice.email)

    const open = await server.request({
      path: authorizePath(app, proof),
      headers: { cookie: await alice.cookieHeader() },
    })
    expect(new URL(open.headers.location ?? '').searchParams.get('error'), 'not pushed').toBe('invalid_request')

    const params = Object.fromEntries(new URLSearchParams(authorizePath(app, proof).split('?')[1]))
    const pushed = await call(server, app, '/oauth/par', params)
    const { request_uri = '' } = pushed.json<Record<string, string>>()
    const landed = landing(alice, app)
    await alice.page.goto(`/oauth/authorize?${new URLSearchParams({ client_id: app.id, request_uri })}`)
    await allow(alice, app)
    const code = (await landed()).searchParams.get('code') ?? ''

    const url = `${server.origin}/oauth/token`
    const [key, other] = [await proofKey(), await proofKey()]
    const bare = await redeem(server, app, code, proof)
    expect(bare.status, 'without a key').toBe(400)
    expect(bare.json()).toMatchObject({ error: 'invalid_grant' })
    const dpop = await key.proof('POST', url)
    const bound = await redeem(server, app, code, proof, {}, { dpop })
    expect(bound.status, bound.body).toBe(200)
    const tokens = bound.json<Issued & Record<string, unknown>>()
    expect(tokens.token_type).toBe('DPoP')

    const userInfo = (proven: string | null, scheme = 'DPoP') =>
      server.request({
        path: '/oauth/userinfo',
        headers: { authorization: `${scheme} ${tokens.access_token}`, ...(proven !== null && { dpop: proven }) },
      })
    const there = `${server.origin}/oauth/userinfo`
    expect((await userInfo(await key.proof('GET', there, tokens.access_token))).status).toBe(200)
    expect((await userInfo(await other.proof('GET', there, tokens.access_token))).status, 'of another key').toBe(401)
    expect((await userInfo(null, 'Bearer')).status, 'as if anybody could bear it').toBe(401)
    const once = await key.proof('GET', there, tokens.access_token)
    expect((await userInfo(once)).status).toBe(200)
    expect((await userInfo(once)).status, 'a proof is good once').toBe(401)

    expect((await refresh(server, app, tokens.refresh_token)).status, 'a refresh without a key').toBe(400)
    const again = await refresh(server, app, tokens.refresh_token, {}, { dpop: await key.proof('POST', url) })
    expect(again.status, again.body).toBe(200)
  },
)

test('an application with a secret is nobody', asvs('10.4.16'), async ({ alice, server }) => {
  const [app, keyed] = [register(server, { device: true }), register(server, { key: await clientKey(), device: true })]
  const found = (await server.request({ path: '/.well-known/openid-configuration' })).json<Record<string, string[]>>()
  expect(found.token_endpoint_auth_methods_supported).toEqual(['private_key_jwt', 'none'])

  const params = Object.fromEntries(new URLSearchParams(authorizePath(app, pkce()).split('?')[1]))
  const artifacts = () => server.db.prepare('select * from artifacts').all()
  const before = artifacts()
  const inBody = { ...app, secret: null }
  const token = { grant_type: 'refresh_token', refresh_token: 'nothing' }
  for (const [path, form] of [
    ['/oauth/token', token],
    ['/oauth/par', params],
    ['/oauth/device', { scope: 'openid' }],
    ['/oauth/introspect', { token: 'nothing' }],
    ['/oauth/revoke', { token: 'nothing' }],
  ] as const) {
    for (const answer of [
      await call(server, app, path, form),
      await call(server, inBody, path, { ...form, client_secret: app.secret ?? '' }),
      await call(server, inBody, path, form),
    ]) {
      expect(answer.status, `${path}: ${answer.body}`).toBe(401)
      expect(answer.json(), path).toMatchObject({ error: 'invalid_client' })
    }
  }
  expect(artifacts()).toEqual(before)
  const headers = { cookie: await alice.cookieHeader() }
  const asked = await server.request({ path: authorizePath(app, pkce()), headers })
  expect(asked.headers.location, 'nor is a person asked for it').toBe(`${server.origin}/request-problem?because=client`)
  expect((await call(server, keyed, '/oauth/introspect', { token: 'nothing' })).status).toBe(200)
})

test('there is nothing that outlives a session', asvs('10.4.11'), async ({ server }) => {
  const found = await server.request({ path: '/.well-known/openid-configuration' })
  expect(found.json<{ scopes_supported: string[] }>().scopes_supported).not.toContain('offline_access')
})
