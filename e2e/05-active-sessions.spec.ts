/**
 * # Active sessions: what the page shows
 *
 * Threat: somebody else is signed in to the account, and its owner cannot tell. The list leaves a session out, or shows
 * what a client made up, or dead sessions among living ones, so that the strange one is not seen.
 *
 * Promise: one page shows every session that could act for the account and no other, with what its own requests told
 * of it. What is unknown is said in words. What has ended stays in sight for 28 days, with the reason.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, test } from './book.ts'

test(
  'this device comes first, the others by latest activity',
  asvs('7.5.2', 'CS-SESS-history'),
  async ({ alice, server }) => {
    const [phone, laptop, tower] = await Promise.all([
      alice.anotherBrowser('safari-iphone'),
      alice.anotherBrowser('firefox-linux'),
      alice.anotherBrowser('chrome-windows'),
    ])
    for (const [device, lastActive] of [
      [phone, 605],
      [laptop, 10],
      [tower, 245],
    ] as const) {
      await device.begin()
      server.ageSession(await device.sessionId(), { lastActive })
    }
    const list = await new ActiveSessionsPage(alice.page).open()
    const names = alice.page.getByRole('main').getByRole('heading', { level: 3 })
    await expect(names).toHaveText(['Chrome on Linux', 'Firefox on Linux', 'Chrome on Windows', 'Safari on iOS'])
    await expect(list.row('Chrome on Linux').getByText('This device', { exact: true })).toBeVisible()
    await expect(list.others.getByText('This device')).toHaveCount(0)
    await expect(list.row('Firefox on Linux')).toContainText('Active now')
    await expect(list.row('Chrome on Windows')).toContainText('4 minutes ago')
    await expect(list.row('Safari on iOS')).toContainText('10 minutes ago')
    await expect(list.others).toHaveAccessibleName('Other devices (3)')
  },
)

test('the page says in a sentence how many sessions there are, and which are newer than this one', async ({
  alice,
  server,
}) => {
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(alice.page.getByText('You are signed in here and nowhere else.')).toBeVisible()
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  await list.open()
  await expect(alice.page.getByText('You are signed in on 2 devices or browsers. One of them is new')).toBeVisible()
  await expect(list.row('Firefox on Linux').getByText('New', { exact: true })).toBeVisible()
  server.ageSession(await laptop.sessionId(), { began: 60 })
  await list.open()
  await expect(alice.page.getByText('on 2 devices or browsers. None is newer than this one.')).toBeVisible()
  await expect(list.row('Firefox on Linux').getByText('New', { exact: true })).toHaveCount(0)
})

test(
  'a row tells how and when its session began, and when it ends',
  asvs('7.5.2', 'ASVS4-3.3.4'),
  async ({ alice, server }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    server.ageSession(await laptop.sessionId(), { began: 2 * 60 * 60, lastActive: 245, authenticated: 2 * 60 * 60 })
    const { began_at, last_active_at } = await laptop.row()
    const list = await new ActiveSessionsPage(alice.page).open()
    const row = await list.details('Firefox on Linux')
    await expect(row).toContainText('Password · level 1')
    for (const [term, at, words] of [
      ['Signed in', began_at, '(2 hours ago)'],
      ['Last active', last_active_at, '(4 minutes ago)'],
      ['Ends at the latest', began_at + 8 * 60 * 60 * 1000, '(in 5 hours)'],
    ] as const) {
      const value = row.getByRole('definition').filter({ hasText: words })
      await expect(row.getByRole('term').filter({ hasText: term }).first()).toBeVisible()
      await expect(value.getByRole('time')).toHaveAttribute('datetime', new Date(at).toISOString())
    }
  },
)

test(
  'browser and system are families that the app knows, whatever a client calls itself',
  asvs('7.5.2'),
  async ({ alice, server }) => {
    const claims: readonly (readonly [Record<string, string>, string])[] = [
      [
        { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0' },
        'Firefox on Windows',
      ],
      [
        {
          'user-agent':
            'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
        },
        'Edge on macOS',
      ],
      [
        {
          'user-agent':
            'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
          'sec-ch-ua': '"Chromium";v="140", "Brave";v="140", "Not?A_Brand";v="24"',
          'sec-ch-ua-platform': '"Linux"',
          'sec-ch-ua-mobile': '?0',
        },
        'Brave on Linux',
      ],
      [{ 'user-agent': 'Your bank <script>alert(1)</script> on your own computer' }, 'Unknown browser'],
      [{ 'user-agent': 'curl/8.14.1 (Windows NT 10.0)' }, 'Unknown browser on Windows'],
      [{}, 'Unknown browser'],
    ]
    const { email, password } = alice
    for (const [headers] of claims) {
      const own = { 'content-type': 'application/json', origin: server.origin, ...headers }
      const body = JSON.stringify({ email, password })
      const { status } = await server.request({ method: 'POST', path: '/api/session', headers: own, body })
      expect(status).toBe(201)
    }
    const list = await new ActiveSessionsPage(alice.page).open()
    const names = await list.others.getByRole('heading', { level: 3 }).allTextContents()
    expect(names.sort()).toEqual(claims.map(([, name]) => name).sort())
    const claim = list.others.getByText('Your bank <script>alert(1)</script> on your own computer')
    await expect(claim).toBeHidden()
    await list.others.getByRole('listitem').filter({ hasText: 'Your bank' }).getByText('Details').click()
    await expect(claim).toBeVisible()
  },
)

test('what is not known is said in words', asvs('7.5.2'), async ({ alice, server }) => {
  const { email, password } = alice
  const headers = { 'content-type': 'application/json', origin: server.origin }
  await server.request({ method: 'POST', path: '/api/session', headers, body: JSON.stringify({ email, password }) })
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Unknown browser')
  await expect(row).toContainText('place unknown')
  await expect(row).toContainText('This machine or local network')
  await expect(row).toContainText('Unknown browser, unknown system')
  await expect(row).toContainText('It said nothing.')
})

test('a client cannot say where it is', asvs('15.3.4'), async ({ alice }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  const { email, password } = laptop
  const claimed = {
    'x-forwarded-for': '90.90.1.1',
    'x-real-ip': '90.90.1.1',
    forwarded: 'for=90.90.1.1',
    'x-signet-peer': '90.90.1.1',
    'cf-connecting-ip': '90.90.1.1',
  }
  await laptop.api.post('/api/session', { data: { email, password }, headers: claimed })
  expect(await laptop.row()).toMatchObject({ ip: '127.0.0.1', place: null })
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Firefox on Linux')).toContainText('place unknown · This machine or local network')
})

test('whole addresses are shown only after a fresh proof of identity', asvs('7.5.2'), async ({ alice, server }) => {
  server.db.prepare('update sessions set ip = ? where id = ?').run('198.51.100.23', await alice.sessionId())
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  const row = await list.details('Chrome on Linux')
  await expect(row.getByRole('definition').filter({ hasText: 'Confirm it’s you' })).toContainText('198.51.100.x')
  await expect(alice.page.getByText('198.51.100.23')).toHaveCount(0)
  await row.getByRole('link', { name: 'Confirm it’s you to see the whole address' }).click()
  await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
  await alice.page.getByRole('button', { name: 'Confirm' }).click()
  await expect(alice.page).toHaveURL('/account/sessions')
  await list.details('Chrome on Linux')
  await expect(row.getByText('198.51.100.23')).toBeVisible()
})

test('a session that has run out is not listed, swept or not', asvs('7.3.2', '7.5.2'), async ({ alice, server }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  server.ageSession(await laptop.sessionId(), { began: 8 * 60 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Firefox on Linux')).toHaveCount(0)
  await expect(list.others).toContainText('This is your only session')
})

test('signing in again in the same browser leaves one row', asvs('7.2.4'), async ({ alice, server }) => {
  const before = await alice.sessionId()
  await alice.signIn()
  const list = new ActiveSessionsPage(alice.page)
  await expect(list.others).toContainText('This is your only session')
  await expect(list.ended.getByRole('listitem')).toHaveCount(1)
  await expect(list.ended).toContainText('You signed in again in the same browser')
  expect(await alice.sessionId()).not.toBe(before)
  await alice.signOut()
  await alice.signIn()
  expect(server.sessions(alice.email)).toHaveLength(1)
})

test('with one session and nothing ended, the page says so and offers no button for others', async ({ alice }) => {
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.others).toContainText('This is your only session')
  await expect(list.others).toContainText('Sign in from another browser or device and it appears here')
  await expect(list.others.getByRole('button')).toHaveCount(0)
  await expect(list.ended).toContainText('Nothing has ended yet')
  await expect(alice.page.getByRole('button', { name: 'Sign out everywhere' })).toBeVisible()
})

test('what has ended stays in sight, with the reason', asvs('CS-SESS-history', '7.5.2'), async ({ alice, server }) => {
  const kinds = ['firefox-linux', 'chrome-windows', 'safari-iphone'] as const
  const [left, ended, expired] = await Promise.all(kinds.map((kind) => alice.anotherBrowser(kind)))
  for (const each of [left, ended, expired]) await each?.begin()
  await left?.api.delete('/api/session')
  await alice.api.delete(`/api/sessions/${await ended?.sessionId()}`)
  server.ageSession((await expired?.sessionId()) ?? '', { began: 8 * 60 * 60 })
  expect(await expired?.isSignedIn()).toBe(false)
  const list = await new ActiveSessionsPage(alice.page).open()
  const told = (name: string) => list.ended.getByRole('listitem').filter({ hasText: name })
  await expect(told('Firefox on Linux')).toContainText('You signed out')
  await expect(told('Chrome on Windows')).toContainText('Ended from Chrome on Linux')
  await expect(told('Safari on iOS')).toContainText('Reached its 8-hour limit')
  await expect(list.ended.getByRole('button')).toHaveCount(0)
})

test('nobody sees the sessions of another account', asvs('8.2.2'), async ({ alice, bob }) => {
  const bobsPhone = await bob.anotherBrowser('safari-iphone')
  await bobsPhone.begin()
  await new ActiveSessionsPage(alice.page).open()
  await expect(alice.page.getByRole('main').getByRole('heading', { level: 3 })).toHaveText(['Chrome on Linux'])
  expect(await alice.page.content()).not.toContain(await bobsPhone.sessionId())
  const { sessions } = await (await alice.api.get('/api/sessions')).json()
  expect(sessions).toHaveLength(1)
})
