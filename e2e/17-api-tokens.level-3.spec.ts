/**
 * # API tokens: at level 3
 *
 * Promise: whoever must not be somebody else has tokens that nobody else can use: there are none but those bound to a key,
 * and none of a session that was begun with less than a passkey.
 */
import { ask, holder, linkApp, mint } from './access-tokens.ts'
import { asvs, expect, test } from './book.ts'

test.use({ settings: { ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' } })

test('there are none but bound tokens', asvs('10.3.5'), async ({ alice, server }) => {
  const [session] = server.sessions(alice.email)
  if (!session) throw new Error('alice has a session')
  const [app, key] = [await linkApp(server, alice, { session }), await holder(server)]
  const token = mint(server, app, { claims: { cnf: { jkt: key.jkt } } })
  const shown = () => ask(server, token, { scheme: 'DPoP', headers: { dpop: key.proof({ token }) } })
  expect((await shown()).status, 'no passkey, no API').toBe(401)
  const methods = JSON.stringify([['hwk', Date.now()]])
  server.db.prepare('update sessions set authentications = ? where id = ?').run(methods, session.id)
  expect((await shown()).status).toBe(200)
  for (const scheme of ['Bearer', 'DPoP']) {
    const unbound = mint(server, app)
    const answer = await ask(server, unbound, { scheme, headers: { dpop: key.proof({ token: unbound }) } })
    expect([answer.status, answer.json().code], scheme).toEqual([401, 'invalid_token'])
    expect(answer.headers['www-authenticate']).toBe('DPoP error="invalid_token", algs="ES256 EdDSA Ed25519"')
  }
})
