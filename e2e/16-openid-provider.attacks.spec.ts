/**
 * # The protocol under attack
 *
 * Threat: an answer goes where it should not, is used twice, by somebody else, or for more than it was given for; a
 * request is answered by somebody who was not asked; what a request says of itself is believed.
 *
 * Promise: each of these is refused in the protocol’s own words, and what was there stays as it was. Nothing is ever sent
 * to an address that the application has not registered.
 *
 * Tried, and red: an address that begins like a registered one; a secret that nobody compares; a scope of the API that
 * nobody has registered; a request that is answered under another sign-in; an answer as a form that sends itself; a request
 * that goes on for each of ten visits at once, or for whoever signs in; a form that is sent on in the address.
 */
import { asvs, expect, startServer, test } from './book.ts'
import { pressed } from './half-open.ts'
import { authorizePath, call, codeFor, issued, landing, pkce, redeem, refresh, userInfo } from './oauth.ts'
import { type App, AT_SHORE, register, SHORE } from './relying-party.ts'
import type { Server } from './server.ts'
import { actionNamed } from './surface.ts'

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

function held(server: Server): string {
  const rows = ['grants', 'artifacts', 'sessions'].map((table) => server.db.prepare(`select * from ${table}`).all())
  return JSON.stringify(rows)
}

for (const [what, uri] of [
  ['a longer path', `${SHORE}/callback/more`],
  ['an end more', `${SHORE}/callback/`],
  ['a query', `${SHORE}/callback?next=1`],
  ['another case', `${SHORE}/Callback`],
  ['another port', 'http://127.0.0.1:10/callback'],
  ['another host', `${SHORE}.evil.example/callback`],
  ['somebody before the host', `${SHORE.replace('//', '//evil@')}/callback`],
  ['an encoded letter', `${SHORE}/%63allback`],
  ['a fragment', `${SHORE}/callback#there`],
  ['a script', 'javascript:alert(1)'],
] as const) {
  test(`an address with ${what} is sent nothing`, asvs('10.4.1', '3.7.2'), async ({ alice, server }) => {
    const app = register(server)
    const path = authorizePath(app, pkce(), { redirect_uri: uri })
    const answer = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe(`${server.origin}/request-problem?because=address`)
  })
}

test('an error goes to no address that is not registered either', asvs('10.4.1', '3.7.2'), async ({ server }) => {
  const app = register(server)
  const wrong = { redirect_uri: 'http://evil.example/', prompt: 'none', response_type: 'token' }
  const { headers } = await server.request({ path: authorizePath(app, pkce(), wrong) })
  expect(headers.location).toBe(`${server.origin}/request-problem?because=address`)
})

test('a request of nobody is told to the person alone', asvs('10.4.1', '3.7.2'), async ({ alice, server }) => {
  const nobody: App = { ...register(server), id: 'nobody' }
  await alice.page.goto(authorizePath(nobody, pkce()))
  await expect(alice.page.getByRole('heading', { name: 'This request cannot be answered' })).toBeVisible()
  await expect(alice.page.getByText('is not registered with Signet')).toBeVisible()
  await alice.page.goto('/request-problem?because=%3Cb%3Eanything')
  await expect(alice.page.getByText('something that Signet cannot answer')).toBeVisible()
})

for (const [what, wish, error] of [
  ['without a challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['with a plain one', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['with a method left out', { code_challenge_method: undefined }, 'invalid_request'],
] as const) {
  test(`a request ${what} is refused`, asvs('10.4.6'), async ({ alice, server }) => {
    const app = register(server)
    const path = authorizePath(app, pkce(), wish)
    const answer = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    const back = new URL(answer.headers.location ?? '')
    expect(back.href).toContain(app.redirectUri)
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ error, iss: server.origin })
  })
}

for (const [what, wish, error] of [
  ['a token at once', { response_type: 'token' }, 'error=invalid_request'],
  ['an ID token at once', { response_type: 'id_token', nonce: 'n' }, 'error=invalid_request'],
  ['both ways', { response_type: 'code id_token', nonce: 'n' }, 'error=invalid_request'],
  ['its answer in a fragment', { response_mode: 'fragment' }, 'error=invalid_request'],
  ['its answer in a form', { response_mode: 'form_post' }, 'because=request'],
  ['a request of its own', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['another resource', { resource: 'https://evil.example/api' }, 'invalid_target'],
] as const) {
  test(`nobody gets ${what}`, asvs('10.4.4', '10.4.12', '10.6.1'), async ({ alice, server }) => {
    const app = register(server)
    const before = held(server)
    const path = authorizePath(app, pkce(), wish)
    const answer = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    expect(`${answer.headers.location ?? ''}${answer.body}`).toContain(error)
    expect(held(server)).toBe(before)
  })
}

test('no other grant is there to be asked for', asvs('10.4.4'), async ({ alice, server }) => {
  const app = register(server)
  const { email: username, password } = alice
  for (const form of [
    { grant_type: 'password', username, password },
    { grant_type: 'client_credentials' },
    { grant_type: 'implicit' },
  ]) {
    const answer = await call(server, app, '/oauth/token', form)
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: 'unsupported_grant_type' })
  }
})

test('a scope that the application is not registered for is refused', asvs('10.4.11'), async ({ alice, server }) => {
  const app = register(server, { scope: 'openid' })
  const resource = `${server.origin}/api`
  for (const wish of [{ scope: 'openid email' }, { scope: 'openid sessions:end', resource }]) {
    const path = authorizePath(app, pkce(), wish)
    const answer = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    expect(new URL(answer.headers.location ?? '').searchParams.get('error')).toBe('invalid_scope')
  }
})

test('a code is worth nothing without what began it', asvs('10.4.6', '10.4.10'), async ({ alice, server }) => {
  const [app, other] = [register(server), register(server)]
  const proof = pkce()
  const code = await codeFor(alice, app, proof)
  const wrong = [
    await redeem(server, app, code, pkce()),
    await redeem(server, app, code, proof, { code_verifier: '' }),
    await redeem(server, app, code, proof, { code_verifier: proof.challenge }),
    await redeem(server, app, code, proof, { redirect_uri: SHORE }),
    await redeem(server, other, code, proof),
  ]
  for (const answer of wrong) expect(answer.json()).toMatchObject({ error: 'invalid_grant' })
  const guessed = await redeem(server, { ...app, secret: other.secret }, code, proof)
  expect(guessed.status).toBe(401)
  expect(guessed.json()).toMatchObject({ error: 'invalid_client' })
  const none = await redeem(server, { ...app, secret: null }, code, proof)
  expect(none.json()).toMatchObject({ error: 'invalid_client' })
  expect((await redeem(server, app, code, proof)).status, 'strangers have not used it up').toBe(200)
})

test('a code that comes twice takes along what came of it', asvs('10.4.2'), async ({ alice, server }) => {
  const app = register(server)
  const proof = pkce()
  const code = await codeFor(alice, app, proof)
  const tokens = (await redeem(server, app, code, proof)).json<Record<string, string>>()
  expect((await redeem(server, app, code, proof)).json()).toMatchObject({ error: 'invalid_grant' })
  expect((await userInfo(server, tokens.access_token ?? '')).status).toBe(401)
  expect((await refresh(server, app, tokens.refresh_token ?? '')).json()).toMatchObject({ error: 'invalid_grant' })
})

test('of fifty at once one is the first', asvs('10.4.2', '15.4.2'), async ({ alice, server }) => {
  const app = register(server)
  const proof = pkce()
  const code = await codeFor(alice, app, proof)
  const all = await Promise.all(Array.from({ length: 50 }, () => redeem(server, app, code, proof)))
  expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
  for (const { status, body } of all) if (status !== 200) expect(JSON.parse(body).error).toBe('invalid_grant')
})

test(
  'two processes go on with what the other has begun, and never both succeed',
  asvs('10.4.2', '15.4.2'),
  async ({ alice, server }) => {
    const beside = await startServer({ DATA_DIR: server.dataDir, APP_ORIGIN: server.origin })
    const app = register(server)
    const proof = pkce()
    const code = await codeFor(alice, app, proof)
    const host = new URL(server.origin).host
    const all = await Promise.all(
      [server, beside, server, beside, server, beside].map((each) => redeem(each, app, code, proof, {}, { host })),
    )
    expect(all.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    const second = await issued(server, alice, app, { prompt: 'consent' })
    const next = await refresh(beside, app, second.refresh_token, {}, { host })
    expect(next.status, next.body).toBe(200)
    expect((await userInfo(server, next.json<{ access_token: string }>().access_token)).status).toBe(200)
    await beside.stop()
  },
)

test('a code lives a minute', asvs('10.4.3'), async ({ alice, server }) => {
  const app = register(server)
  const proof = pkce()
  const code = await codeFor(alice, app, proof)
  const { lifetime } = server.db
    .prepare(`select expires_at - :now as lifetime from artifacts where kind = 'AuthorizationCode' order by rowid desc`)
    .get({ now: Date.now() }) as { lifetime: number }
  expect(lifetime).toBeLessThanOrEqual(60_000)
  server.db.prepare(`update artifacts set expires_at = expires_at - 60000 where kind = 'AuthorizationCode'`).run()
  expect((await redeem(server, app, code, proof)).json()).toMatchObject({ error: 'invalid_grant' })
})

test(
  'a request is answered in the browser in which it began, and by whoever is signed in there',
  asvs('7.6.2', '10.4.2'),
  async ({ alice, bob, server }) => {
    const app = register(server)
    await alice.page.goto(authorizePath(app, pkce()))
    await expect(alice.page.getByRole('button', { name: 'Allow' })).toBeVisible()
    const id = new URL(alice.page.url()).pathname.split('/').at(-1)

    await bob.page.goto(`/authorize/${id}`)
    await expect(bob.page.getByRole('heading', { name: 'This request is over' })).toBeVisible()
    const picked = await server.request({
      path: `/oauth/authorize/${id}`,
      headers: { cookie: await bob.cookieHeader() },
    })
    expect(picked.headers.location).toContain('because=over')

    // Somebody else signs in where the request waits.
    await alice.page.goto('/account')
    await alice.signOut()
    await alice.page.goto('/sign-in')
    await alice.fillSignIn(bob)
    await expect(alice.page).toHaveURL('/account/sessions')
    await alice.page.goto(`/authorize/${id}`)
    await expect(alice.page.getByRole('heading', { name: 'This request is over' })).toBeVisible()
  },
)

test('no other site can say yes', asvs('3.5.1', '7.6.2', 'CS-CSRF-token'), async ({ alice, server }) => {
  const app = register(server)
  await alice.page.goto(authorizePath(app, pkce()))
  const id = new URL(alice.page.url()).pathname.split('/').at(-1) ?? ''
  const cookie = await alice.cookieHeader()
  const before = held(server)
  const action = actionNamed('answerAction')
  const path = `/authorize/${id}`
  const blind = await pressed(server, action, cookie, { request: id, answer: 'allow', formToken: '' }, path)
  expect(blind.status).toBeLessThan(500)
  const foreign = await server.request({
    method: 'POST',
    path,
    headers: { cookie, origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: `request=${id}&answer=allow`,
  })
  expect(foreign.status).toBe(403)
  expect(held(server)).toBe(before)
})

test(
  'nothing that a request says of its host is believed',
  asvs('WSTG-INPV-17', '4.1.3'),
  async ({ alice, server }) => {
    const app = register(server)
    const proof = pkce()
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      'x-original-url': '/evil',
    }
    const found = await server.request({ path: '/.well-known/openid-configuration', headers })
    expect(found.body).not.toContain('evil')
    expect(found.json()).toMatchObject({ issuer: server.origin, token_endpoint: `${server.origin}/oauth/token` })
    const cookie = await alice.cookieHeader()
    const asked = await server.request({ path: authorizePath(app, proof), headers: { ...headers, cookie } })
    expect(asked.headers.location).toContain(`${server.origin}/authorize/`)
    const code = await codeFor(alice, app, proof)
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirectUri,
      code_verifier: proof.verifier,
    }
    const tokens = await call(server, app, '/oauth/token', form, headers)
    expect(tokens.status).toBe(200)
    const [, claims = ''] = tokens.json<{ id_token: string }>().id_token.split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ iss: server.origin })
  },
)

test('no cookie of the library’s can be brought along', asvs('4.1.3', '7.2.1'), async ({ alice, mallory, server }) => {
  const app = register(server)
  const forged = `_session=${await alice.sessionId()}; _resume=x; _interaction=x`
  const path = authorizePath(app, pkce(), { prompt: 'none' })
  const answer = await server.request({ path, headers: { cookie: `${await mallory.cookieHeader()}; ${forged}` } })
  expect(new URL(answer.headers.location ?? '').searchParams.get('error')).toBe('login_required')
})

test('what asks for consent cannot be framed, nor kept', asvs('3.4.6', '14.3.2'), async ({ alice, server }) => {
  const app = register(server)
  await alice.page.goto(authorizePath(app, pkce()))
  const { pathname } = new URL(alice.page.url())
  const answer = await server.request({ path: pathname, headers: { cookie: await alice.cookieHeader() } })
  expect(answer.status).toBe(200)
  expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
  expect(answer.headers['x-frame-options']).toBe('DENY')
  expect(answer.headers['cache-control']).toContain('no-store')
})

test(
  'every answer of the protocol is kept by nobody, and read by no other origin',
  asvs('14.3.2', 'WSTG-CLNT-07'),
  async ({ alice, server }) => {
    const app = register(server)
    const tokens = await issued(server, alice, app)
    const origin = { origin: 'https://evil.example' }
    for (const answer of [
      await server.request({ path: '/.well-known/openid-configuration', headers: origin }),
      await server.request({ path: '/oauth/jwks', headers: origin }),
      await server.request({ path: authorizePath(app, pkce()), headers: origin }),
      await refresh(server, app, tokens.refresh_token, {}),
      await call(server, app, '/oauth/introspect', { token: tokens.access_token }, origin),
      await call(server, app, '/oauth/token', { grant_type: 'nothing' }, origin),
      await userInfo(server, tokens.access_token),
      await userInfo(server, 'nothing'),
    ]) {
      expect(answer.headers['cache-control']).toContain('no-store')
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(answer.cookies.map(({ name }) => name).filter((name) => name.startsWith('_i'))).toEqual([])
    }
  },
)

test('what is no part of the protocol is not there', asvs('13.4.2'), async ({ server }) => {
  for (const path of ['reg', 'backchannel', 'end-session/confirm', 'end-session/success', 'token/x', 'constructor']) {
    const answer = await server.request({ path: `/oauth/${path}` })
    expect([404, 405], path).toContain(answer.status)
  }
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    expect((await server.request({ method, path: '/oauth/token', headers: {} })).status).toBe(405)
  }
  expect((await server.request({ path: '/oauth/token' })).status).toBe(405)
})

test(
  'each of these is good for one thing, and the rows of the database for nothing',
  asvs('WSTG-SESS-08', '9.2.2'),
  async ({ alice, server }) => {
    const app = register(server)
    const tokens = await issued(server, alice, app)
    const proof = pkce()
    const code = await codeFor(alice, app, proof, { prompt: 'consent', scope: 'openid' })
    const second = await issued(server, alice, app, { prompt: 'consent' })
    for (const wrong of [tokens.access_token, tokens.id_token, code, await alice.sessionId()]) {
      expect((await refresh(server, app, wrong)).json()).toMatchObject({ error: 'invalid_grant' })
    }
    for (const wrong of [second.refresh_token, second.id_token, code]) {
      expect((await userInfo(server, wrong)).status).toBe(401)
      expect((await redeem(server, app, second.refresh_token, proof)).json()).toMatchObject({ error: 'invalid_grant' })
    }
    const rows = server.db.prepare('select kind, digest, sealed from artifacts').all() as Record<string, string>[]
    const text = JSON.stringify(rows)
    for (const secret of [code, second.access_token, second.refresh_token, proof.verifier, app.secret ?? '']) {
      expect(text).not.toContain(secret)
    }
    // A payload in the place of another one opens nothing.
    const swap = server.db.prepare("update artifacts set sealed = ? where kind = 'RefreshToken'")
    swap.run(rows.find(({ kind }) => kind === 'AccessToken')?.sealed)
    expect((await refresh(server, app, second.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' })
  },
)

test(
  'while nothing can be looked up nothing is good, and nothing is lost',
  asvs('16.5.2', '16.5.3', '16.5.1'),
  async ({ alice, server }) => {
    const app = register(server)
    const tokens = await issued(server, alice, app)
    const cookie = await alice.cookieHeader()
    server.db.exec('alter table grants rename to lost')
    try {
      const forMachines = [
        await refresh(server, app, tokens.refresh_token),
        await userInfo(server, tokens.access_token),
        await call(server, app, '/oauth/introspect', { token: tokens.access_token }),
      ]
      for (const { headers, body } of forMachines) {
        expect(headers['content-type']).toBe('application/json')
        expect(JSON.parse(body)).toEqual({ error: 'temporarily_unavailable' })
      }
      const forPeople = await server.request({ path: authorizePath(app, pkce()), headers: { cookie } })
      expect(forPeople.headers['content-type']).toContain('text/html')
      for (const answer of [...forMachines, forPeople]) {
        expect(answer.status, answer.body).toBe(503)
        expect(answer.headers['retry-after']).toBe('5')
        expect(answer.body).not.toMatch(/SQLITE|no such table|\n\s+at /)
      }
    } finally {
      server.db.exec('alter table lost rename to grants')
    }
    await expect(async () => {
      expect((await userInfo(server, tokens.access_token)).status).toBe(200)
    }).toPass()
    expect((await refresh(server, app, tokens.refresh_token)).status).toBe(200)
  },
)

test('nobody fills the database with requests', asvs('6.3.1'), async ({ server }) => {
  const app = register(server)
  const path = authorizePath(app, pkce())
  const ask = () => server.request({ path, from: '127.0.0.7' })
  expect((await ask()).headers.location).toContain('/authorize/')
  server.db.prepare('update attempts set taken = 600').run()
  const refused = await ask()
  expect(refused.headers.location).toBe(`${server.origin}/request-problem?because=busy`)
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  const device = await server.request({ method: 'POST', path: '/oauth/device', body: '', from: '127.0.0.7' })
  expect(device.status).toBe(429)
})

test('nobody makes many requests of one that waits', asvs('6.3.1', '15.4.2'), async ({ server }) => {
  const app = register(server)
  const headers = { cookie: '' }
  const ask = (path: string) => server.request({ path, headers, from: '127.0.0.8' })
  const asked = await ask(authorizePath(app, pkce()))
  const id = asked.headers.location?.split('/').at(-1)
  headers.cookie = asked.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const { secret } = server.db.prepare('select secret_digest as secret from pending where id = ?').get(id) as {
    secret: Buffer
  }
  const waiting = () => server.db.prepare('select id from pending where secret_digest = ?').all(secret)
  const all = await Promise.all(Array.from({ length: 10 }, () => ask(`/oauth/authorize/${id}`)))
  expect(all.filter(({ headers: { location } }) => location?.includes(`${server.origin}/authorize/`))).toHaveLength(1)
  expect(waiting()).toHaveLength(1)
  const [{ id: next } = { id: '' }] = waiting() as { id: string }[]
  server.db.prepare('update attempts set taken = 600').run()
  const refused = await ask(`/oauth/authorize/${next}`)
  expect(refused.headers.location).toBe(`${server.origin}/request-problem?because=busy`)
})

test('what an application sends as a form stands in no address', asvs('14.2.1'), async ({ alice, server }) => {
  const app = register(server)
  const { id_token: hint } = await issued(server, alice, app)
  const send = (other: Record<string, string>) =>
    server.request({
      method: 'POST',
      path: '/oauth/authorize',
      headers: { origin: SHORE, 'content-type': 'application/x-www-form-urlencoded' },
      body: authorizePath(app, pkce(), { id_token_hint: hint, ...other }).split('?')[1] ?? '',
    })
  const sent = await send({})
  expect(sent.status).toBe(303)
  expect(sent.headers.location).not.toContain(hint)
  expect(JSON.stringify(server.db.prepare('select * from artifacts').all())).not.toContain(hint)
  const landed = landing(alice, app)
  await alice.page.goto(sent.headers.location ?? '')
  expect((await landed()).searchParams.get('code'), 'it is answered all the same').toBeTruthy()
  expect((await send({ state: 'x'.repeat(9000) })).status).toBe(413)
})

test(
  'who an application asks for gets in, and nobody else who signs in meanwhile',
  asvs('7.6.2'),
  async ({ alice, bob, server }) => {
    const app = register(server)
    const { id_token: hint } = await issued(server, alice, app)
    await alice.signOut()
    const landed = landing(alice, app)
    await alice.page.goto(authorizePath(app, pkce(), { id_token_hint: hint }))
    await alice.fillSignIn(bob)
    expect(Object.fromEntries((await landed()).searchParams)).toMatchObject({ error: 'login_required' })
  },
)

test(
  'introspection tells an application of its own tokens alone',
  asvs('RFC7662-active', '10.4.10'),
  async ({ alice, server }) => {
    const [app, other, open] = [register(server), register(server), register(server, { isPublic: true })]
    const tokens = await issued(server, alice, app)
    const ask = (who: App, token: string) => call(server, who, '/oauth/introspect', { token })
    expect((await ask(app, tokens.access_token)).json()).toMatchObject({ active: true, client_id: app.id })
    expect((await ask(app, tokens.refresh_token)).json()).toMatchObject({ active: true })
    for (const answer of [
      await ask(other, tokens.access_token),
      await ask(other, tokens.refresh_token),
      await ask(open, tokens.access_token),
      await ask(app, 'nothing'),
    ]) {
      expect(answer.json()).toEqual({ active: false })
    }
    expect((await ask({ ...app, secret: 'wrong' }, tokens.access_token)).status).toBe(401)
  },
)

test('a signed token is for the API, and for no other endpoint', asvs('9.2.4'), async ({ alice, server }) => {
  const [app, other] = [register(server), register(server)]
  const resource = `${server.origin}/api`
  const tokens = await issued(server, alice, app, { scope: 'openid sessions:read', resource })
  for (const path of ['/oauth/introspect', '/oauth/revoke']) {
    for (const who of [app, other]) {
      const answer = await call(server, who, path, { token: tokens.access_token })
      expect([answer.status, answer.json().error]).toEqual([400, 'unsupported_token_type'])
    }
  }
  const read = () =>
    server.request({ path: '/api/session', headers: { authorization: `Bearer ${tokens.access_token}` } })
  expect((await read()).status).toBe(200)
  expect((await call(server, app, '/oauth/revoke', { token: tokens.refresh_token })).status).toBe(200)
  expect((await read()).status, 'it goes with its refresh token').toBe(401)
})

test(
  'a request that was pushed is good once, and for its own application',
  asvs('10.4.13'),
  async ({ alice, server }) => {
    const [app, other] = [register(server), register(server)]
    const proof = pkce()
    const params = Object.fromEntries(new URLSearchParams(authorizePath(app, proof).split('?')[1]))
    const pushed = await call(server, app, '/oauth/par', params)
    expect(pushed.status, pushed.body).toBe(201)
    const { request_uri } = pushed.json<{ request_uri: string }>()
    const stolen = `/oauth/authorize?${new URLSearchParams({ client_id: other.id, request_uri })}`
    const cookie = await alice.cookieHeader()
    const refused = await server.request({ path: stolen, headers: { cookie } })
    expect(refused.headers.location).not.toContain('/authorize/')
    const landed = landing(alice, app)
    const path = `/oauth/authorize?${new URLSearchParams({ client_id: app.id, request_uri })}`
    await alice.page.goto(path)
    await alice.page.getByRole('button', { name: 'Allow' }).click()
    const code = (await landed()).searchParams.get('code') ?? ''
    expect((await redeem(server, app, code, proof)).status).toBe(200)
    const again = await server.request({ path, headers: { cookie: await alice.cookieHeader() } })
    expect(`${again.headers.location}`).not.toContain('code=')
  },
)
