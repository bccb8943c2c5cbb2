/**
 * # Signing in through others
 *
 * Threat: another provider's word opens an account: one that is old, of somebody else, for somebody else, or of a
 * provider that knows no more than an address. Somebody who is signed in there for good is signed in here for good; and
 * a provider that is away takes this app along.
 *
 * Promise: a press of a button leads there, and nothing by itself. What opens an account there was linked by whoever has
 * shown everything that opens it here; an address that is the same links nothing. A provider's word is one factor, or
 * two where this deployment believes that. The session's time counts from when the person showed there who they are.
 */
import type { Request } from '@playwright/test'
import { formOn, post } from './action-forms.ts'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean } from './book.ts'
import { giveApp } from './factors.ts'
import type { RawAnswer } from './raw.ts'
import {
  expectNotice,
  forgetSignet,
  giveIdentity,
  goThroughWork,
  identitiesOf,
  sayWho,
  signInThroughWork,
  test,
} from './through-work.ts'
import { withoutDatabase } from './without-database.ts'

const HOUR = 3600

for (const javaScriptEnabled of [true, false]) {
  test(
    `whoever is new gets an account, and comes to where they wanted to go, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
    asvs('10.2.1', '10.5.1', '7.6.2'),
    async ({ newcomer, server }) => {
      const carol = await newcomer.anotherBrowser('chrome-linux', { javaScriptEnabled })
      await goThroughWork(carol, carol.email, { from: '/sign-in?returnTo=%2Faccount%2Factivity' })
      await expect(carol.page).toHaveURL('/account/activity')
      await expect(carol.page.getByText('Signed in with another provider').first()).toBeVisible()
      expect(identitiesOf(server, carol)).toMatchObject([{ subject: carol.email, label: carol.email }])
      const { authentications } = await carol.row()
      expect(JSON.parse(authentications).map(([method]: [string]) => method)).toEqual(['fed'])
      expect(server.sessions(carol.email)).toHaveLength(1)
      // No mail: they have just made the account themselves.
      expect(server.events(carol.email).map(({ kind }) => kind)).toEqual(['account-created', 'signed-in'])
    },
  )
}

test(
  'the browser carries a question and a code between the two, and never a token',
  asvs('10.1.1', '10.2.3'),
  async ({ newcomer, server, work }) => {
    const asked: URL[] = []
    const told: Promise<string>[] = []
    newcomer.context.on('request', (request) => asked.push(new URL(request.url())))
    newcomer.context.on('requestfinished', (request) => told.push(textOf(request)))
    await signInThroughWork(newcomer)
    await newcomer.page.goto('/account/apps')
    const elsewhere = asked.filter(({ origin }) => origin === work.issuer)
    const [first] = elsewhere.filter(({ searchParams }) => searchParams.has('code_challenge'))
    expect(first?.searchParams.get('scope'), 'what docs/deploy.md says').toBe('openid email profile')
    expect(first?.searchParams.get('response_type')).toBe('code')
    expect(elsewhere.filter(({ pathname }) => /token|userinfo|\/me$/.test(pathname))).toEqual([])
    expect(asked.some(({ origin, searchParams }) => origin === server.origin && searchParams.has('code'))).toBe(true)
    const storage = await newcomer.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    const all = [...(await Promise.all(told)), JSON.stringify(await newcomer.context.cookies()), storage].join('\n')
    expect(all.length).toBeGreaterThan(10_000)
    expect(all, 'nothing that is signed or called a token').not.toMatch(
      /eyJ[\w-]+\.[\w-]+\.|(?:access|id|refresh)_token/,
    )
  },
)

test(
  'whoever has just signed out here is asked at Work who they are, and is the same again',
  asvs('7.6.2', '10.5.2'),
  async ({ newcomer, server }) => {
    await signInThroughWork(newcomer)
    await newcomer.signOut()
    await goThroughWork(newcomer, null)
    // Work knows the browser, and asks all the same.
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')
    expect(server.sessions(newcomer.email)).toHaveLength(1)
    expect(identitiesOf(server, newcomer)).toHaveLength(1)
  },
)

test(
  'an address that is the same opens nothing: it is linked with the proof of the account',
  asvs('10.5.2', '7.5.1', '6.3.7'),
  async ({ alice, server }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    const before = server.fingerprint()
    await goThroughWork(phone, alice.email)
    await expectNotice(phone, 'There is an account with your address already')
    expect(await phone.isSignedIn()).toBe(false)
    expect(server.fingerprint()).toBe(before)
    await phone.signIn()
    // Two factors would be two fields; here it is the password, and it is too old.
    server.ageSession(await phone.sessionId(), { authenticated: 601 })
    await phone.page.goto('/account/apps')
    await phone.page.getByText('Link Work', { exact: true }).click()
    const form = phone.page.locator('form', { hasText: 'Go to Work and link it' })
    const link = form.getByRole('button', { name: 'Go to Work and link it' })
    await link.click()
    await expect(form.getByText('Enter your password to confirm it’s you.')).toBeVisible()
    await form.getByLabel('Password', { exact: true }).fill(alice.password)
    const token = await phone.cookie()
    await link.click()
    await expect(phone.page.getByText('Work is linked: from now on it signs you in as well.')).toBeVisible()
    expect(await phone.cookie(), 'a new token').not.toBe(token)
    expect(await alice.isSignedIn(), 'other sessions end, unless the person wants otherwise').toBe(false)
    expect(identitiesOf(server, alice)).toMatchObject([{ subject: alice.email }])
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('identity-linked')
    // Work tells by the second when somebody has signed in there: no sooner than the sessions ended.
    const earlier = 'update ended_sessions set ended_at = ended_at - 5000 where user_id = ?'
    server.db.prepare(earlier).run(server.sessions(alice.email)[0]?.user_id)
    await signInThroughWork(await alice.anotherBrowser('chrome-windows'), alice.email)
  },
)

test(
  'an address that nobody has seen to be theirs makes no account',
  asvs('10.5.2'),
  async ({ mallory, alice, server }) => {
    const before = server.fingerprint()
    for (const address of [alice.email, `nobody.${alice.email}`]) {
      await goThroughWork(mallory, `unsure.${address}`)
      await expectNotice(mallory, 'Work gave no verified email address')
      await forgetSignet(mallory, {})
    }
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'a second factor of the account is asked for all the same, unless Work is believed to have asked for two',
  asvs('6.3.3', '6.8.4', '7.2.4'),
  async ({ alice, server, work }) => {
    const app = giveApp(server, alice)
    giveIdentity(server, alice, work)
    const phone = await alice.anotherBrowser('safari-iphone')
    await goThroughWork(phone, alice.email)
    await expect(phone.page).toHaveURL('/sign-in/verify')
    expect(await phone.cookie(), 'no session yet').toBeUndefined()
    await phone.page.getByLabel('Authentication code').fill(app.code())
    await phone.page.getByRole('button', { name: 'Verify' }).click()
    await expect(phone.page).toHaveURL('/account/sessions')
    expect(
      server.db
        .prepare('select count(*) as n from federated_sessions where session_id = ?')
        .get(await phone.sessionId()),
    ).toEqual({ n: 1 })

    for (const claims of [{ amr: ['pwd', 'mfa'] }, { acr: 'gold' }, { amr: ['hwk'] }]) {
      await work.lie({ claims })
      const tablet = await alice.anotherBrowser('safari-mac')
      await goThroughWork(tablet, alice.email)
      if (claims.amr?.includes('hwk')) await expect(tablet.page).toHaveURL('/sign-in/verify')
      else {
        await expect(tablet.page).toHaveURL('/account/sessions')
        expect((await (await tablet.api.get('/api/session')).json()).session).toMatchObject({ assuranceLevel: 2 })
      }
      await tablet.context.close()
    }
  },
)

test(
  'the time of a session counts from when the person showed Work who they are',
  asvs('7.6.1', '7.1.3', '7.3.2'),
  async ({ newcomer, work }) => {
    const now = Math.floor(Date.now() / 1000)
    await work.lie({ claims: { auth_time: now - 3 * HOUR } })
    await signInThroughWork(newcomer)
    const old = await newcomer.row()
    expect(old.began_at - old.lifetime_from).toBeGreaterThanOrEqual(3 * HOUR * 1000)
    expect(old.began_at - old.lifetime_from).toBeLessThan((3 * HOUR + 60) * 1000)
    expect(JSON.parse(old.authentications)).toEqual([['fed', (now - 3 * HOUR) * 1000]])
    // So nothing sensitive is open: that takes a proof which is fresh.
    const kept = await newcomer.api.delete('/api/sessions?scope=others')
    expect((await kept.json()).code).toBe('reauthentication_required')

    await work.lie({ claims: { session_expiry: now + HOUR } })
    await forgetSignet(newcomer)
    await signInThroughWork(newcomer, null)
    const { session } = await (await newcomer.api.get('/api/session')).json()
    expect(session.expiresAt).toBe(new Date((now + HOUR) * 1000).toISOString())
  },
)

test(
  'whoever changes their mind at Work is told so, and nothing has happened',
  asvs('10.2.1'),
  async ({ newcomer, server }) => {
    const before = server.fingerprint()
    await goThroughWork(newcomer, null)
    await newcomer.page.getByRole('button', { name: 'Never mind' }).click()
    await expectNotice(newcomer, 'This was called off at Work')
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'a provider that is away is said to be so, and nothing else waits for it',
  asvs('16.5.2'),
  async ({ alice, newcomer, work, server }) => {
    await goThroughWork(newcomer, null, { button: 'Sign in with Gone' })
    await expectNotice(newcomer, 'Gone cannot be reached at the moment')
    const before = server.fingerprint()
    await goThroughWork(newcomer, null)
    await newcomer.page.getByLabel('Account here').fill(newcomer.email)
    // It listens, and says nothing: the answer of the person is on its way to a provider that hangs.
    await work.lie({ slow: 30 })
    await newcomer.page.getByRole('button', { name: 'Sign in here' }).click()
    const others = await Promise.all([
      alice.api.get('/api/session'),
      alice.api.get('/account/sessions'),
      alice.api.get('/sign-in'),
    ])
    expect(others.map((answer) => answer.status())).toEqual([200, 200, 200])
    await expectNotice(newcomer, 'Work cannot be reached at the moment')
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'a provider that stops in the middle of a trip is said to be away, and nothing has happened',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, newcomer, brief, server }) => {
    const peer = await brief()
    await goThroughWork(newcomer, null, { button: 'Sign in with Brief' })
    const before = server.fingerprint()
    await peer.lie({ held: true })
    await sayWho(newcomer, newcomer.email)
    const answer = await newcomer.page.getByText('/callback?').innerText()
    await peer.stop()
    await newcomer.page.goto(answer)
    await expectNotice(newcomer, 'Brief cannot be reached at the moment')
    expect((await alice.api.get('/api/session')).status(), 'and nobody else notices').toBe(200)
    await newcomer.page.goto(answer)
    await expectNotice(newcomer, 'That is over')
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'whoever is on a trip while the database is away reads so on a page, and goes on from there',
  asvs('16.5.2', '16.5.3'),
  async ({ alice, newcomer, work, server, guard }) => {
    guard.allow(/status of 503/)
    await goThroughWork(newcomer, null)
    await work.lie({ held: true })
    await sayWho(newcomer, newcomer.email)
    const back = await newcomer.page.getByText('/callback?').innerText()
    const [hers, theirs] = [await alice.cookieHeader(), await newcomer.cookieHeader()]
    const { fields } = await formOn(server, '/sign-in', 'returnTo', theirs)
    const form = new URLSearchParams(
      fields.filter(([name]) => name === 'formToken').map(([...pair]) => pair),
    ).toString()
    const path = (step: string) => `/api/federation/at-work/${step}`
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    await withoutDatabase(server, async () => {
      // Hers are answered before the handler runs: she brings a session.
      for (const cookie of [theirs, hers]) {
        for (const step of ['start', 'sign-out']) {
          await expectAway(post(server, path(step), form, { cookie, ...type }), '/sign-in')
        }
      }
      for (const step of ['continue?id=of-something', `callback?state=${'x'.repeat(43)}`]) {
        await expectAway(server.request({ path: path(step), headers: { cookie: theirs } }), '')
      }
      await newcomer.page.goto(back)
      await expect(newcomer.page.getByRole('heading', { name: 'Back in a moment' })).toBeVisible()
    })
    await newcomer.page.getByRole('link', { name: 'Try again' }).click()
    await expect(newcomer.page).toHaveURL('/account/sessions')
  },
)

/** A page, and where its link leads. */
async function expectAway(asked: Promise<RawAnswer>, again: string): Promise<void> {
  const { status, headers, body, cookies } = await asked
  expect([status, headers['content-type'], headers['retry-after'], headers['cache-control']]).toEqual([
    503,
    'text/html; charset=utf-8',
    '5',
    'no-store',
  ])
  expect(body).toContain(`<a href="${again}">Try again</a>`)
  expect(cookies).toEqual([])
}

test(
  'signing out everywhere asks for a confirmation at Work, where there is no password',
  asvs('7.5.2', '7.6.1'),
  async ({ newcomer, server }) => {
    await signInThroughWork(newcomer)
    server.ageSession(await newcomer.sessionId(), { authenticated: 700 })
    const list = await new ActiveSessionsPage(newcomer.page).open()
    const dialog = await list.askEverywhere()
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
    await expect(dialog).toContainText('Confirm that it’s you where you sign in, then do this again. Nothing has been')
    await expect(dialog).not.toContainText('password')
  },
)

test(
  'confirming who one is, at Work: the person is asked anew, and only an answer to that is believed',
  asvs('7.5.2', '7.6.1', '7.2.4'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const id = await newcomer.sessionId()
    server.ageSession(id, { authenticated: 700 })
    await newcomer.page.goto('/account/apps')
    await newcomer.page.getByText('Unlink Work').first().click()
    await newcomer.page.getByRole('link', { name: 'Confirm it’s you where you sign in' }).click()
    await expect(newcomer.page.getByLabel('Password')).toHaveCount(0)

    // Work keeps quiet about it, and says when it was last told who it is.
    await work.lie({ silent: true, claims: { auth_time: Math.floor(Date.now() / 1000) - 30 } })
    const before = server.fingerprint()
    await goThroughWork(newcomer, null, { from: '', button: 'Confirm with Work' })
    await expectNotice(newcomer, 'Work did not ask you who you are lately enough')
    expect(server.fingerprint()).toBe(before)

    await work.lie({ claims: { sub: `somebody.else.${newcomer.email}` } })
    await goThroughWork(newcomer, newcomer.email, { from: '', button: 'Confirm with Work' })
    await expectNotice(newcomer, 'another account at Work')
    expect(server.fingerprint()).toBe(before)

    await work.lie()
    const token = await newcomer.cookie()
    await goThroughWork(newcomer, newcomer.email, {
      from: '/reauthenticate?returnTo=%2Faccount%2Fapps',
      button: 'Confirm with Work',
    })
    await expect(newcomer.page).toHaveURL('/account/apps')
    expect(await newcomer.cookie()).not.toBe(token)
    expect(await newcomer.sessionId()).toBe(id)
    const [[method, at]] = JSON.parse((await newcomer.row()).authentications) as [[string, number]]
    expect([method, Date.now() - at < 60_000]).toEqual(['fed', true])
  },
)

test(
  'the last way in stays linked; with another one it goes',
  asvs('7.5.1', '7.4.3'),
  async ({ newcomer, alice, server, work }) => {
    await signInThroughWork(newcomer)
    await newcomer.page.goto('/account/apps')
    const unlink = async ({ page }: typeof newcomer) => {
      await page.getByText('Unlink Work').first().click()
      await page.getByRole('button', { name: 'Unlink Work' }).click()
    }
    await unlink(newcomer)
    await expect(newcomer.page.getByText('Nothing else opens your account.')).toBeVisible()
    expect(identitiesOf(server, newcomer)).toHaveLength(1)

    giveIdentity(server, alice, work)
    await alice.page.goto('/account/apps')
    await unlink(alice)
    await expect(alice.page.getByText('It is unlinked, and opens nothing here.')).toBeVisible()
    expect(identitiesOf(server, alice)).toHaveLength(0)
    expect(server.events(alice.email).map(({ kind }) => kind)).toContain('identity-unlinked')
  },
)

test(
  'a locked session is opened by who is asked anew, and by nobody who is signed in there all along',
  asvs('7.3.1', '7.6.1'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const id = await newcomer.sessionId()
    server.ageSession(id, { lastActive: 901 })
    await newcomer.page.goto('/account/sessions')
    await expect(newcomer.page.getByText('Your session is locked')).toBeVisible()
    await work.lie({ silent: true, claims: { auth_time: Math.floor(Date.now() / 1000) - 100 } })
    await goThroughWork(newcomer, null, { from: '' })
    await expectNotice(newcomer, 'lately enough')
    expect(server.row(id)?.locked_at).not.toBeNull()
    await work.lie()
    await goThroughWork(newcomer, null)
    // Work asks, though it knows the browser.
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')
    expect(await newcomer.sessionId()).toBe(id)
    expect(server.row(id)?.locked_at).toBeNull()
  },
)

test('the pages with providers on them are for everybody', async ({ newcomer, alice, server, work }) => {
  await newcomer.page.goto('/sign-in?problem=unreachable&provider=at-work')
  await expectClean(newcomer.page)
  giveIdentity(server, alice, work)
  await alice.page.goto('/account/apps')
  for (const opener of ['Unlink Work', 'Link Gone']) await alice.page.getByText(opener).first().click()
  await expectClean(alice.page)
  await alice.page.goto('/reauthenticate')
  await expectClean(alice.page)
})

/** Address, headers and body of an answer, as far as the browser has them. */
async function textOf(request: Request): Promise<string> {
  const response = await request.response().catch(() => null)
  const headers = await response?.allHeaders().catch(() => ({}))
  const isText = /html|json|text/.test(response?.headers()['content-type'] ?? '')
  const body = isText ? await response?.text().catch(() => '') : ''
  return [request.url(), JSON.stringify(headers), body].join('\n')
}
