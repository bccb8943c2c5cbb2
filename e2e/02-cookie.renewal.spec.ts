/**
 * # The cookie: renewal
 *
 * Threat: a cookie that was copied once works for hours, beside its owner and unnoticed. Replacing tokens catches
 * copies, but done carelessly it signs honest people out whenever an answer is lost or two requests cross.
 *
 * Promise: after fifteen minutes the next visit is offered a successor. Until the browser has shown it, the present
 * token keeps working, and everybody who bears it gets the same successor. Once it has been shown, its predecessor is
 * served for thirty seconds without a cookie and opens nothing sensitive; used after that it ends the session, and the
 * person is told. So a copy is caught as soon as the two are used more than the grace apart; two bearers that move in
 * lockstep are left to the limits of the session.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { sendJson } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { openForm } from './ways-in.ts'

const INTERVAL = 900
const GRACE = 30

const sessionIn = ({ cookies }: RawAnswer) => cookies.find(({ name }) => name === '__Host-session')?.value
const named = (value: string | undefined) => `__Host-session=${value}`

/** A visit by hand: its answer reaches nobody's cookie jar. */
const visit = (server: Server, cookie: string, path = '/account') => server.request({ path, headers: { cookie } })

/** The token is due, and a successor has been offered, which the browser has not shown. */
async function offered(server: Server, person: Person): Promise<{ old: string; successor: string }> {
  const old = named(await person.cookie())
  server.ageSession(await person.sessionId(), { renewed: INTERVAL })
  const successor = sessionIn(await visit(server, old))
  expect(successor, 'a successor is offered').toBeDefined()
  return { old, successor: named(successor) }
}

/** And now it has shown it. */
async function renewed(server: Server, person: Person): Promise<{ old: string; present: string }> {
  const { old, successor } = await offered(server, person)
  expect((await visit(server, successor)).status).toBe(200)
  return { old, present: successor }
}

test(
  'after the interval a visit renews the token, and the session stays the same',
  asvs('CS-SESS-renewal', '7.2.4'),
  async ({ alice, server }) => {
    const before = { cookie: await alice.cookie(), ...(await alice.row()) }
    await alice.openSessions()
    expect(await alice.cookie(), 'not before its time').toBe(before.cookie)
    server.ageSession(before.id, { renewed: INTERVAL })
    await alice.openSessions()
    expect(await alice.cookie()).not.toBe(before.cookie)
    await alice.openSessions()
    const after = await alice.row()
    expect(after.id).toBe(before.id)
    expect(after.digest.equals(before.digest)).toBe(false)
    expect(after.lifetime_from, 'its absolute limit did not move').toBe(before.lifetime_from)
  },
)

test(
  'only a visit is offered a successor: no read of the API, no prefetch, no asset',
  asvs('CS-SESS-renewal', '3.5.3'),
  async ({ alice, server }) => {
    const cookie = named(await alice.cookie())
    server.ageSession(await alice.sessionId(), { renewed: INTERVAL })
    const machines = [
      { path: '/api/session' },
      { path: '/api/sessions' },
      { path: '/icon.svg' },
      { path: '/account', headers: { 'sec-purpose': 'prefetch' } },
      { path: '/account', headers: { purpose: 'prefetch' } },
      { path: '/account', headers: { rsc: '1', 'next-router-prefetch': '1' } },
      { path: '/account', headers: { 'sec-fetch-dest': 'image' } },
      { path: '/account', method: 'HEAD' },
    ]
    for (const { headers, ...machine } of machines) {
      const answer = await server.request({ ...machine, headers: { cookie, ...headers } })
      expect(sessionIn(answer), JSON.stringify(machine)).toBeUndefined()
    }
    expect((await alice.row()).successor_generation).toBeNull()
  },
)

test(
  'everybody who bears the token gets the same successor',
  asvs('CS-SESS-renewal', '15.4.2'),
  async ({ alice, server }) => {
    const old = named(await alice.cookie())
    server.ageSession(await alice.sessionId(), { renewed: INTERVAL })
    const answers = await Promise.all(Array.from({ length: 20 }, () => visit(server, old)))
    const offers = answers.map((answer) => named(sessionIn(answer)))
    expect(new Set(offers).size, 'each in a seal of its own').toBe(20)
    await visit(server, offers[0] ?? '')
    server.ageSession(await alice.sessionId(), { retired: GRACE + 1 })
    for (const offer of offers) expect((await visit(server, offer)).status, 'and all are good').toBe(200)
  },
)

test(
  'a lost answer costs nothing: the token works on, and is offered its successor again',
  asvs('CS-SESS-renewal'),
  async ({ alice, server }) => {
    const { old } = await offered(server, alice)
    for (let lost = 0; lost < 5; lost++) {
      const answer = await visit(server, old)
      expect(answer.status).toBe(200)
      expect(sessionIn(answer)).toBeDefined()
    }
    await alice.openSessions()
    await alice.openSessions()
    expect(named(await alice.cookie())).not.toBe(old)
  },
)

test('in the grace a predecessor is served, without a cookie', asvs('CS-SESS-renewal'), async ({ alice, server }) => {
  const { old } = await renewed(server, alice)
  const late = await visit(server, old)
  expect(late.status).toBe(200)
  expect(sessionIn(late)).toBeUndefined()
})

test(
  'a predecessor used after the grace ends the session for both, and the person is told',
  asvs('7.4.1', 'CS-SESS-anomaly', '16.3.3'),
  async ({ alice, mallory, server }) => {
    await mallory.copyCookiesFrom(alice)
    const id = await alice.sessionId()
    server.ageSession(id, { renewed: INTERVAL })
    await alice.openSessions()
    await alice.openSessions()
    server.ageSession(id, { retired: GRACE })
    await mallory.page.goto('/account')
    await expect(mallory.page, 'the copy opens nothing').toHaveURL(/\/sign-in/)
    expect(server.endedRow(id)?.reason).toBe('replayed')
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('session-replayed')
    await alice.page.goto('/account')
    await expect(alice.page).toHaveURL('/sign-in?reason=replayed&returnTo=%2Faccount')
    await expect(alice.page.getByRole('status')).toContainText('A copy of this session’s cookie was used')
    await alice.fillSignIn()
    await expect(alice.page).toHaveURL('/account')
    await alice.openSessions()
    await expect(alice.page.getByText('A copy of one of your sessions was used')).toBeVisible()
  },
)

test(
  'a thief who renews first is caught when the owner comes back',
  asvs('CS-SESS-anomaly', '7.4.1'),
  async ({ alice, mallory, server }) => {
    await mallory.copyCookiesFrom(alice)
    const id = await alice.sessionId()
    server.ageSession(id, { renewed: INTERVAL })
    await mallory.openSessions()
    await mallory.openSessions()
    server.ageSession(id, { retired: GRACE })
    await alice.page.goto('/account')
    await expect(alice.page).toHaveURL(/reason=replayed/)
    expect(await mallory.isSignedIn()).toBe(false)
  },
)

test(
  'just inside the grace it is a request in flight, and harms nobody',
  asvs('CS-SESS-renewal'),
  async ({ alice, server }) => {
    const { old, present } = await renewed(server, alice)
    server.ageSession(await idOf(server, present), { retired: GRACE - 10 })
    expect((await visit(server, old)).status).toBe(200)
    expect((await visit(server, present)).status).toBe(200)
  },
)

test(
  'an older token than the predecessor is a replay at once',
  asvs('CS-SESS-anomaly', '7.4.1'),
  async ({ alice, server }) => {
    const first = await renewed(server, alice)
    const id = await idOf(server, first.present)
    server.ageSession(id, { renewed: INTERVAL })
    const second = named(sessionIn(await visit(server, first.present)))
    await visit(server, second)
    expect((await visit(server, first.old)).status).toBe(307)
    expect(server.endedRow(id)?.reason).toBe('replayed')
  },
)

test(
  'an offer that nobody took up lapses, and showing it later is a replay',
  asvs('CS-SESS-anomaly'),
  async ({ alice, server }) => {
    const { old, successor: lapsed } = await offered(server, alice)
    const id = await alice.sessionId()
    server.ageSession(id, { offered: GRACE })
    const next = sessionIn(await visit(server, old))
    expect(next, 'a new one is made').toBeDefined()
    await visit(server, named(next))
    server.ageSession(id, { retired: GRACE })
    expect((await visit(server, lapsed)).status).toBe(307)
    expect(server.endedRow(id)?.reason).toBe('replayed')
  },
)

test(
  'signing out everywhere, pressed while a new token was on its way, says so and works at the second press',
  asvs('CS-SESS-renewal', '7.5.2'),
  async ({ alice, server }) => {
    const { old, successor } = await offered(server, alice)
    const values = { scope: 'everywhere', act: 'sign-out-everywhere' }
    const form = await openForm(server, old, '/account', { button: 'Sign out', values })
    const press = (cookie: string) => {
      const headers = { cookie, origin: server.origin, 'content-type': form.type }
      return server.request({ method: 'POST', path: '/sign-out', headers, body: form.body })
    }
    const refused = await press(old)
    expect(refused.headers.location).toBe('/account/sessions?end=everywhere&problem=renewed')
    const told = await visit(server, successor, refused.headers.location)
    expect(told.body).toContain('Your session was just renewed, so nothing has been done yet.')
    expect(await alice.isSignedIn()).toBe(true)
    expect((await press(successor)).headers.location).toBe('/sign-in?reason=signed-out')
  },
)

test(
  'a predecessor opens nothing sensitive, though it is in its grace',
  asvs('CS-SESS-renewal', 'ASVS4-3.7.1'),
  async ({ alice, server }) => {
    const other = await alice.anotherBrowser()
    await other.begin()
    const target = await other.sessionId()
    const { old, present } = await renewed(server, alice)
    const end = (cookie: string) =>
      sendJson(server, 'DELETE', `/api/sessions/${target}`, undefined, { headers: { cookie } })
    const refused = await end(old)
    expect([refused.status, refused.json().code]).toEqual([409, 'session_renewed'])
    expect(await other.isSignedIn()).toBe(true)
    const confirm = await sendJson(
      server,
      'POST',
      '/api/session/reauthenticate',
      { password: alice.password },
      { headers: { cookie: old } },
    )
    expect([confirm.status, confirm.json().code]).toEqual([409, 'session_renewed'])
    expect((await end(present)).status, 'the newest token does').toBe(204)
    expect(await other.isSignedIn()).toBe(false)
  },
)

test(
  'a press that meets a renewal is answered with the new token, and the second press works',
  asvs('CS-SESS-renewal'),
  async ({ alice, server }) => {
    const other = await alice.anotherBrowser('firefox-linux')
    await other.begin()
    await alice.openSessions()
    const { old } = await offered(server, alice)
    await alice.page.getByRole('button', { name: /^Sign out Firefox on Linux/ }).click()
    const dialog = alice.page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(dialog.getByRole('alert')).toContainText('Your session was just renewed, so nothing has been done yet')
    expect(await other.isSignedIn()).toBe(true)
    expect(named(await alice.cookie()), 'the answer brought the successor').not.toBe(old)
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(new ActiveSessionsPage(alice.page).outcome).toHaveText('Firefox on Linux is signed out.')
    expect(await other.isSignedIn()).toBe(false)
  },
)

test('signing out beats a renewal that is on its way', asvs('7.4.1', '15.4.2'), async ({ alice, server }) => {
  await alice.openSessions()
  const { successor } = await offered(server, alice)
  await alice.signOut()
  const value = successor.slice('__Host-session='.length)
  await alice.context.addCookies([
    { name: '__Host-session', value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' },
  ])
  await alice.page.goto('/account')
  await expect(alice.page, 'the late cookie is dead on arrival').toHaveURL(/\/sign-in/)
})

async function idOf(server: Server, cookie: string): Promise<string> {
  const answer = await server.request({ path: '/api/session', headers: { cookie } })
  return answer.json<{ session: { id: string } }>().session.id
}
