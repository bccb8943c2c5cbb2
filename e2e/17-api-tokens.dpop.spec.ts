/**
 * # API tokens: bound to a key
 *
 * Threat: a token is stolen, from a log, a proxy or the application itself, and used elsewhere.
 *
 * Promise: an application that binds its tokens to a key (DPoP, RFC 9449) shows with each request that it holds it; the
 * token alone opens nothing. At level 3 there are no others.
 */
import { generateKeyPairSync } from 'node:crypto'
import {
  ask,
  type Difference,
  type Holder,
  holder,
  type LinkedApp,
  linkApp,
  mint,
  signed,
  signerOf,
} from './access-tokens.ts'
import { asvs, test as book, expect } from './book.ts'
import type { Server } from './server.ts'

interface Bound {
  readonly app: LinkedApp
  readonly key: Holder
  readonly token: string
}

const test = book.extend<{ bound: Bound }>({
  bound: async ({ alice, server }, use) => {
    const [app, key] = [await linkApp(server, alice), await holder(server)]
    await use({ app, key, token: boundTo(server, app, key) })
  },
})

function boundTo(server: Server, app: LinkedApp, { jkt }: Holder): string {
  return mint(server, app, { claims: { cnf: { jkt } } })
}

async function expectNoProof(server: Server, token: string, dpop: string | undefined, why: string): Promise<void> {
  const answer = await ask(server, token, { scheme: 'DPoP', ...(dpop !== undefined && { headers: { dpop } }) })
  expect([answer.status, answer.json().code], why).toEqual([401, 'invalid_dpop_proof'])
  expect(answer.headers['www-authenticate'], why).toBe('DPoP error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519"')
}

test('a bound token opens with a proof of its key', asvs('10.3.5'), async ({ bound, server }) => {
  const { token, key, app } = bound
  for (const path of ['/api/session', '/api/sessions', '/api/session?of=now']) {
    const dpop = key.proof({ token, path: path.split('?')[0] ?? path })
    expect((await ask(server, token, { scheme: 'DPoP', path, headers: { dpop } })).status, path).toBe(200)
  }
  const path = `/api/sessions/${app.sessionId}`
  const dpop = key.proof({ token, path, method: 'DELETE' })
  expect((await ask(server, token, { scheme: 'DPoP', method: 'DELETE', path, headers: { dpop } })).status).toBe(204)
})

test('a key may be of either curve', asvs('10.3.5', '9.1.2'), async ({ alice, server }) => {
  const app = await linkApp(server, alice)
  for (const alg of ['ES256', 'EdDSA', 'Ed25519'] as const) {
    const key = await holder(server, alg)
    const token = boundTo(server, app, key)
    const dpop = key.proof({ token })
    expect((await ask(server, token, { scheme: 'DPoP', headers: { dpop } })).status, alg).toBe(200)
  }
})

test('a bound token is none for whoever bears it', asvs('10.3.5', 'ASVS4-3.5.3'), async ({ bound, server }) => {
  const { token, key } = bound
  for (const headers of [{}, { dpop: key.proof({ token }) }]) {
    const answer = await ask(server, token, { headers })
    expect([answer.status, answer.json().code]).toEqual([401, 'invalid_token'])
    expect(answer.headers['www-authenticate']).toContain('DPoP algs="ES256 EdDSA Ed25519"')
  }
})

test('a token that is bound to nothing is not taken for one that is', asvs('10.3.5'), async ({ bound, server }) => {
  const { app, key } = bound
  const token = mint(server, app)
  const answer = await ask(server, token, { scheme: 'DPoP', headers: { dpop: key.proof({ token }) } })
  expect([answer.status, answer.json().code]).toEqual([401, 'invalid_token'])
  expect(answer.headers['www-authenticate']).toBe('DPoP error="invalid_token", algs="ES256 EdDSA Ed25519"')
})

test(
  'a proof works once, of any number of parallel requests too',
  asvs('10.3.5', 'FLUID-R357.3.5.3-replay'),
  async ({ bound, server }) => {
    const { token, key } = bound
    const dpop = key.proof({ token })
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask(server, token, { scheme: 'DPoP', headers: { dpop } })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    await expectNoProof(server, token, dpop, 'later')
  },
)

const now = () => Math.floor(Date.now() / 1000)

/** How a proof differs from a good one. */
const WRONG: Readonly<Record<string, Difference>> = {
  'for another method': { claims: { htm: 'POST' } },
  'for a method in small letters': { claims: { htm: 'get' } },
  'for no method': { claims: { htm: undefined } },
  'for another path': { claims: { htu: 'http://localhost/api/sessions' } },
  'for another host': { claims: { htu: 'https://signet.example.org/api/session' } },
  'for no address': { claims: { htu: 'session' } },
  'without an address': { claims: { htu: undefined } },
  'for another token': { claims: { ath: 'AAAA' } },
  'for no token': { claims: { ath: undefined } },
  'without a name': { claims: { jti: undefined } },
  'without an instant': { claims: { iat: undefined } },
  'from two minutes ago': { claims: { iat: now() - 120 } },
  'from an hour ahead': { claims: { iat: now() + 3600 } },
  'of another type': { header: { typ: 'JWT' } },
  'of no type': { header: { typ: undefined } },
  'without its key': { header: { jwk: undefined } },
  'with a name of a key': { header: { kid: 'mine' } },
  'with an algorithm of none': { header: { alg: 'none' } },
  'with an algorithm of secrets': { header: { alg: 'HS256' } },
}

test(
  'a proof is for this request, this token and this moment',
  asvs('10.3.5', 'ASVS4-3.5.3'),
  async ({ bound, server }) => {
    const { token, key } = bound
    for (const [why, other] of Object.entries(WRONG))
      await expectNoProof(server, token, key.proof({ token }, other), why)
    for (const none of [undefined, '', 'nonsense', token, 'A'.repeat(5000)])
      await expectNoProof(server, token, none, `"${none?.slice(0, 20)}"`)
    const two = `${key.proof({ token })}, ${key.proof({ token })}`
    await expectNoProof(server, token, two, 'two of them')
  },
)

test('a proof is made with the key that the token names', asvs('10.3.5', '9.1.3'), async ({ bound, server }) => {
  const { token, key } = bound
  const thief = await holder(server)
  await expectNoProof(server, token, thief.proof({ token }), 'another key')
  await expectNoProof(
    server,
    token,
    thief.proof({ token }, { header: { jwk: key.jwk } }),
    'another key, said to be this one',
  )
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  const shown = signed({ typ: 'dpop+jwt', alg: 'ES256', jwk }, {}, signerOf('ES256', privateKey))
  await expectNoProof(server, token, shown, 'a private key')
})
