/**
 * # The protocol at level 3
 *
 * Promise: whoever must not be somebody else is served by applications that cannot be anybody else either. Requests are
 * pushed by the application itself, tokens are bound to a key of its own, and nothing outlives the session.
 *
 * Tried, and red: a proof of the key that is good twice.
 */
import { asvs, expect, test } from './book.ts'
import { proofKey } from './dpop.ts'
import { allow, authorizePath, call, type Issued, landing, pkce, redeem, refresh } from './oauth.ts'
import { AT_SHORE, register } from './relying-party.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' } })

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

test(
  'a request is pushed, and its tokens are bound to a key',
  asvs('10.4.13', '10.4.14'),
  async ({ alice, server }) => {
    const app = register(server)
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

test('there is nothing that outlives a session', asvs('10.4.11'), async ({ server }) => {
  const found = await server.request({ path: '/.well-known/openid-configuration' })
  expect(found.json<{ scopes_supported: string[] }>().scopes_supported).not.toContain('offline_access')
})
