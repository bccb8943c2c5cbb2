/**
 * # API tokens
 *
 * Threat: an application holds something that is good by itself: it outlives the session, it is good for more than the
 * person granted, it passes for the person, and nobody can take it back.
 *
 * Promise: a signed token opens the API for five minutes, for what was granted, and only as long as the session that it
 * hangs on stands: the row is read at each request. It never stands for the person's presence. No constant key opens
 * anything.
 */
import { ask, type LinkedApp, linkApp, mint } from './access-tokens.ts'
import { asvs, expect, test } from './book.ts'
import { signet } from './command-line.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

/** RFC 6750 §3.1: what the answer says to whom it refuses. */
function expectRefused(answer: RawAnswer, why = ''): void {
  expect([answer.status, answer.json().code], why).toEqual([401, 'invalid_token'])
  expect(answer.headers['www-authenticate'], why).toBe('Bearer error="invalid_token", DPoP algs="ES256 EdDSA Ed25519"')
  expect(answer.headers['cache-control'], why).toBe('no-store')
  expect(answer.cookies, why).toEqual([])
}

test(
  'a token shows what was granted, and is no activity',
  asvs('9.1.1', '9.1.2', '10.3.1', 'ASVS4-3.5.2', 'FLUID-R357'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice)
    server.ageSession(app.sessionId, { lastActive: 120 })
    const before = server.row(app.sessionId)
    for (const alg of ['ES256', 'EdDSA'] as const) {
      const one = await ask(server, mint(server, app, { alg }))
      expect(one.status, one.body).toBe(200)
      expect(one.json()).toMatchObject({
        session: { id: app.sessionId, current: true },
        user: { id: app.userId, name: alice.name, email: alice.email },
      })
      const all = await ask(server, mint(server, app, { alg }), { path: '/api/sessions' })
      expect(all.json<{ sessions: { id: string }[] }>().sessions.map(({ id }) => id)).toEqual([app.sessionId])
      expect(all.headers['cache-control']).toBe('no-store')
    }
    expect(server.row(app.sessionId), 'nothing moved').toEqual(before)
  },
)

test('name and address are told to whom they were granted', asvs('10.3.2'), async ({ alice, server }) => {
  const app = await linkApp(server, alice, { scope: 'sessions:read' })
  expect((await ask(server, mint(server, app))).json().user).toEqual({ id: app.userId })
})

test('an address stays shortened: nobody is present', asvs('10.3.2'), async ({ alice, server }) => {
  const app = await linkApp(server, alice)
  server.db.prepare("update sessions set ip = '203.0.113.77' where id = ?").run(app.sessionId)
  const { session } = (await ask(server, mint(server, app))).json<{ session: { ip: string } }>()
  expect(session.ip).not.toContain('77')
})

const ENDS: Readonly<Record<string, (server: Server, app: LinkedApp, email: string) => unknown>> = {
  'the session has ended from another device': (server, _, email) => signet(server, 'sessions', 'end', '--user', email),
  'the session has run out by inactivity': (server, { sessionId }) =>
    server.ageSession(sessionId, { lastActive: 15 * 60 }),
  'the session has reached its limit': (server, { sessionId }) => server.ageSession(sessionId, { began: 8 * 3600 }),
  'the account is disabled': (server, _, email) => signet(server, 'users', 'disable', email),
  'the session is of an earlier epoch': (server, { sessionId }) =>
    server.db.prepare('update sessions set epoch = 0 where id = ?').run(sessionId),
  'the grant is of an earlier epoch': (server, { grantId }) =>
    server.db.prepare('update grants set epoch = 0 where id = ?').run(grantId),
  'the grant has run out': (server, { grantId }) =>
    server.db.prepare('update grants set expires_at = 1 where id = ?').run(grantId),
  'there is no such grant': (server, { grantId }) => server.db.prepare('delete from grants where id = ?').run(grantId),
}

for (const [what, end] of Object.entries(ENDS)) {
  test(
    `a token is dead at once when ${what}`,
    asvs('7.4.1', 'ASVS4-3.5.1', 'FLUID-R357.3.5.3-replay'),
    async ({ alice, server }) => {
      const app = await linkApp(server, alice)
      const token = mint(server, app)
      expect((await ask(server, token)).status).toBe(200)
      await end(server, app, alice.email)
      expectRefused(await ask(server, token), 'shown before')
      expectRefused(await ask(server, mint(server, app)), 'never shown')
    },
  )
}

test(
  'the person signs out, and their application is out with them',
  asvs('7.4.1', 'ASVS4-3.5.1'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice)
    const token = mint(server, app)
    expect((await ask(server, token)).status).toBe(200)
    await alice.signOut()
    expectRefused(await ask(server, token))
  },
)

test(
  'what was granted for longer goes on, but not with a token of the ended session',
  asvs('7.4.1'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice, { offline: true })
    const [inSession, later] = [mint(server, app), mint(server, app, { claims: { sid: undefined } })]
    await alice.signOut()
    expectRefused(await ask(server, inSession))
    const answer = await ask(server, later)
    expect(answer.json(), answer.body).toMatchObject({ session: null, user: { id: app.userId } })
  },
)

test('a token does what it was granted for, and nothing else', asvs('10.3.2'), async ({ alice, server }) => {
  const app = await linkApp(server, alice, { scope: 'openid sessions:read sessions:end' })
  for (const [scope, method, path, wanted] of [
    ['openid', 'GET', '/api/session', 'sessions:read'],
    ['openid sessions:end', 'GET', '/api/sessions', 'sessions:read'],
    ['sessions:read', 'DELETE', `/api/sessions/${app.sessionId}`, 'sessions:end'],
    ['', 'GET', '/api/session', 'sessions:read'],
    ['sessions:reader', 'GET', '/api/session', null],
  ] as const) {
    const answer = await ask(server, mint(server, app, { claims: { scope } }), { method, path })
    if (wanted === null) {
      expectRefused(answer, 'more than was granted')
      continue
    }
    expect([answer.status, answer.json().code], scope).toEqual([403, 'insufficient_scope'])
    expect(answer.headers['www-authenticate']).toContain(`Bearer error="insufficient_scope", scope="${wanted}"`)
  }
  expect(server.row(app.sessionId)).toBeDefined()
})

test(
  'a token is never the person: what needs a fresh proof refuses it',
  asvs('NIST63B4-5.1.2', '10.3.4', '7.5.2'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice)
    const other = await alice.anotherBrowser()
    await other.begin()
    const json = { 'content-type': 'application/json' }
    for (const [method, path] of [
      ['DELETE', `/api/sessions/${await other.sessionId()}`],
      ['DELETE', '/api/sessions/AAAAAAAAAAAAAAAAAAAAAA'],
      ['DELETE', '/api/sessions?scope=others'],
      ['DELETE', '/api/sessions?scope=all'],
      ['PATCH', `/api/sessions/${app.sessionId}`],
    ] as const) {
      const answer = await ask(server, mint(server, app), { method, path, headers: json })
      expect([answer.status, answer.json().code], `${method} ${path}`).toEqual([403, 'reauthentication_required'])
    }
    for (const [method, path] of [
      ['POST', '/api/session/reauthenticate'],
      ['POST', '/api/session/activity'],
      ['POST', '/api/account/password'],
      ['GET', '/api/account/activity'],
      ['GET', '/api/session/events'],
    ] as const) {
      const headers = { ...json, origin: server.origin }
      const answer = await ask(server, mint(server, app), { method, path, headers })
      expect([answer.status, answer.json().code], `${method} ${path}`).toEqual([401, 'no_session'])
    }
    expect(server.sessions(alice.email)).toHaveLength(2)
  },
)

test(
  'an application ends the session that it was linked in, and the person reads which did',
  asvs('7.4.1'),
  async ({ alice, server }) => {
    const app = await linkApp(server, alice, { name: 'Lighthouse' })
    const token = mint(server, app)
    const path = `/api/sessions/${app.sessionId}`
    expect((await ask(server, token, { method: 'DELETE', path })).status).toBe(204)
    expect(server.endedRow(app.sessionId)).toMatchObject({
      reason: 'signed-out-elsewhere',
      ended_by: 'the application Lighthouse',
    })
    expect(await alice.isSignedIn()).toBe(false)
    expectRefused(await ask(server, token, { method: 'DELETE', path }), 'and with it the token')
  },
)

test('a cookie and a token in one request are refused', asvs('15.3.7', 'WSTG-SESS-08'), async ({ alice, server }) => {
  const app = await linkApp(server, alice)
  const headers = { cookie: await alice.cookieHeader(), origin: server.origin }
  for (const [method, path] of [
    ['GET', '/api/session'],
    ['GET', '/api/sessions'],
    ['DELETE', `/api/sessions/${app.sessionId}`],
    ['DELETE', '/api/session'],
    ['GET', '/api/account/activity'],
  ] as const) {
    for (const token of [mint(server, app), 'nonsense']) {
      const answer = await ask(server, token, { method, path, headers })
      expect([answer.status, answer.json().code], `${method} ${path}`).toEqual([400, 'invalid_request'])
    }
  }
  expect(server.row(app.sessionId), 'and nothing ended').toBeDefined()
})

test('of two tokens neither is chosen', asvs('15.3.7'), async ({ alice, server }) => {
  const good = `Bearer ${mint(server, await linkApp(server, alice))}`
  for (const authorization of [
    [good, good],
    [good, 'Bearer nonsense'],
    ['Bearer nonsense', good],
    ['Basic nonsense', good],
  ]) {
    const answer = await server.request({ path: '/api/session', headers: { authorization } })
    expect([answer.status >= 400, answer.status < 500], authorization.join()).toEqual([true, true])
  }
})

test('a token is taken from the header alone', asvs('14.2.1', 'ASVS4-3.5.2'), async ({ alice, server }) => {
  const token = mint(server, await linkApp(server, alice))
  const inAddress = await server.request({ path: `/api/session?access_token=${token}` })
  expect([inAddress.status, inAddress.json().code]).toEqual([401, 'no_session'])
  expect(inAddress.headers['www-authenticate'], 'it says what there is to come with').toBe(
    'Bearer, DPoP algs="ES256 EdDSA Ed25519"',
  )
  for (const scheme of ['Basic', 'Token', 'Signet']) {
    const answer = await ask(server, token, { scheme })
    expect([answer.status, answer.json().code], scheme).toEqual([401, 'no_session'])
  }
  for (const scheme of ['bearer', 'BEARER']) expect((await ask(server, token, { scheme })).status).toBe(200)
  for (const wrong of ['', `${token} ${token}`, `${token},${token}`, `"${token}"`, 'é', '%20']) {
    const answer = await ask(server, wrong)
    expect([answer.status, answer.json().code], wrong).toEqual([401, 'invalid_token'])
  }
})

test('no token reaches a log', asvs('16.2.5'), async ({ alice, server }) => {
  const app = await linkApp(server, alice)
  const [good, bad] = [mint(server, app), mint(server, app, { claims: { aud: 'elsewhere' } })]
  await ask(server, good)
  await ask(server, bad)
  for (const token of [good, bad]) {
    expect(server.log()).not.toContain(token)
    expect(server.log()).not.toContain(token.split('.')[2])
  }
})
