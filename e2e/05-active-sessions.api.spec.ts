/**
 * # Active sessions: the same over the API
 *
 * Threat: what the page is careful about is left open beside it: ids that belong to somebody else, acts without a
 * fresh proof of identity, answers that tell more than they should.
 *
 * Promise: the API shows and does what the page shows and does, under the same rules, in the documented form.
 */
import { asvs, expect, type Person, test } from './book.ts'

const SESSION = {
  id: expect.stringMatching(/^[\w-]{22}$/),
  current: expect.any(Boolean),
  createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  lastActiveAt: expect.any(String),
  idleExpiresAt: expect.any(String),
  expiresAt: expect.any(String),
  authenticatedAt: expect.any(String),
  assuranceLevel: 1,
  methods: ['pwd'],
  device: { browser: 'Chrome', os: 'Linux', kind: 'desktop' },
  ip: '127.0.0.1',
  place: null,
}

async function laptopOf(alice: Person): Promise<Person> {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  return laptop
}

test('a session has the documented fields and no others', asvs('7.5.2', '3.3.4'), async ({ alice }) => {
  const answer = await alice.api.get('/api/session')
  expect(await answer.json()).toEqual({
    session: { ...SESSION, current: true },
    user: { id: expect.any(String), name: 'Alice', email: alice.email },
  })
  expect(answer.headers()['cache-control']).toContain('no-store')
  const laptop = await laptopOf(alice)
  const { sessions } = await (await alice.api.get('/api/sessions')).json()
  const device = { browser: 'Firefox', os: 'Linux', kind: 'desktop' }
  const byDevice = sessions.sort((a: typeof SESSION, b: typeof SESSION) => Number(b.current) - Number(a.current))
  expect(byDevice).toEqual([
    { ...SESSION, current: true },
    { ...SESSION, id: await laptop.sessionId(), current: false, device },
  ])
})

test('its times are those of the row and of the policy', asvs('7.3.1', '7.3.2'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { lastActive: 300, began: 3600, authenticated: 1800 })
  const row = await alice.row()
  const { session } = await (await alice.api.get('/api/session')).json()
  const at = (milliseconds: number) => new Date(milliseconds).toISOString()
  expect(session).toMatchObject({
    createdAt: at(row.began_at),
    lastActiveAt: at(row.last_active_at),
    idleExpiresAt: at(row.last_active_at + 15 * 60 * 1000),
    expiresAt: at(row.lifetime_from + 8 * 60 * 60 * 1000),
    authenticatedAt: at(JSON.parse(row.authentications)[0][1]),
  })
})

test('inactivity is never announced beyond the absolute limit', asvs('7.3.2'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { began: 8 * 60 * 60 - 300 })
  const { session } = await (await alice.api.get('/api/session')).json()
  expect(session.idleExpiresAt).toBe(session.expiresAt)
})

test('the address is shortened unless the proof of identity is fresh', asvs('7.5.2'), async ({ alice, server }) => {
  server.db.prepare('update sessions set ip = ? where id = ?').run('2001:db8:1:2:3::7', await alice.sessionId())
  const shown = async () => (await (await alice.api.get('/api/session')).json()).session.ip
  expect(await shown()).toBe('2001:db8:1:2:3::7')
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  expect(await shown()).toBe('2001:db8:1::x')
})

test('one session is ended by its id', asvs('7.4.1', '7.5.2'), async ({ alice }) => {
  const laptop = await laptopOf(alice)
  const id = await laptop.sessionId()
  expect((await alice.api.delete(`/api/sessions/${id}`)).status()).toBe(204)
  expect(await laptop.isSignedIn()).toBe(false)
  expect((await alice.api.delete(`/api/sessions/${id}`)).status()).toBe(404)
  expect(await alice.isSignedIn()).toBe(true)
})

test(
  'an id of another account is as unknown as one that never was',
  asvs('8.2.2', 'WSTG-ATHZ-04'),
  async ({ alice, bob, server }) => {
    const bobs = await bob.sessionId()
    const before = [server.row(bobs), server.events(bob.email)]
    const ended = await laptopOf(alice)
    const endedId = await ended.sessionId()
    await ended.api.delete('/api/session')
    const answers = []
    for (const id of [bobs, 'AAAAAAAAAAAAAAAAAAAAAA', 'x', '%2e%2e%2fsession', endedId]) {
      const answer = await alice.api.delete(`/api/sessions/${id}`)
      answers.push([answer.status(), await answer.text()])
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(answers[0]?.[0]).toBe(404)
    expect(JSON.parse(String(answers[0]?.[1]))).toMatchObject({ code: 'not_found' })
    expect([server.row(bobs), server.events(bob.email)]).toEqual(before)
  },
)

test('others and all, by scope', asvs('7.4.1', '7.5.2'), async ({ alice }) => {
  const laptop = await laptopOf(alice)
  expect(await (await alice.api.delete('/api/sessions?scope=others')).json()).toEqual({ ended: 1 })
  expect(await laptop.isSignedIn()).toBe(false)
  expect(await (await alice.api.delete('/api/sessions?scope=others')).json()).toEqual({ ended: 0 })
  const again = await laptopOf(alice)
  expect(await (await alice.api.delete('/api/sessions?scope=all')).json()).toEqual({ ended: 2 })
  expect(await again.isSignedIn()).toBe(false)
  expect(await alice.cookie()).toBeUndefined()
})

test('no scope, or an unknown one, ends nothing', async ({ alice, server }) => {
  await laptopOf(alice)
  for (const query of ['', '?scope=', '?scope=everyone', '?scope=ALL']) {
    const answer = await alice.api.delete(`/api/sessions${query}`)
    expect(answer.status()).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_input', errors: [{ field: 'scope' }] })
  }
  expect(server.sessions(alice.email)).toHaveLength(2)
})

test(
  'outside the step-up window nothing of another session ends',
  asvs('7.5.2', 'ASVS4-3.7.1', 'ASVS4-3.3.4'),
  async ({ alice, server }) => {
    const laptop = await laptopOf(alice)
    const own = await alice.sessionId()
    const path = `/api/sessions/${await laptop.sessionId()}`
    server.ageSession(own, { authenticated: 10 * 60 })
    const attempts = [
      await alice.api.delete(path),
      await alice.api.delete('/api/sessions?scope=others'),
      await alice.api.delete('/api/sessions?scope=all'),
      await alice.api.patch(path, { data: { name: 'Mine' } }),
      // Not even whether the id exists is told.
      await alice.api.delete('/api/sessions/AAAAAAAAAAAAAAAAAAAAAA'),
    ]
    for (const answer of attempts) {
      expect(answer.status()).toBe(403)
      expect(await answer.json()).toMatchObject({ code: 'reauthentication_required' })
    }
    expect(server.sessions(alice.email)).toHaveLength(2)
    // A few seconds before the window closes it is still open.
    server.ageSession(own, { authenticated: -30 })
    expect((await alice.api.delete(path)).status()).toBe(204)
  },
)

test(
  'after the password the act is open again, under a new token',
  asvs('7.5.2', '7.2.4'),
  async ({ alice, server }) => {
    const laptop = await laptopOf(alice)
    server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
    const before = await alice.cookie()
    const { password } = alice
    const wrong = await alice.api.post('/api/session/reauthenticate', { data: { password: 'something else entirely' } })
    expect(wrong.status()).toBe(401)
    expect(await alice.cookie()).toBe(before)
    const right = await alice.api.post('/api/session/reauthenticate', { data: { password } })
    expect((await right.json()).session.current).toBe(true)
    expect(await alice.cookie()).not.toBe(before)
    expect((await alice.api.delete(`/api/sessions/${await laptop.sessionId()}`)).status()).toBe(204)
  },
)

test('leaving by the own id needs no fresh proof', asvs('7.4.4', 'ASVS4-3.3.4'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { authenticated: 60 * 60 })
  expect((await alice.api.delete(`/api/sessions/${await alice.sessionId()}`)).status()).toBe(204)
  expect(await alice.cookie()).toBeUndefined()
  expect(await alice.isSignedIn()).toBe(false)
})

test('without a session the list tells nothing', asvs('WSTG-ATHZ-02'), async ({ mallory }) => {
  for (const answer of [
    await mallory.api.get('/api/sessions'),
    await mallory.api.delete('/api/sessions?scope=all'),
    await mallory.api.delete('/api/sessions/AAAAAAAAAAAAAAAAAAAAAA'),
  ]) {
    expect(answer.status()).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'no_session' })
  }
})
