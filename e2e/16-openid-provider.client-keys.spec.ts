/**
 * # Applications that prove themselves by a key
 *
 * Threat: a secret is known to both sides and is sent with each call. Whoever reads it once, in a log, a backup or on the
 * way, is the application from then on; and a proof of a key that is good elsewhere, for long or twice is no better.
 *
 * Promise: an application that has registered public keys shows with each call that it holds one of the private ones, by a
 * proof of a minute that it made for this provider and that is good once. Nothing else lets it in: no other key, no key that
 * a proof brings along or points to, no secret beside it. What is refused leaves everything as it was.
 *
 * Tried, and red: a proof for an endpoint or for others as well; one that is good for an hour; one that is good twice; a key
 * in a header; a proof that is typed as something else; the keys of all applications for each; a proof that nobody looks at
 * as a way around the count.
 */
import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asvs, expect, test } from './book.ts'
import { assertionClaims, type ClientKey, clientKey } from './client-key.ts'
import { allow, authorizePath, call, claimsOf, codeFor, pkce, redeem, refresh, shown } from './oauth.ts'
import { type App, AT_SHORE, register, startRelyingParty } from './relying-party.ts'
import type { Server } from './server.ts'

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

/** Every row that a refused call could have written or changed. Those that run out meanwhile may go. */
function rows(server: Server): readonly string[] {
  const all = (table: string) => server.db.prepare(`select * from ${table}`).all()
  const tables = {
    ...Object.fromEntries(['artifacts', 'once_ids', 'clients'].map((table) => [table, all(table)])),
    ...Object.fromEntries(
      ['grants', 'sessions', 'pending', 'events'].map((table) => [table, server.rowsOfTest(table)]),
    ),
  }
  return Object.entries(tables).flatMap(([table, some]) => some.map((row) => `${table} ${JSON.stringify(row)}`))
}

/** What was written or changed since. */
function news(server: Server, before: readonly string[]): readonly string[] {
  const known = new Set(before)
  return rows(server).filter((row) => !known.has(row))
}

/** An application with a key, and another one: each on a server, each allowed to ask for a device. */
interface Its {
  readonly server: Server
  readonly app: App
  readonly key: ClientKey
  readonly other: { readonly app: App; readonly key: ClientKey }
}

async function its(server: Server): Promise<Its> {
  const [key, otherKey] = [await clientKey(), await clientKey()]
  const [app, other] = [register(server, { key, device: true }), register(server, { key: otherKey, device: true })]
  return { server, app, key, other: { app: other, key: otherKey } }
}

type Form = Readonly<Record<string, string>>

/** What each endpoint is asked, and how it answers whoever is the application. */
const CALLS: readonly (readonly [path: string, form: (app: App) => Form, status: number])[] = [
  ['/oauth/par', (app) => Object.fromEntries(new URLSearchParams(authorizePath(app, pkce()).split('?')[1])), 201],
  ['/oauth/device', () => ({ scope: 'openid' }), 200],
  ['/oauth/introspect', () => ({ token: 'nothing' }), 200],
  ['/oauth/revoke', () => ({ token: 'nothing' }), 200],
  // Who it is was believed; that there is no such code is another matter.
  ['/oauth/token', () => ({ grant_type: 'refresh_token', refresh_token: 'nothing' }), 400],
]

test(
  'that keys are taken, and what they sign with, stands in the metadata',
  asvs('10.4.16', 'RFC8414-metadata'),
  async ({ server }) => {
    const found = (await server.request({ path: '/.well-known/openid-configuration' })).json<Record<string, string[]>>()
    expect(found.token_endpoint_auth_methods_supported).toContain('private_key_jwt')
    expect(found.token_endpoint_auth_methods_supported).not.toContain('client_secret_jwt')
    // The last two are names of one algorithm (RFC 8037, RFC 9864).
    expect(found.token_endpoint_auth_signing_alg_values_supported).toEqual(['ES256', 'EdDSA', 'Ed25519'])
  },
)

for (const alg of ['ES256', 'EdDSA', 'Ed25519'] as const) {
  test(
    `a proof of its key, by ${alg}, lets an application in wherever it calls`,
    asvs('10.4.16'),
    async ({ server }) => {
      const app = register(server, { key: await clientKey(alg), device: true })
      for (const [path, form, status] of CALLS) {
        const answer = await call(server, app, path, form(app))
        expect(answer.status, `${path}: ${answer.body}`).toBe(status)
        if (status === 400) expect(answer.json()).toMatchObject({ error: 'invalid_grant' })
      }
    },
  )
}

test('of several keys each is one', asvs('10.4.16'), async ({ server }) => {
  const [old, next] = [await clientKey('ES256', 'old'), await clientKey('EdDSA', 'next')]
  const app = register(server, { key: old })
  server.db.prepare('update clients set public_keys = ? where id = ?').run(JSON.stringify([old.jwk, next.jwk]), app.id)
  for (const { assertion } of [old, next]) {
    const now = { ...app, assertion: () => assertion(app.id, server.origin) }
    expect((await call(server, now, '/oauth/introspect', { token: 'nothing' })).status).toBe(200)
  }
})

/** Everything that is wrong with a proof, one at a time: the form that it comes in, and what comes beside it. */
interface Wrong {
  readonly what: string
  readonly shown: (its: Its) => Promise<Form> | Form
  readonly headers?: (its: Its) => Form
  readonly status?: 400 | 401
}

/** A proof by the right key, with something else in its claims or its header. */
const says = (what: string, claims: object, header: object = {}): Wrong => ({
  what,
  shown: async ({ key, app, server }) =>
    shown(await key.assertion(app.id, server.origin, { ...claims }, { ...header })),
})

const now = () => Math.floor(Date.now() / 1000)

const WRONG: readonly Wrong[] = [
  { what: 'nothing but a name', shown: () => ({}) },
  { what: 'no proof but its type', shown: () => ({ client_assertion_type: shown('').client_assertion_type }) },
  { what: 'a proof that is none', shown: () => shown('nothing'), status: 400 },
  {
    what: 'a proof by a key of nobody, under the right name',
    shown: async ({ app, server }) => shown(await (await clientKey()).assertion(app.id, server.origin)),
  },
  {
    what: 'a proof by the key of another application',
    shown: async ({ app, other, server }) => shown(await other.key.assertion(app.id, server.origin)),
  },
  {
    what: 'the proof of another application',
    shown: async ({ other, server }) => shown(await other.key.assertion(other.app.id, server.origin)),
    status: 400,
  },
  {
    what: 'a proof that is not signed',
    shown: ({ app, server }) => shown(`${unsigned({ alg: 'none' }, assertionClaims(app.id, server.origin))}.`),
  },
  {
    what: 'a proof with its signature cut off',
    shown: async ({ app, key, server }) =>
      shown(`${(await key.assertion(app.id, server.origin)).split('.').slice(0, 2).join('.')}.`),
  },
  ...(['json', 'pem', 'x'] as const).map((form) => ({
    what: `a proof by the public key as a secret, as ${form}`,
    shown: ({ app, key, server }: Its) => shown(byHmac(publicText(key, form), assertionClaims(app.id, server.origin))),
  })),
  {
    what: 'a proof that names another algorithm',
    shown: async ({ key, app, server }) => {
      const [, claims, signature] = (await key.assertion(app.id, server.origin)).split('.')
      return shown(`${encoded({ alg: 'EdDSA', kid: 'one' })}.${claims}.${signature}`)
    },
  },
  says('a proof that names another key', {}, { kid: 'two' }),
  says('a proof for another provider', { aud: 'https://elsewhere.example' }),
  says('a proof for nobody', { aud: undefined }),
  {
    what: 'a proof for an endpoint',
    shown: async ({ key, app, server }) => shown(await key.assertion(app.id, `${server.origin}/oauth/token`)),
  },
  {
    what: 'a proof for others as well',
    shown: async ({ key, app, server }) =>
      shown(await key.assertion(app.id, '', { aud: [server.origin, 'https://elsewhere.example'] })),
  },
  {
    what: 'a proof for a list of one',
    shown: async ({ key, app, server }) => shown(await key.assertion(app.id, '', { aud: [server.origin] })),
  },
  { what: 'a proof that has run out', shown: async (all) => at(all, { exp: now() - 60 }) },
  { what: 'a proof that is good for an hour', shown: async (all) => at(all, { exp: now() + 3600 }) },
  { what: 'a proof that is not good yet', shown: async (all) => at(all, { nbf: now() + 60 }) },
  says('a proof without an end', { exp: undefined }),
  says('a proof whose end is a text', { exp: '9999999999' }),
  says('a proof without an identifier', { jti: undefined }),
  says('a proof with an empty identifier', { jti: '' }),
  says('a proof whose identifier is a number', { jti: 7 }),
  says('a proof that another has made', { iss: 'another' }),
  says('a proof that nobody has made', { iss: undefined }),
  says('a proof about nobody', { sub: undefined }),
  says('a proof typed as that of a token’s key', {}, { typ: 'dpop+jwt' }),
  says('a proof typed as an access token', {}, { typ: 'at+jwt' }),
  says('a proof that brings a key', {}, { jwk: { kty: 'EC' } }),
  says('a proof that brings a certificate', {}, { x5c: ['MIIB'] }),
  {
    what: 'a secret beside it, in a header',
    shown: async (all) => at(all, {}),
    headers: ({ app }) => basic(app.id, 'secret'),
    status: 400,
  },
  {
    what: 'a secret beside it, in the body',
    shown: async (all) => ({ ...(await at(all, {})), client_secret: 'secret' }),
    status: 400,
  },
  { what: 'a secret in its place, in a header', shown: () => ({}), headers: ({ app }) => basic(app.id, 'secret') },
  { what: 'a secret in its place, in the body', shown: () => ({ client_secret: 'secret' }) },
  {
    what: 'another type of proof',
    shown: async (all) => ({
      ...(await at(all, {})),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    }),
    status: 400,
  },
]

async function at({ key, app, server }: Its, claims: Readonly<Record<string, unknown>>): Promise<Form> {
  return shown(await key.assertion(app.id, server.origin, claims))
}

function basic(id: string, secret: string): Form {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` }
}

function unsigned(header: object, claims: object): string {
  return `${encoded(header)}.${encoded(claims)}`
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}

function byHmac(secret: string, claims: object): string {
  const text = unsigned({ alg: 'HS256', kid: 'one' }, claims)
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

function publicText({ jwk }: ClientKey, form: 'json' | 'pem' | 'x'): string {
  if (form === 'json') return JSON.stringify(jwk)
  if (form === 'x') return jwk.x ?? ''
  const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }).export({ format: 'pem', type: 'spki' })
  return pem.toString()
}

for (const { what, shown: shownBy, headers = () => ({}), status = 401 } of WRONG) {
  test(`${what}: refused wherever it is shown`, asvs('10.4.16', '10.4.10'), async ({ server }) => {
    const all = await its(server)
    const { app } = all
    const before = rows(server)
    for (const [path, form] of CALLS) {
      const wrong = { ...form(app), ...(await shownBy(all)) }
      const answer = await call(server, { ...app, assertion: null }, path, wrong, headers(all))
      expect(answer.status, `${path}: ${answer.body}`).toBe(status)
      expect(answer.json(), path).toMatchObject({ error: status === 401 ? 'invalid_client' : 'invalid_request' })
    }
    expect(news(server, before)).toEqual([])
    for (const [path, form, right] of CALLS) expect((await call(server, app, path, form(app))).status, path).toBe(right)
  })
}

test('a proof is good once, however many come with it at once', asvs('10.4.16', '15.4.2'), async ({ server }) => {
  const { app, key } = await its(server)
  const proof = await key.assertion(app.id, server.origin)
  const again = { ...app, assertion: async () => proof }
  const par = () => call(server, again, '/oauth/par', CALLS[0]?.[1](app) ?? {})
  const answers = await Promise.all(Array.from({ length: 10 }, par))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(401)])
  const before = rows(server)
  for (const [path, form] of CALLS) {
    const answer = await call(server, again, path, form(app))
    expect(answer.status, path).toBe(401)
    expect(answer.json()).toMatchObject({ error: 'invalid_client' })
  }
  expect(news(server, before)).toEqual([])
})

test('nobody uses up what another one will show', asvs('10.4.16'), async ({ server }) => {
  const { app, key, other } = await its(server)
  const jti = 'a name that both have thought of'
  const introspect = (who: App, proof: string) =>
    call(server, { ...who, assertion: async () => proof }, '/oauth/introspect', { token: 'nothing' })
  const forged = await other.key.assertion(app.id, server.origin, { jti })
  expect((await introspect(app, forged)).status).toBe(401)
  const elsewhere = await key.assertion(app.id, 'https://elsewhere.example', { jti })
  expect((await introspect(app, elsewhere)).status).toBe(401)
  const own = await other.key.assertion(other.app.id, server.origin, { jti })
  expect((await introspect(other.app, own)).status, 'of another application').toBe(200)
  expect((await introspect(app, await key.assertion(app.id, server.origin, { jti }))).status).toBe(200)
})

test('a key is fetched from nowhere', asvs('10.4.16', '14.2.3'), async ({ server }) => {
  const { app, key } = await its(server)
  const mallorys = await clientKey()
  const asked: string[] = []
  const door = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [mallorys.jwk] }))
  })
  await once(door.listen(0, '127.0.0.1'), 'listening')
  const jku = `http://127.0.0.1:${(door.address() as AddressInfo).port}/jwks`
  const before = rows(server)
  for (const header of [{ jku }, { x5u: jku }, { jku, jwk: mallorys.jwk }, { jwk: mallorys.jwk }]) {
    for (const { assertion } of [mallorys, key]) {
      const proof = await assertion(app.id, server.origin, {}, header)
      const answer = await call(server, { ...app, assertion: async () => proof }, '/oauth/introspect', { token: 'x' })
      expect(answer.status, JSON.stringify(header)).toBe(401)
    }
  }
  expect(news(server, before)).toEqual([])
  expect(asked).toEqual([])
  await new Promise((resolve) => door.close(resolve))
})

test('a proof that comes twice in one call is none', asvs('10.4.16'), async ({ server }) => {
  const { app } = await its(server)
  const before = rows(server)
  const proof = new URLSearchParams({ ...shown((await app.assertion?.()) ?? ''), client_id: app.id, token: 'nothing' })
  const answer = await server.request({
    method: 'POST',
    path: '/oauth/introspect',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `${proof}&${new URLSearchParams({ client_assertion: (await app.assertion?.()) ?? '' })}`,
  })
  expect(answer.status).toBe(400)
  expect(news(server, before)).toEqual([])
})

test('where a secret is registered, no signature is taken for it', asvs('10.4.16', '10.4.10'), async ({ server }) => {
  const [app, key] = [register(server), await clientKey()]
  const claims = () => assertionClaims(app.id, server.origin)
  const digest = server.db.prepare('select secret_digest from clients where id = ?').pluck().get(app.id) as Buffer
  const before = rows(server)
  for (const proof of [
    await key.assertion(app.id, server.origin),
    byHmac(app.secret ?? '', claims()),
    byHmac(digest.toString('base64url'), claims()),
    `${unsigned({ alg: 'none' }, claims())}.`,
  ]) {
    const keyed = { ...app, secret: null, assertion: async () => proof }
    const answer = await call(server, keyed, '/oauth/introspect', { token: 'nothing' })
    expect(answer.status).toBe(401)
  }
  expect(news(server, before)).toEqual([])
  expect((await call(server, app, '/oauth/introspect', { token: 'nothing' })).status).toBe(200)
})

test(
  'what a person has granted is worth nothing without the key',
  asvs('10.4.16', '10.4.10', 'RFC6749-6-client'),
  async ({ alice, server }) => {
    const { app, other } = await its(server)
    const proof = pkce()
    const code = await codeFor(alice, app, proof)
    const thief = { ...app, assertion: () => other.key.assertion(app.id, server.origin) }
    const nobody = { ...app, assertion: null }
    const before = rows(server)
    for (const who of [thief, nobody]) expect((await redeem(server, who, code, proof)).status).toBe(401)
    expect(news(server, before), 'the code waits for its application').toEqual([])
    const redeemed = await redeem(server, app, code, proof)
    expect(redeemed.status, redeemed.body).toBe(200)
    const tokens = redeemed.json<{ refresh_token: string; access_token: string; id_token: string }>()
    expect(claimsOf(tokens.id_token)).toMatchObject({ aud: app.id })
    const after = rows(server)
    for (const who of [thief, nobody]) {
      expect((await refresh(server, who, tokens.refresh_token)).status).toBe(401)
      expect((await call(server, who, '/oauth/revoke', { token: tokens.access_token })).status).toBe(401)
    }
    expect(news(server, after), 'and so do its tokens').toEqual([])
    expect((await refresh(server, app, tokens.refresh_token)).status).toBe(200)
  },
)

test(
  'somebody signs in to an application that has no secret, and that knows nothing of Signet but its address',
  asvs('10.4.16'),
  async ({ alice, server, guard }) => {
    const example = await startRelyingParty(server, guard, 'key')
    await alice.page.goto(`${example.origin}/sign-in`)
    await allow(alice, example.app)
    await expect(alice.page).toHaveURL(`${example.origin}/`)
    const row = server.sessions(alice.email)[0]
    await expect(alice.page.getByText(`Signed in as ${row?.user_id}.`)).toBeVisible()
    await alice.page.goto(`${example.origin}/refresh`)
    await expect(alice.page.getByText(`Signed in as ${row?.user_id}.`)).toBeVisible()
    const proofs = server.db.prepare('select count(*) from once_ids where issuer = ?').pluck()
    expect(proofs.get(`proof ${example.app.id}`), 'one for the code, one for the refresh').toBe(2)
    await example.stop()
  },
)

test('who shows a key is not counted, and nobody else gets by as if they did', asvs('6.3.1'), async ({ server }) => {
  const [{ app }, open] = [await its(server), register(server, { isPublic: true, device: true })]
  const ask = (body: string | Buffer, type = 'application/x-www-form-urlencoded') =>
    server.request({ method: 'POST', path: '/oauth/device', headers: { 'content-type': type }, body })
  const wish = `client_id=${open.id}&scope=openid`
  expect((await ask(wish)).status).toBe(200)
  server.db.prepare('update attempts set taken = 600').run()
  expect((await ask(wish)).status).toBe(429)
  expect((await call(server, app, '/oauth/device', { scope: 'openid' })).status, 'under a proof of its key').toBe(200)
  const before = rows(server)
  const many = 'x=1&'.repeat(1000)
  const odd = Buffer.concat([Buffer.from('client_assertion=xy&'), Buffer.from(`&${wish}`, 'utf16le')])
  expect((await ask(`${wish}&client_assertion=x`)).status, 'a proof is looked at').toBe(400)
  for (const [hidden, type] of [
    [`${wish}&client_assertion=`, undefined],
    [`${wish}&${many}client_assertion=x`, undefined],
    [odd, 'application/x-www-form-urlencoded; charset=utf-16le'],
    [`${wish}&client_assertion=x`, 'text/plain'],
  ] as const) {
    expect((await ask(hidden, type)).status, `${hidden.slice(-40)}`).toBe(429)
  }
  expect(news(server, before)).toEqual([])
})
