/**
 * # Timeouts: the limits
 *
 * Threat: a session that nobody uses waits for whoever comes by; one that is used all day never asks again who is there;
 * and a clock or a cookie in the client's hand could move either limit.
 *
 * Promise: the server's row and the server's clock decide. After fifteen minutes without activity, or eight hours in
 * all, nothing opens any more, on no kind of door. Only a full proof of identity moves the absolute limit.
 */
import { asvs, expect, type Person, test } from './book.ts'
import { openStream } from './event-stream.ts'
import type { Server } from './server.ts'
import { doors, openForm } from './ways-in.ts'

const IDLE = 15 * 60
const ABSOLUTE = 8 * 60 * 60
/** How far before a limit "before" is, so that a slow machine is still before it. The very second is a matter of
 * `lib/session/policy.test.ts`. */
const MARGIN = 5

const OPEN = { page: 200, read: 200, change: 204, action: 200, stream: 200 }
const SHUT = { page: 307, read: 401, change: 401, action: 303, stream: 401 }

const LIMITS = [
  ['without activity', { lastActive: IDLE - MARGIN }, { lastActive: IDLE }, 'idle'],
  ['in all, however busy', { began: ABSOLUTE - MARGIN }, { began: ABSOLUTE }, 'expired'],
] as const

for (const [words, before, at, reason] of LIMITS) {
  for (const door of ['page', 'read', 'change', 'action', 'stream'] as const) {
    test(
      `${door}: open just before the limit ${words}, shut from the limit on`,
      asvs(reason === 'idle' ? '7.3.1' : '7.3.2', 'NIST63B4-5.2-both', 'ASVS4-3.3.2', 'WSTG-SESS-07'),
      async ({ alice, server }) => {
        const { cookie, open } = await doorOf(alice, server, door)
        server.ageSession(await alice.sessionId(), before)
        expect((await open()).status).toBe(OPEN[door])
        await alice.begin()
        const again = await doorOf(alice, server, door)
        expect(again.cookie).not.toBe(cookie)
        const id = await alice.sessionId()
        server.ageSession(id, at)
        expect((await again.open()).status).toBe(SHUT[door])
        // Inactivity at level 2 locks: 03-timeouts.locking.
        if (reason === 'idle') expect(server.row(id)?.locked_at).toEqual(expect.any(Number))
        else expect(server.endedRow(id)).toMatchObject({ reason, ended_by: null })
      },
    )
  }
}

async function doorOf(alice: Person, server: Server, door: keyof typeof OPEN) {
  const cookie = await alice.cookieHeader()
  const form = await openForm(server, cookie, '/account', { button: 'Save name', values: { name: 'Alice' } })
  return { cookie, open: doors(server, cookie, form)[door] }
}

test(
  'an open stream tells the end when the time comes, and closes',
  asvs('7.3.1', '7.4.1'),
  async ({ alice, server }) => {
    server.ageSession(await alice.sessionId(), { lastActive: IDLE - 1 })
    const stream = await openStream(server, { cookie: await alice.cookieHeader() })
    expect(await stream.next('ended')).toMatchObject({ reason: 'idle' })
    await stream.closed
  },
)

test('no activity crosses the absolute limit', asvs('7.3.2', 'NIST63B4-5.2-both'), async ({ alice, server }) => {
  const id = await alice.sessionId()
  server.ageSession(id, { began: ABSOLUTE - 60, lastActive: 120 })
  const end = async () => (await (await alice.api.get('/api/session')).json()).session.expiresAt
  const before = await end()
  expect((await alice.api.post('/api/session/activity?stay')).status()).toBe(204)
  await alice.openSessions()
  expect(await end()).toBe(before)
  server.ageSession(id, { began: 60 })
  expect((await alice.api.post('/api/session/activity?stay')).status()).toBe(401)
  expect(await alice.isSignedIn()).toBe(false)
})

test(
  'a renewed token does not move the absolute limit, a full proof of identity does',
  asvs('7.3.2', 'NIST63B4-5.2-reset'),
  async ({ alice, server }) => {
    const id = await alice.sessionId()
    server.ageSession(id, { began: ABSOLUTE - 60, renewed: IDLE, authenticated: ABSOLUTE - 60 })
    const before = await alice.row()
    await alice.openSessions()
    await alice.openSessions()
    const renewed = await alice.row()
    expect(renewed.generation).toBeGreaterThan(before.generation)
    expect(renewed.lifetime_from).toBe(before.lifetime_from)
    const { password } = alice
    expect((await alice.api.post('/api/session/reauthenticate', { data: { password } })).status()).toBe(200)
    const proven = await alice.row()
    expect(proven.lifetime_from).toBeGreaterThan(before.lifetime_from)
    expect(proven.began_at).toBe(before.began_at)
    server.ageSession(id, { began: 60 })
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'a wrong password does not move the absolute limit',
  asvs('7.3.2', 'NIST63B4-5.2-reset'),
  async ({ alice, server }) => {
    server.ageSession(await alice.sessionId(), { began: 3600 })
    const before = await alice.row()
    await alice.api.post('/api/session/reauthenticate', { data: { password: 'something else entirely' } })
    expect((await alice.row()).lifetime_from).toBe(before.lifetime_from)
  },
)

for (const [words, hours] of [
  ['ahead', 5],
  ['behind', -5],
] as const) {
  test(
    `a client’s clock that is five hours ${words} changes nothing`,
    asvs('7.3.1', 'WSTG-SESS-07'),
    async ({ alice, server }) => {
      await alice.page.clock.install({ time: Date.now() + hours * 60 * 60 * 1000 })
      await alice.openSessions()
      await expect(alice.page.getByRole('alertdialog')).toHaveCount(0)
      // It learns of the true end, and of nothing before that.
      await alice.page.clock.fastForward(60_000)
      await expect(alice.page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
      server.ageSession(await alice.sessionId(), { lastActive: IDLE - 60 })
      await alice.page.evaluate(() => dispatchEvent(new Event('online')))
      await expect(alice.page.getByRole('alertdialog', { name: 'Are you still there?' })).toBeVisible()
    },
  )
}

test(
  'a cookie that is kept longer is not good for longer',
  asvs('7.3.1', 'WSTG-SESS-07'),
  async ({ alice, server }) => {
    const [cookie] = (await alice.context.cookies()).filter(({ name }) => name === '__Host-session')
    expect(cookie?.expires, 'the browser’s session').toBe(-1)
    await alice.context.addCookies([{ ...cookie, expires: Date.now() / 1000 + 300 * 24 * 60 * 60 } as never])
    server.ageSession(await alice.sessionId(), { lastActive: IDLE })
    await alice.page.goto('/account')
    await expect(alice.page).toHaveURL('/sign-in?reason=idle&returnTo=%2Faccount')
    await expect(alice.page.getByRole('status')).toContainText('nothing happened here for a while')
  },
)

test('the account page tells both limits', asvs('7.1.1'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { began: 3600 })
  await alice.page.goto('/account')
  const { last_active_at, lifetime_from } = await alice.row()
  const fact = (term: string) => alice.page.locator('dt', { hasText: term }).locator('+ dd').getByRole('time')
  const at = (milliseconds: number) => new Date(milliseconds).toISOString()
  await expect(fact('Ends after 15 minutes without activity')).toHaveAttribute(
    'datetime',
    at(last_active_at + IDLE * 1000),
  )
  await expect(fact('Ends at the latest')).toHaveAttribute('datetime', at(lifetime_from + ABSOLUTE * 1000))
})
