/**
 * # API tokens: forging
 *
 * Threat: whoever can write a token of their own, or bend one, is whoever they like. They turn the algorithm off, bring
 * their own key along, use the public key as a secret, or show a token that was made for something else.
 *
 * Promise: the algorithm is one of two, the key is the server's own, and a token is good for what it was made for. All
 * else is refused with one answer, before anything in it is believed; no address in it is ever asked.
 */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { createServer } from 'node:http'
import { exportSPKI } from 'jose'
import { ask, claimsOf, keysOf, type LinkedApp, linkApp, mint, random, signed, signerOf } from './access-tokens.ts'
import { asvs, expect, test } from './book.ts'
import type { Server } from './server.ts'

const MINUTE = 60

interface Attempt {
  readonly server: Server
  readonly app: LinkedApp
  readonly token: string
  /** Its parts. */
  readonly header: string
  readonly payload: string
  readonly signature: string
}

type Forge = (attempt: Attempt) => string | Promise<string>

async function expectAllRefused(server: Server, app: LinkedApp, forgeries: Readonly<Record<string, Forge>>) {
  const token = mint(server, app)
  const [header = '', payload = '', signature = ''] = token.split('.')
  expect((await ask(server, token)).status).toBe(200)
  const before = server.fingerprint()
  for (const [why, forge] of Object.entries(forgeries)) {
    const forged = await forge({ server, app, token, header, payload, signature })
    for (const path of ['/api/session', '/api/sessions']) {
      const answer = await ask(server, forged, { path })
      expect([answer.status, answer.json().code], why).toEqual([401, 'invalid_token'])
      expect(answer.headers['www-authenticate'], why).toContain('Bearer error="invalid_token"')
    }
  }
  expect(server.fingerprint(), 'nothing written').toBe(before)
  expect((await ask(server, token)).status, 'the good one is still good').toBe(200)
}

const text = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** The same claims under another header, without a signature or with that of something else. */
function headed(header: object): Forge {
  return ({ payload, signature }) => `${text(header)}.${payload}.${signature}`
}

const NONE: Readonly<Record<string, Forge>> = Object.fromEntries(
  ['none', 'None', 'NONE', 'nOnE', 'none ', ''].flatMap((alg) => [
    [`alg "${alg}" and no signature`, ({ payload }: Attempt) => `${text({ alg, typ: 'at+jwt' })}.${payload}.`],
    [`alg "${alg}" and a signature`, headed({ alg, typ: 'at+jwt' })],
    [
      `alg "${alg}" with the key’s name`,
      ({ server, payload }: Attempt) =>
        `${text({ alg, typ: 'at+jwt', kid: keysOf(server).current('ES256').kid })}.${payload}.`,
    ],
  ]),
)

test(
  'no algorithm is no signature',
  asvs('9.1.2', 'FLUID-R357.3.5.3-null', 'ASVS4-3.5.3'),
  async ({ alice, server }) => {
    await expectAllRefused(server, await linkApp(server, alice), NONE)
  },
)

/** The server's public key in the forms in which libraries have taken it for a secret. */
async function publicForms(server: Server): Promise<readonly (string | Buffer)[]> {
  const { publicKey, jwk } = keysOf(server).current('ES256')
  const { d: _, ...published } = jwk
  return [
    await exportSPKI(publicKey as never),
    publicKey.export({ format: 'pem', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'spki' }),
    JSON.stringify(published),
    Buffer.from(published.x, 'base64url'),
    '',
  ]
}

test(
  'an algorithm that is not on the list is refused, with a good signature too',
  asvs('9.1.2', '9.1.3', 'FLUID-R357.3.5.3-keysub', 'ASVS4-3.5.3'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice)
    const { kid, privateKey } = keysOf(server).current('ES256')
    const claims = claimsOf(server, app)
    const forgeries: Record<string, Forge> = {}
    for (const [i, secret] of (await publicForms(server)).entries())
      for (const alg of ['HS256', 'HS512', 'ES256'])
        forgeries[`${alg} by HMAC with form ${i} of the public key`] = () =>
          signed({ alg, typ: 'at+jwt', kid }, claims, (data) =>
            createHmac(alg === 'HS512' ? 'sha512' : 'sha256', secret)
              .update(data)
              .digest(),
          )
    for (const alg of ['ES384', 'RS256', 'PS256', 'ES256K', 'EdDSA', 'Ed25519', 'es256', 'dir', null, 256, ['ES256']])
      forgeries[`the right signature said to be ${alg}`] = () =>
        signed({ alg, typ: 'at+jwt', kid }, claims, signerOf('ES256', privateKey))
    await expectAllRefused(server, app, forgeries)
  },
)

const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ownJwk = { ...own.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' }

/** Signed by somebody else, who says where their key is. */
function elsewhere(header: (server: Server) => object, key: KeyObject = own.privateKey, alg = 'ES256'): Forge {
  return ({ server, app }) =>
    signed({ alg, typ: 'at+jwt', ...header(server) }, claimsOf(server, app), signerOf(alg, key))
}

test(
  'a key that a token brings along is no key, and nobody is asked for one',
  asvs('9.1.3', 'FLUID-R357.3.5.3-keysub', 'ASVS4-3.5.3'),
  async ({ alice, server }) => {
    const asked: string[] = []
    const trap = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end(JSON.stringify({ keys: [ownJwk] }))
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    const address = trap.address()
    const at = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    const kid = (own: Server) => keysOf(own).current('ES256').kid
    const ed = generateKeyPairSync('ed25519')
    await expectAllRefused(server, await linkApp(server, alice), {
      'no name of a key': elsewhere(() => ({})),
      'an unknown name': elsewhere(() => ({ kid: 'mine' })),
      'the server’s name, another key': elsewhere((own) => ({ kid: kid(own) })),
      'the server’s name, another kind of key': elsewhere((own) => ({ kid: kid(own) }), ed.privateKey, 'EdDSA'),
      'a name that is a path': elsewhere(() => ({ kid: '../../../../dev/null' })),
      'a name that is a file of keys': elsewhere((own) => ({ kid: `${own.dataDir}/session-keys.json` })),
      'a name that is an address': elsewhere(() => ({ kid: `${at}/kid` })),
      'a name that is a query': elsewhere(() => ({ kid: "' union select 'k' --" })),
      'a name of every object': elsewhere(() => ({ kid: '__proto__' })),
      'a name that is no text': elsewhere(() => ({ kid: 1 })),
      jwk: elsewhere((own) => ({ kid: kid(own), jwk: ownJwk })),
      'jwk without a name': elsewhere(() => ({ jwk: ownJwk })),
      jku: elsewhere(() => ({ kid: 'mine', jku: `${at}/jku` })),
      x5u: elsewhere(() => ({ kid: 'mine', x5u: `${at}/x5u` })),
      x5c: elsewhere((own) => ({ kid: kid(own), x5c: ['MIIB'] })),
      'an issuer that is elsewhere': ({ app }) =>
        signed(
          { alg: 'ES256', typ: 'at+jwt', kid: 'mine' },
          { ...claimsOf(server, app), iss: at },
          signerOf('ES256', own.privateKey),
        ),
      'good, but for a jwk': ({ app }) => mint(server, app, { header: { jwk: ownJwk } }),
      'good, but for a jku': ({ app }) => mint(server, app, { header: { jku: `${at}/good` } }),
      'good, but for a critical extension': ({ app }) => mint(server, app, { header: { crit: ['exp'] } }),
      'good, but for an unencoded payload': ({ app }) => mint(server, app, { header: { b64: false, crit: ['b64'] } }),
      'good, but compressed': ({ app }) => mint(server, app, { header: { zip: 'DEF' } }),
    })
    await new Promise((resolve) => trap.close(resolve))
    expect(asked, 'no outgoing request').toEqual([])
  },
)

test(
  'a signature that says nothing is none',
  asvs('9.1.1', 'FLUID-R357.3.5.3-null', 'ASVS4-3.5.3'),
  async ({ alice, server }) => {
    const zero = Buffer.alloc(64).toString('base64url')
    await expectAllRefused(server, await linkApp(server, alice), {
      empty: ({ header, payload }) => `${header}.${payload}.`,
      absent: ({ header, payload }) => `${header}.${payload}`,
      zeros: ({ header, payload }) => `${header}.${payload}.${zero}`,
      'one, and zero': ({ header, payload }) => `${header}.${payload}.${Buffer.alloc(64, 1).toString('base64url')}`,
      'the order of the curve': ({ header, payload }) => {
        const order = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'
        return `${header}.${payload}.${Buffer.from(order + order, 'hex').toString('base64url')}`
      },
      half: ({ header, payload, signature }) => `${header}.${payload}.${signature.slice(0, 43)}`,
      'in DER': ({ server: { dataDir, origin }, header, payload }) => {
        const { privateKey } = keysOf({ dataDir, origin }).current('ES256')
        return `${header}.${payload}.${sign('sha256', Buffer.from(`${header}.${payload}`), privateKey).toString('base64url')}`
      },
      'with something behind it': ({ token }) => `${token}AAAA`,
      'with padding': ({ token }) => `${token}==`,
      'of another token': ({ server: own, app, header, payload }) =>
        `${header}.${payload}.${mint(own, app).split('.')[2]}`,
      'with slack bits turned': ({ token }) => turned(token),
    })
  },
)

/** Another text that decodes to the same 64 bytes: the last of 86 characters has four bits to spare. */
function turned(token: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) ^ 1]
}

test('every character matters', asvs('9.1.1', 'FLUID-R357.3.5.3-tamper', 'ASVS4-3.5.3'), async ({ alice, server }) => {
  const token = mint(server, await linkApp(server, alice))
  const flips = Array.from(token, (each, at) => token.slice(0, at) + (each === 'A' ? 'B' : 'A') + token.slice(at + 1))
  for (let at = 0; at < flips.length; at += 16) {
    const some = flips.slice(at, at + 16)
    const answers = await Promise.all(some.map((flip) => ask(server, flip)))
    expect(answers.map(({ status }) => status)).toEqual(some.map(() => 401))
  }
})

const now = () => Math.floor(Date.now() / 1000)

/** Signed by the server's own key, and yet not good: what it says is wrong. */
const CLAIMS: Readonly<Record<string, object>> = {
  'for another API': { aud: 'https://api.example.org' },
  'for the application itself, as ID tokens are': { aud: 'app' },
  'for two': { aud: ['https://api.example.org'] },
  'for nobody': { aud: undefined },
  'from another issuer': { iss: 'https://signet.example.org' },
  'from an issuer that looks alike': { iss: 'http://localhost' },
  'from nobody': { iss: undefined },
  'without an end': { exp: undefined },
  'with an end in words': { exp: 'tomorrow' },
  'with an end that is far off': { exp: now() + 3600 },
  'without a beginning': { iat: undefined },
  'without a name': { jti: undefined },
  'without its person': { sub: undefined },
  'for another person': { sub: 'AAAAAAAAAAAAAAAAAAAAAA' },
  'without its application': { client_id: undefined },
  'of another application': { client_id: 'another' },
  'without its grant': { gid: undefined },
  'of another grant': { gid: 'AAAAAAAAAAAAAAAAAAAAAA' },
  'of another session': { sid: 'AAAAAAAAAAAAAAAAAAAAAA' },
  'for more than was granted': { scope: 'sessions:read admin' },
  'bound to a certificate': { cnf: { 'x5t#S256': 'AAAA' } },
}

test(
  'a token is good from its issuer, for this API, for its person and for what was granted',
  asvs('9.2.3', '9.2.4', '10.3.1', '10.3.3', 'ASVS4-3.5.3'),
  async ({ alice, server }) => {
    const forgeries = Object.entries(CLAIMS).map(([why, claims]): [string, Forge] => [
      why,
      ({ server: own, app }) => mint(own, app, { claims: { ...claims } }),
    ])
    await expectAllRefused(server, await linkApp(server, alice), Object.fromEntries(forgeries))
  },
)

test('a token is good in its time, give or take a minute', asvs('9.2.1'), async ({ alice, server }) => {
  const app = await linkApp(server, alice, { age: 3600 })
  const spans: readonly (readonly [number, number, number])[] = [
    // Seconds from now of `iat` and `exp`, and what the answer is. Half a minute of room on either side of the leeway.
    [-330, -30, 200],
    [-390, -90, 401],
    [30, 330, 200],
    [90, 390, 401],
    [-3600, -3300, 401],
    [-100, 200, 200],
    [-100, 201, 401],
    [0, 0, 401],
    [10, 0, 401],
  ]
  for (const [from, until, status] of spans) {
    const token = mint(server, app, { claims: { iat: now() + from, exp: now() + until } })
    expect((await ask(server, token)).status, `${from} to ${until}`).toBe(status)
  }
  const early = mint(server, app, { claims: { nbf: now() + 1.5 * MINUTE } })
  expect((await ask(server, early)).status, 'not before').toBe(401)
})

/** Every kind of thing that opens something, where only an access token does. */
test(
  'nothing else passes for an access token',
  asvs('9.2.2', 'FLUID-R357.3.5.3-envelop', 'ASVS4-3.5.3', 'WSTG-SESS-08'),
  async ({ alice, server }) => {
    const cookie = (await alice.cookie()) ?? ''
    const typed =
      (typ: unknown): Forge =>
      ({ server: own, app }) =>
        mint(own, app, { header: { typ } })
    await expectAllRefused(server, await linkApp(server, alice), {
      'an ID token': typed('JWT'),
      'a token without a type': typed(undefined),
      'a logout token': typed('logout+jwt'),
      'a security event': typed('secevent+jwt'),
      'a DPoP proof': typed('dpop+jwt'),
      'a request object': typed('oauth-authz-req+jwt'),
      'a type in capitals': typed('AT+JWT'),
      'a type that is a list': typed(['at+jwt']),
      'the session cookie': () => cookie.replace(/[^\w.~+/-]/g, '.'),
      'a refresh token, or any opaque one': () => random() + random(),
      'the session’s id': ({ app }) => app.sessionId,
      'the grant’s id': ({ app }) => app.grantId,
      'a token in a token': ({ server: own, token }) => {
        const { kid, privateKey } = keysOf(own).current('ES256')
        const header = text({ alg: 'ES256', typ: 'at+jwt', cty: 'JWT', kid })
        const data = `${header}.${Buffer.from(token).toString('base64url')}`
        return `${data}.${signerOf('ES256', privateKey)(Buffer.from(data)).toString('base64url')}`
      },
      'a token as a claim': ({ server: own, app, token }) => mint(own, app, { claims: { gid: token } }),
      'an encrypted token': ({ header, payload, signature }) =>
        `${header}.${payload}.${signature}.${payload}.${signature}`,
      'a token of two': ({ token }) => `${token}.${token}`,
      'claims that are no object': ({ server: own }) => {
        const { kid, privateKey } = keysOf(own).current('ES256')
        const data = `${text({ alg: 'ES256', typ: 'at+jwt', kid })}.${text('alice')}`
        return `${data}.${signerOf('ES256', privateKey)(Buffer.from(data)).toString('base64url')}`
      },
      'five thousand characters': ({ server: own, app }) => mint(own, app, { claims: { more: 'A'.repeat(5000) } }),
    })
  },
)

test('and an access token passes for nothing else', asvs('9.2.2', 'WSTG-SESS-08'), async ({ alice, server }) => {
  const token = mint(server, await linkApp(server, alice))
  for (const name of ['__Host-session', '__Host-sign-in', '__Host-browser']) {
    const headers = { cookie: `${name}=${token}` }
    expect((await server.request({ path: '/api/session', headers })).status, name).toBe(401)
    expect((await server.request({ path: '/account', headers })).status, name).toBe(307)
  }
  const page = await server.request({ path: '/account', headers: { authorization: `Bearer ${token}` } })
  expect(page.status, 'a page takes none').toBe(307)
})
