/**
 * # Signing in through others: signing out
 *
 * Threat: whoever signs out there stays signed in here, or the other way round without being told; somebody else signs
 * people out, with a forged token, an old one, or one that was made for something else; or a token that was good once is
 * kept, and ends what began later.
 *
 * Promise: what a provider ends, ends here within a second, exactly the sessions that rest on it. Its token says that it
 * is one, is from now, for us, and comes once. Whoever signs out here reads what stays, and ends it with one press.
 */
import { randomBytes } from 'node:crypto'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean, type Person } from './book.ts'
import { giveApp } from './factors.ts'
import type { Peer } from './peers/peer.ts'
import type { Lie } from './peers/provider.ts'
import { AT_SHORE, register, SHORE } from './relying-party.ts'
import type { Server } from './server.ts'
import { giveIdentity, goThroughWork, signInThroughWork, test } from './through-work.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const HOUR = 3600
const now = () => Math.floor(Date.now() / 1000)

/** A good one for somebody; what is given comes over it, and null takes it away. */
function logout(work: Pick<Peer, 'issuer'>, about: Readonly<Record<string, unknown>>): Lie {
  const times = { iat: now(), exp: now() + 120, jti: randomBytes(16).toString('hex') }
  const claims = { iss: work.issuer, aud: 'signet', ...times, events: { [EVENT]: {} }, ...about }
  return { claims, header: { typ: 'logout+jwt' } }
}

const PATH = '/api/federation/at-work/backchannel-logout'

function receive(server: Server, token: string) {
  const body = new URLSearchParams({ logout_token: token }).toString()
  return server.request({
    method: 'POST',
    path: PATH,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
}

/** What the session of this person rests on. */
async function federationOf(server: Server, person: Person) {
  const query = 'select subject, sid, issued_at from federated_sessions where session_id = ?'
  return server.db.prepare(query).get(await person.sessionId()) as { subject: string; sid: string; issued_at: number }
}

test(
  'whoever is signed out at Work is signed out here within a second, and reads why',
  asvs('7.6.1', '7.1.3', '7.4.1'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const own = await newcomer.anotherBrowser('safari-mac')
    await signInThroughWork(own)
    const [id, cookie] = [await newcomer.sessionId(), await newcomer.cookieHeader()]
    const there = await newcomer.context.newPage()
    await there.goto(`${work.issuer}/session/end`)
    await there.getByRole('button', { name: 'Yes, sign me out' }).click()
    await expect.poll(() => server.endedRow(id)?.reason, { timeout: 5000 }).toBe('provider')
    await expect(newcomer.page.getByText('This session was ended from somewhere else')).toBeVisible()
    expect((await server.request({ path: '/account', headers: { cookie } })).status).toBe(307)
    expect(await own.isSignedIn(), 'another session there, and so here').toBe(true)
    await own.openSessions()
    await expect(own.page.getByText('You were signed out at the provider that signed you in')).toBeVisible()
  },
)

test(
  'a good token ends the sessions that it names, once; an unknown one is as well',
  asvs('10.5.5', '9.2.2'),
  async ({ newcomer, alice, server, work }) => {
    await signInThroughWork(newcomer)
    // A while ago: times are in whole seconds, and what begins in the very second of a sign-out is not believed either.
    const aged = 'update federated_sessions set issued_at = issued_at - 10000 where session_id = ?'
    server.db.prepare(aged).run(await newcomer.sessionId())
    const { subject, sid, issued_at } = await federationOf(server, newcomer)
    const token = await work.sign(logout(work, { sub: subject, sid, iat: issued_at / 1000 }))
    expect(await receive(server, await work.sign(logout(work, { sid: 'of nobody' })))).toMatchObject({
      status: 200,
      body: '',
    })
    expect(await newcomer.isSignedIn()).toBe(true)
    const answer = await receive(server, token)
    expect([answer.status, answer.headers['cache-control'], answer.body]).toEqual([200, 'no-store', ''])
    expect(await newcomer.isSignedIn()).toBe(false)
    expect(await alice.isSignedIn()).toBe(true)

    // Sent again, by whoever has kept it, it is refused, and ends nothing that has begun since.
    await newcomer.context.clearCookies({ name: '__Host-session' })
    await signInThroughWork(newcomer, null)
    const again = await receive(server, token)
    expect([again.status, again.json().error]).toEqual([400, 'invalid_request'])
    expect(await newcomer.isSignedIn()).toBe(true)
  },
)

test('what is older than a session does not end it', asvs('10.5.5', '7.4.1'), async ({ newcomer, server, work }) => {
  await signInThroughWork(newcomer)
  const { subject, issued_at } = await federationOf(server, newcomer)
  const iat = issued_at / 1000 - 1
  expect((await receive(server, await work.sign(logout(work, { sub: subject, iat })))).status).toBe(200)
  expect(await newcomer.isSignedIn()).toBe(true)
  expect((await receive(server, await work.sign(logout(work, { sub: subject, iat: iat + 1 })))).status).toBe(200)
  expect(await newcomer.isSignedIn()).toBe(false)
})

type About = Readonly<Record<string, unknown>>

const FORGED: Readonly<Record<string, (good: Lie) => Lie>> = {
  'is an ID token': (good) => ({ ...good, header: { typ: 'JWT' } }),
  'says nothing of what it is': (good) => ({ ...good, header: {} }),
  'is an access token': (good) => ({ ...good, header: { typ: 'at+jwt' } }),
  'is another security event': (good) => ({ ...good, header: { typ: 'secevent+jwt' } }),
  'has a nonce': (good) => over(good, { nonce: 'of a trip' }),
  'has no events': (good) => over(good, { events: null }),
  'has other events': (good) => over(good, { events: { 'https://schemas.example/event/other': {} } }),
  'has events that are none': (good) => over(good, { events: { [EVENT]: 'yes' } }),
  'is about nobody': (good) => over(good, { sub: null, sid: null }),
  'is about no name': (good) => over(good, { sub: 7 }),
  'has no jti': (good) => over(good, { jti: null }),
  'has no exp': (good) => over(good, { exp: null }),
  'has run out': (good) => over(good, { exp: now() - 61 }),
  'has no iat': (good) => over(good, { iat: null }),
  'is from the future': (good) => over(good, { iat: now() + HOUR, exp: now() + 2 * HOUR }),
  'is of another issuer': (good) => over(good, { iss: 'https://login.example.org' }),
  'is for another application': (good) => over(good, { aud: 'another application' }),
  'is signed by somebody else': (good) => ({ ...good, signed: 'other' }),
  'is not signed': (good) => ({ ...good, signed: 'none' }),
  'has the public key for a password': (good) => ({ ...good, signed: 'public' }),
  'brings its own key': (good) => ({
    ...good,
    signed: 'other',
    header: { ...good.header, kid: 'two', jku: 'http://127.0.0.1:9/keys' },
  }),
}

function over(good: Lie, about: About): Lie {
  return { ...good, claims: { ...good.claims, ...about } }
}

test(
  'what is no logout token of Work, for us, from now, ends nothing',
  asvs('10.5.5', '9.1.1', '9.1.2', '9.1.3', '9.2.1', '9.2.2', '9.2.3'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const { subject, sid } = await federationOf(server, newcomer)
    const before = server.fingerprint()
    const answers = new Set<string>()
    for (const [what, forge] of Object.entries(FORGED)) {
      const answer = await receive(server, await work.sign(forge(logout(work, { sub: subject, sid }))))
      expect([what, answer.status, answer.headers['cache-control']]).toEqual([what, 400, 'no-store'])
      answers.add(answer.body)
    }
    expect((await receive(server, await work.last())).status, 'the ID token itself').toBe(400)
    expect([...answers], 'all alike').toEqual([expect.stringContaining('"error":"invalid_request"')])
    for (const text of ['', 'a.b.c', '..', 'x'.repeat(5000)]) expect((await receive(server, text)).status).toBe(400)
    expect(server.fingerprint()).toBe(before)
    expect(await newcomer.isSignedIn()).toBe(true)
  },
)

test('whoever sends no tokens by the hundred fills no log', asvs('16.3.3'), async ({ server }) => {
  const lines = () => server.log().split('a logout token was refused').length
  const before = lines()
  for (const _ of Array.from({ length: 100 })) expect((await receive(server, 'a.b.c')).status).toBe(400)
  // One a minute: another test has had its own, or this one goes on into the next.
  expect(lines() - before).toBeLessThan(3)
  expect(lines()).toBeGreaterThan(1)
})

test(
  'the receiver takes a form with one token, and nothing else',
  asvs('10.5.5', '15.3.7', '3.5.1'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const { subject } = await federationOf(server, newcomer)
    const token = await work.sign(logout(work, { sub: subject }))
    const form = 'application/x-www-form-urlencoded'
    const send = (body: string, type = form, path = PATH) =>
      server.request({ method: 'POST', path, headers: { 'content-type': type }, body })
    expect((await send(`logout_token=${token}&logout_token=${token}`)).status).toBe(400)
    expect((await send(JSON.stringify({ logout_token: token }), 'application/json')).status).toBe(400)
    expect((await send(`logout_token=${token}`, 'text/plain')).status).toBe(400)
    expect((await send(`logout_token=${token}`, form, '/api/federation/nobody/backchannel-logout')).status).toBe(404)
    // Its path alone is exempt from the own-origin rule.
    expect((await send('', form, '/api/federation/at-work/sign-out')).status).toBe(403)
    expect((await server.request({ path: `${PATH}?logout_token=${token}` })).status).toBe(405)
    expect(await newcomer.isSignedIn()).toBe(true)
  },
)

test('half a sign-in from Work is over as well', asvs('7.6.1', '6.3.3'), async ({ alice, server, work }) => {
  const app = giveApp(server, alice)
  giveIdentity(server, alice, work)
  const phone = await alice.anotherBrowser('safari-iphone')
  await goThroughWork(phone, alice.email)
  await expect(phone.page).toHaveURL('/sign-in/verify')
  expect((await receive(server, await work.sign(logout(work, { sub: alice.email })))).status).toBe(200)
  await phone.page.getByLabel('Authentication code').fill(app.code())
  await phone.page.getByRole('button', { name: 'Verify' }).click()
  await expect(phone.page).toHaveURL('/sign-in?again')
  expect(await phone.isSignedIn()).toBe(false)
  expect(await alice.isSignedIn(), 'that one Signet itself has signed in').toBe(true)
})

for (const javaScriptEnabled of [true, false]) {
  test(
    `whoever signs out here is told what stays, and signs out there with a press, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
    asvs('7.6.2', '7.1.3'),
    async ({ newcomer }) => {
      const carol = await newcomer.anotherBrowser('chrome-linux', { javaScriptEnabled })
      await signInThroughWork(carol)
      await carol.signOut()
      await expect(carol.page.getByRole('status')).toContainText('may still be signed in at Work')
      await carol.page.getByRole('button', { name: 'Sign out at Work as well' }).click()
      await carol.page.getByRole('button', { name: 'Yes, sign me out' }).click()
      await expect(carol.page).toHaveURL('/sign-in?reason=signed-out')
      // Now nobody is known there.
      await carol.context.clearCookies({ name: '__Host-sign-in' })
      await goThroughWork(carol, null)
      await expect(carol.page.getByLabel('Account here')).toBeVisible()
    },
  )
}

/** Has the account at Work linked since yesterday, and has now confirmed by it who they are, in a session of a password. */
async function confirmByWork(person: Person, server: Server, work: Peer): Promise<void> {
  giveIdentity(server, person, work)
  usedEarlier(server, person)
  const from = '/reauthenticate?returnTo=%2Faccount%2Fapps'
  await goThroughWork(person, person.email, { from, button: 'Confirm with Work' })
  await expect(person.page).toHaveURL('/account/apps')
}

/** All that has been done with it becomes a matter of another day. */
function usedEarlier(server: Server, { email }: Person): void {
  const day = 24 * HOUR * 1000
  server.db
    .prepare(
      `update identities set created_at = created_at - ${day}, last_used_at = last_used_at - ${day}
         where user_id = (select id from users where email = ?)`,
    )
    .run(email)
}

const LEAVING: Readonly<Record<string, (person: Person) => Promise<unknown>>> = {
  'by the button': (person) => person.signOut(),
  'by the API': ({ api }) => api.delete('/api/session'),
  'by the API, as one of their sessions': async (person) =>
    person.api.delete(`/api/sessions/${await person.sessionId()}`),
  'by the API, everywhere': ({ api }) => api.delete('/api/sessions?scope=all'),
  'by the button, everywhere': async ({ page }) => {
    const dialog = await (await new ActiveSessionsPage(page).open()).askEverywhere()
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(page).toHaveURL('/sign-in?reason=signed-out')
  },
}
for (const [how, leave] of Object.entries(LEAVING)) {
  test(
    `a session of a password in which Work was used is not begun again with one click: left ${how}`,
    asvs('7.6.2', '7.4.1'),
    async ({ alice, server, work }) => {
      await confirmByWork(alice, server, work)
      if (!how.startsWith('by the button')) await alice.page.goto('about:blank')
      await leave(alice)
      expect(await alice.isSignedIn()).toBe(false)
      await alice.page.goto('/sign-in?reason=signed-out')
      await expect(alice.page.getByRole('status')).toContainText('may still be signed in at Work')
      await goThroughWork(alice, null, { from: '' })
      await expect(alice.page.getByLabel('Account here'), 'Work knows the browser, and asks').toBeVisible()
      expect(server.sessions(alice.email)).toEqual([])
    },
  )
}

test(
  'whoever has only linked Work is asked there as well, and told nothing of it',
  asvs('7.6.2', '7.4.1'),
  async ({ alice, server, work }) => {
    await confirmByWork(alice, server, work)
    usedEarlier(server, alice)
    await alice.signOut()
    await expect(alice.page.getByText('You are signed out.')).toBeVisible()
    await goThroughWork(alice, null, { from: '' })
    await expect(alice.page.getByLabel('Account here')).toBeVisible()
    expect(server.sessions(alice.email)).toEqual([])
  },
)

test(
  'however often somebody sets out after signing out, Work has to ask',
  asvs('7.6.2', '7.4.1'),
  async ({ newcomer, server }) => {
    await signInThroughWork(newcomer)
    await newcomer.signOut()
    for (const time of ['first', 'second', 'third', 'fourth', 'fifth', 'sixth']) {
      await goThroughWork(newcomer, null)
      await expect(newcomer.page.getByLabel('Account here'), `the ${time} time`).toBeVisible()
    }
    expect(server.sessions(newcomer.email)).toEqual([])
  },
)

test(
  'the name of a browser alone does not tell who has signed out in it, nor where',
  asvs('7.6.2'),
  async ({ newcomer, mallory }) => {
    await signInThroughWork(newcomer)
    await newcomer.signOut()
    await mallory.copyCookiesFrom(newcomer)
    await mallory.page.goto('/sign-in?reason=signed-out')
    await expect(
      mallory.page.getByRole('button', { name: 'Sign out at Work as well' }),
      'with all of them',
    ).toBeVisible()
    await mallory.context.clearCookies({ name: '__Host-sign-in' })
    await mallory.page.goto('/sign-in?reason=signed-out')
    await expect(mallory.page.getByText('You are signed out.')).toBeVisible()
    await expect(mallory.page.getByRole('button', { name: 'Sign out at Work as well' })).toHaveCount(0)
  },
)

test(
  'an application that signs somebody out does not hide what stays at Work',
  asvs('7.6.2', '7.6.1', '10.6.2'),
  async ({ newcomer, server, guard }) => {
    guard.allow(AT_SHORE)
    const back = `${SHORE}/bye`
    const app = register(server, { postLogoutRedirectUri: back })
    await signInThroughWork(newcomer)
    const { page } = newcomer
    await page.goto(`/oauth/end-session?${new URLSearchParams({ client_id: app.id, post_logout_redirect_uri: back })}`)
    await expect(page.getByText('You may still be signed in at Work')).toBeVisible()
    await expectClean(page)
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('status')).toContainText('may still be signed in at Work')
    await expect(page.locator('meta[http-equiv=refresh]'), 'nothing leads on by itself').toHaveCount(0)
    await expect(page.getByRole('link', { name: `Go on to ${app.name}` })).toHaveAttribute('href', back)
    await expectClean(page)
    await page.getByRole('button', { name: 'Sign out at Work as well' }).click()
    await page.getByRole('button', { name: 'Yes, sign me out' }).click()
    await expect(page).toHaveURL('/sign-in?reason=signed-out')
  },
)

test('whom Signet itself has signed in, it says nothing of others', asvs('7.6.2'), async ({ alice }) => {
  await alice.page.goto('/account')
  await alice.signOut()
  await expect(alice.page.getByText('You are signed out.')).toBeVisible()
  await expect(alice.page.getByText('Sign out at Work as well')).toHaveCount(0)
})
