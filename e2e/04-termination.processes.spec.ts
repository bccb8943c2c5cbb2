/**
 * # Termination: in other processes, from the command line, and of the process itself
 *
 * Threat: the process that ended a session knows, and the one beside it goes on serving it; an administrator's command
 * reaches the database and no open page; records of the past are kept for ever, or a restart tears what was under way.
 *
 * Promise: processes that share a database refuse a session from the moment of its end and tell its open pages within a
 * second. Records go after 28 days. A process that is asked to end closes its streams, finishes, and exits with 0.
 */
import { trySignIn } from './api.ts'
import { asvs, expect, startServer, test } from './book.ts'
import { signet } from './command-line.ts'
import { openStream } from './event-stream.ts'

test(
  'two processes on one database: what ends in one is over in the other',
  asvs('7.4.1'),
  async ({ alice, server }) => {
    const beside = await startServer({ DATA_DIR: server.dataDir, APP_ORIGIN: server.origin })
    const host = new URL(server.origin).host
    const heartbeatsUntilClosed = async () => {
      await alice.begin()
      const cookie = await alice.cookieHeader()
      const ask = () => beside.request({ path: '/api/session', headers: { host, cookie } })
      expect((await ask()).status).toBe(200)
      const stream = await openStream(server, { cookie, port: beside.port })
      await stream.next('timeouts')
      const before = stream.heartbeats()
      await alice.api.delete('/api/session')
      expect((await ask()).status, 'at once').toBe(401)
      expect(await stream.next('ended')).toMatchObject({ reason: 'signed-out' })
      await stream.closed
      return stream.heartbeats() - before
    }
    // Each heartbeat looks at the row and would bring a missed end to light. One that came by chance proves nothing.
    await expect.poll(heartbeatsUntilClosed).toBe(0)
    await beside.stop()
  },
)

test(
  'activity in one process is news to the pages that the other one serves',
  asvs('7.3.1'),
  async ({ alice, server }) => {
    const beside = await startServer({ DATA_DIR: server.dataDir, APP_ORIGIN: server.origin })
    const heartbeatsUntilTold = async () => {
      server.ageSession(await alice.sessionId(), { lastActive: 300 })
      const stream = await openStream(server, { cookie: await alice.cookieHeader(), port: beside.port })
      const idleExpiresAt = async () => Date.parse((await stream.next('timeouts')).idleExpiresAt ?? '')
      const before = await idleExpiresAt()
      const heard = stream.heartbeats()
      await alice.api.post('/api/session/activity')
      expect(await idleExpiresAt()).toBeGreaterThan(before)
      stream.close()
      return stream.heartbeats() - heard
    }
    // A heartbeat tells the same.
    await expect.poll(heartbeatsUntilTold).toBe(0)
    await beside.stop()
  },
)

test(
  'ending a person’s sessions from the command line reaches what is open',
  asvs('7.4.5', '7.4.1'),
  async ({ alice, bob, server }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    const streams = await Promise.all(
      [alice, laptop].map(async (each) => openStream(server, { cookie: await each.cookieHeader() })),
    )
    expect(await signet(server, 'sessions', 'end', '--user', alice.email)).toBe(`2 sessions of ${alice.email} ended.\n`)
    for (const stream of streams) {
      expect(await stream.next('ended')).toMatchObject({ reason: 'revoked' })
      await stream.closed
    }
    expect([await alice.isSignedIn(), await laptop.isSignedIn(), await bob.isSignedIn()]).toEqual([false, false, true])
    await alice.signIn()
    await expect(alice.page.getByRole('region', { name: 'Recently ended' })).toContainText('Ended by an administrator')
  },
)

test(
  'the record of an ended session is kept for 28 days and not longer',
  asvs('CS-SESS-history'),
  async ({ alice, bob, server }) => {
    const DAYS_28 = 28 * 24 * 60 * 60 * 1000
    const ids = [await alice.sessionId(), await bob.sessionId()]
    for (const each of [alice, bob]) await each.api.delete('/api/session')
    const end = server.db.prepare('update ended_sessions set ended_at = ended_at - ? where id = ?')
    end.run(DAYS_28 - 60_000, ids[0])
    end.run(DAYS_28, ids[1])
    // The server's own housekeeping may have come first, or other tests' records be due: the number is not ours.
    expect(await signet(server, 'sessions', 'purge')).toMatch(/\d+ records? older than 28 days deleted\./)
    expect(ids.map((id) => server.endedRow(id) !== undefined)).toEqual([true, false])
  },
)

test('what the command does to a session that was left is what it says', asvs('7.3.1'), async ({ alice, server }) => {
  const id = await alice.sessionId()
  server.ageSession(id, { lastActive: 15 * 60 })
  expect(await signet(server, 'sessions', 'purge')).toMatch(/^\d+ sessions? ended, or locked by inactivity\.$/m)
  expect(server.row(id)?.locked_at).toEqual(expect.any(Number))
})

test('at SIGTERM streams close, requests are finished and the process exits with 0', async ({ newcomer }) => {
  const { name, email, password } = newcomer
  const other = await startServer()
  const made = await other.request({
    method: 'POST',
    path: '/api/account',
    headers: { origin: other.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ name, email, password }),
  })
  const cookie = made.cookies.map((each) => `${each.name}=${each.value}`).join('; ')
  const stream = await openStream(other, { cookie })
  await stream.next('timeouts')
  const taken = () => other.db.prepare('select total(taken) from attempts').pluck().get()
  const before = taken()
  // A password is hashed once its attempt is taken: that takes longer than the signal does.
  const inFlight = trySignIn(other, newcomer)
  await expect.poll(taken, { intervals: [2] }).not.toBe(before)
  const code = other.stop()
  await stream.closed
  expect((await inFlight).status).toBe(201)
  expect(await code).toBe(0)
})

test('a process that comes back finds every session as it was', asvs('7.4.1'), async ({ newcomer }) => {
  const other = await startServer()
  const headers = { origin: other.origin, 'content-type': 'application/json' }
  const { name, email, password } = newcomer
  const body = JSON.stringify({ name, email, password })
  const living = await other.request({ method: 'POST', path: '/api/account', headers, body })
  const ended = await trySignIn(other, newcomer)
  const [alive = '', dead = ''] = [living, ended].map(({ cookies }) =>
    cookies.map((each) => `${each.name}=${each.value}`).join('; '),
  )
  await other.request({ method: 'DELETE', path: '/api/session', headers: { ...headers, cookie: dead } })
  await other.restart()
  const ask = async (cookie: string) => (await other.request({ path: '/api/session', headers: { cookie } })).status
  expect([await ask(alive), await ask(dead)]).toEqual([200, 401])
  await other.stop()
})
