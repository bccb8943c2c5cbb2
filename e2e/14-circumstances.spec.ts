/**
 * # Circumstances: the same cookie, another browser
 *
 * Threat: a copied cookie is used with another browser, on another system, from another country, and nobody notices.
 *
 * Promise: a session that goes on with another browser or on another system is noted at level 1, locked at level 2 and
 * ended at level 3; from another country it is noted. The person sees which of it changed and what was done about it,
 * under Activity and by mail. A newer version, the desktop's page on a phone, or another address of the same country is
 * nothing.
 *
 * What this cannot do: all of it is what the client says of itself, so a careful thief imitates it. It is looked at when
 * activity is noted: for up to a minute after somebody's last activity, nobody's is compared with it.
 */
import { asvs, test as book, expect, Guard, Person, somebody, startServer } from './book.ts'
import { allMailSent, mailOf, mailTo } from './mailbox.ts'
import type { Server } from './server.ts'

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
const NEWER = CHROME.replace('140', '151')
const ANDROID = CHROME.replace('X11; Linux x86_64', 'Linux; Android 10; K')
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0'
const WINDOWS = CHROME.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64')
const MAIL = /Something changed in the middle of a session/

interface Ground {
  readonly level: '1' | '2' | '3'
  /** A server at that level, which believes one proxy: addresses come from where a test wants them. */
  readonly own: Server
  readonly dora: Person
}

const test = book.extend<Ground>({
  level: ['2', { option: true }],
  own: async ({ level }, use) => {
    const server = await startServer({ ASSURANCE_LEVEL: level, SESSION_LIMIT: 'none', TRUSTED_PROXIES: '1' })
    await use(server)
    await server.stop()
  },
  dora: async ({ own, browser }, use) => {
    const guard = new Guard(own.origin)
    const dora = await Person.arrive({ browser, server: own, guard }, somebody('Dora'))
    await dora.haveAccount()
    await use(dora)
    await guard.verdict()
  },
})

interface Seen {
  readonly agent?: string
  readonly address?: string
  /** Seconds since the last activity. */
  readonly after?: number
}

/** A page is asked for with this person's cookies, by whatever says so of itself. */
async function goOn(server: Server, person: Person, id: string, { agent = CHROME, address, after = 61 }: Seen) {
  server.ageSession(id, { lastActive: after })
  const headers = {
    cookie: await person.cookieHeader(),
    'user-agent': agent,
    ...(address && { 'x-forwarded-for': address }),
  }
  return server.request({ path: '/account', headers })
}

function changes(server: Server, email: string) {
  const events = server.events(email).filter(({ kind }) => kind === 'circumstances-changed')
  return events.map(({ detail, session_id }) => ({ ...JSON.parse(detail), session_id }))
}

for (const [what, seen] of [
  ['a newer version', { agent: NEWER }],
  ['the page that a phone shows instead', { agent: ANDROID }],
  ['a browser that says nothing of itself', { agent: '' }],
  ['another address', { address: '203.0.113.9' }],
] as const) {
  test(`${what} is nothing`, asvs('7.4.1'), async ({ dora, own }) => {
    const id = await dora.sessionId()
    expect((await goOn(own, dora, id, seen)).status).toBe(200)
    expect(changes(own, dora.email)).toEqual([])
    expect(await dora.isSignedIn()).toBe(true)
  })
}

for (const [signal, agent] of [
  ['browser', FIREFOX],
  ['system', WINDOWS],
] as const) {
  test(
    `level 2: another ${signal} locks, and shows nothing`,
    asvs('7.4.1', 'CS-SESS-anomaly'),
    async ({ dora, own }) => {
      const id = await dora.sessionId()
      const answer = await goOn(own, dora, id, { agent })
      expect(answer.status).toBe(307)
      expect(answer.headers.location).toContain('/sign-in?reason=idle')
      expect(answer.body).not.toContain(dora.email)
      expect(own.row(id)?.locked_at).not.toBeNull()
      expect(changes(own, dora.email)).toEqual([{ signals: signal, done: 'locked', session_id: id }])
      expect(await dora.isSignedIn(), 'and so is the owner, until it is shown who that is').toBe(false)
    },
  )
}

for (const [what, claim] of [
  ['fetches ahead', { 'sec-purpose': 'prefetch' }],
  ['is sent by a script', { rsc: '1' }],
  ['wants an image', { 'sec-fetch-dest': 'image' }],
] as const) {
  test(
    `level 2: a request that says it ${what} is compared like any other, and counts as no activity`,
    asvs('7.4.1', '7.3.1', 'CS-SESS-anomaly'),
    async ({ dora, own }) => {
      const id = await dora.sessionId()
      own.ageSession(id, { lastActive: 61 })
      const active = own.row(id)?.last_active_at
      const headers = { cookie: await dora.cookieHeader(), ...claim }
      await own.request({ path: '/account', headers: { ...headers, 'user-agent': CHROME } })
      expect(own.row(id)).toMatchObject({ last_active_at: active, locked_at: null })
      const { body } = await own.request({ path: '/account', headers: { ...headers, 'user-agent': WINDOWS } })
      expect(body).not.toContain(dora.email)
      expect(own.row(id)?.locked_at).not.toBeNull()
      expect(changes(own, dora.email)).toEqual([{ signals: 'system', done: 'locked', session_id: id }])
    },
  )
}

test(
  'level 2: a change of the API is refused as well, and changes nothing',
  asvs('7.4.1', 'CS-SESS-anomaly'),
  async ({ dora, own }) => {
    const id = await dora.sessionId()
    own.ageSession(id, { lastActive: 61 })
    const headers = { cookie: await dora.cookieHeader(), origin: own.origin, 'user-agent': FIREFOX }
    const answer = await own.request({ method: 'DELETE', path: '/api/sessions?scope=all', headers })
    expect(answer.status).toBe(401)
    expect(own.row(id)?.locked_at).not.toBeNull()
  },
)

test(
  'level 2: the owner opens it again with one factor, reads what happened, and has a mail',
  asvs('7.4.1', '6.3.5', 'CS-SESS-history'),
  async ({ dora, own }) => {
    const id = await dora.sessionId()
    await goOn(own, dora, id, { agent: FIREFOX, address: '2.3.4.5' })
    await dora.page.goto('/account/activity')
    await expect(dora.page.getByRole('status')).toContainText('it went on with another browser or on another system')
    await dora.page.getByLabel('Password', { exact: true }).fill(dora.password)
    await dora.page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(dora.page).toHaveURL('/account/activity')
    expect(await dora.sessionId(), 'the same session').toBe(id)
    await expect(dora.page.getByRole('main')).toContainText(
      /other circumstances than before \(browser.*and the session was locked/,
    )
    await expect(dora.page.getByRole('main')).toContainText('Firefox on Linux')
    const mail = await mailTo(own, dora.email, MAIL)
    expect(mail.text).toContain('it was locked')
    // Where it goes on now is what it is compared with: nobody is asked twice.
    expect((await goOn(own, dora, id, { agent: NEWER })).status).toBe(200)
    expect(changes(own, dora.email)).toHaveLength(1)
  },
)

test('whoever unlocks it elsewhere goes on there, and is not asked again', asvs('7.4.1'), async ({ dora, own }) => {
  const id = await dora.sessionId()
  await goOn(own, dora, id, { agent: FIREFOX })
  const headers = { cookie: await dora.cookieHeader(), origin: own.origin, 'user-agent': FIREFOX }
  const { email, password } = dora
  const body = JSON.stringify({ email, password })
  const type = { 'content-type': 'application/json' }
  const opened = await own.request({ method: 'POST', path: '/api/session', headers: { ...headers, ...type }, body })
  expect(opened.status).toBe(201)
  expect(own.row(id)).toMatchObject({ browser: 'Firefox', locked_at: null })
  own.ageSession(id, { lastActive: 61 })
  const cookie = opened.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  expect((await own.request({ path: '/account', headers: { ...headers, cookie } })).status).toBe(200)
  expect(changes(own, email)).toHaveLength(1)
})

test('another country is noted, and everything goes on', asvs('7.4.1', 'CS-SESS-history'), async ({ dora, own }) => {
  const id = await dora.sessionId()
  await goOn(own, dora, id, { address: '90.90.1.1' })
  expect(own.row(id)?.place).toBe('France')
  expect((await goOn(own, dora, id, { address: '8.8.8.8' })).status).toBe(200)
  expect(changes(own, dora.email)).toEqual([{ signals: 'country, network', done: 'noted', session_id: id }])
  expect((await goOn(own, dora, id, { address: '8.8.8.9' })).status, 'once').toBe(200)
  expect(changes(own, dora.email)).toHaveLength(1)
  await dora.page.goto(`/account/activity?session=${id}`)
  await expect(dora.page.getByRole('main')).toContainText('other circumstances than before (country, network)')
  await allMailSent(own)
  expect(mailOf(own, dora.email).filter(({ subject }) => MAIL.test(subject))).toEqual([])
})

test('nothing is compared within a minute of the last activity', asvs('7.4.1'), async ({ dora, own }) => {
  const id = await dora.sessionId()
  expect((await goOn(own, dora, id, { agent: FIREFOX, after: 0 })).status).toBe(200)
  expect((await goOn(own, dora, id, { agent: FIREFOX })).status).toBe(307)
})

test.describe('level 1', () => {
  test.use({ level: '1' })

  test(
    'another browser is noted, once, and everything goes on',
    asvs('7.4.1', 'CS-SESS-history'),
    async ({ dora, own }) => {
      const id = await dora.sessionId()
      for (const _ of [1, 2]) expect((await goOn(own, dora, id, { agent: FIREFOX })).status).toBe(200)
      expect(changes(own, dora.email)).toEqual([{ signals: 'browser', done: 'noted', session_id: id }])
      expect(own.row(id)).toMatchObject({ browser: 'Firefox' })
    },
  )
})

test.describe('level 3', () => {
  test.use({ level: '3' })

  test(
    'a session that has yet to make its passkey is compared as well',
    asvs('7.4.1', '6.3.3'),
    async ({ dora, own }) => {
      const [row] = own.sessions(dora.email)
      const id = row?.id ?? ''
      await goOn(own, dora, id, {})
      expect(own.row(id), 'in the same circumstances it goes on').toBeDefined()
      const answer = await goOn(own, dora, id, { agent: WINDOWS })
      expect(answer.headers.location).toMatch(/^\/sign-in/)
      expect(own.endedRow(id)).toMatchObject({ reason: 'circumstances' })
    },
  )

  test('another system ends it, for thief and owner', asvs('7.4.1', 'CS-SESS-anomaly'), async ({ dora, own }) => {
    const [row] = own.sessions(dora.email)
    const id = row?.id ?? ''
    // As if it had begun with a passkey: anything less opens the making of one and nothing else at this level.
    own.db
      .prepare('update sessions set authentications = ? where id = ?')
      .run(JSON.stringify([['hwk', row?.began_at]]), id)
    await goOn(own, dora, id, { agent: WINDOWS })
    expect(own.row(id)).toBeUndefined()
    expect(own.endedRow(id)).toMatchObject({ reason: 'circumstances' })
    expect(changes(own, dora.email)).toEqual([{ signals: 'system', done: 'ended', session_id: id }])
    const mail = await mailTo(own, dora.email, MAIL)
    expect(mail.text).toContain('it was ended')
  })
})

book('each session leads to what happened in it', asvs('CS-SESS-history', '8.2.2'), async ({ alice, bob, server }) => {
  const id = await alice.sessionId()
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const { password } = alice
  expect((await alice.api.post('/api/session/reauthenticate', { data: { password } })).status()).toBe(200)
  await alice.openSessions()
  await alice.page.getByText(/^Details of Chrome on Linux/).click()
  await expect(alice.page.getByText('Cookie renewed').first()).toBeVisible()
  await alice.page.getByRole('link', { name: /^What happened in this session of Chrome/ }).click()
  await expect(alice.page).toHaveURL(`/account/activity?session=${id}`)
  const items = alice.page.getByRole('main').getByRole('listitem')
  await expect(items.first()).toContainText('You confirmed that it is you')
  await expect(items.last()).toContainText('Signed in')
  await expect(alice.page.getByRole('main')).not.toContainText('Firefox on Linux')
  await alice.page.getByLabel('Show').selectOption('Signed in')
  await alice.page.getByRole('button', { name: 'Apply' }).click()
  await expect(alice.page).toHaveURL(new RegExp(`session=${id}`))
  await expect(items).toHaveCount(1)
  const file = await alice.api.get(`/api/account/activity?format=json&session=${id}`)
  const { events } = (await file.json()) as { events: { session: string }[] }
  expect(events.length).toBeGreaterThan(1)
  expect(events.every(({ session }) => session === id)).toBe(true)
  await alice.page.getByRole('link', { name: 'Show all events' }).click()
  await expect(alice.page.getByRole('main')).toContainText('Firefox on Linux')
  const foreign = await bob.api.get(`/api/account/activity?format=json&session=${id}`)
  expect((await foreign.json()).events, 'nobody else’s').toEqual([])
  expect(server.row(id)).toBeDefined()
})
