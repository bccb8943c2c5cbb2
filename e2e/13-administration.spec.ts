/**
 * # Administration
 *
 * Threat: an account is in the wrong hands, or a token of everybody's has leaked, and somebody has to act for people who
 * cannot. That somebody is a prize themselves: whoever takes over an administrator's session has everybody's.
 *
 * Promise: administrators see everybody's sessions as their people do, and end one, all of a person's, or all there are;
 * they disable, enable and delete accounts. Each act takes a fresh proof and a typed reason, happens at once, and is told
 * on both sides. A role that is withdrawn is gone at the next request, and somebody is always left who has it.
 */
import { appoint, UserPage, userId } from './administrator.ts'
import { asvs, expect, expectClean, test } from './book.ts'
import { signet } from './command-line.ts'
import { administrationPages, SOME_ID } from './routes.ts'

test(
  'an administrator finds a person by name or address and sees their sessions as they do',
  asvs('7.4.5'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    await (await bob.anotherBrowser('safari-iphone')).begin()
    await alice.page.goto('/account')
    await alice.page
      .getByRole('navigation', { name: 'Your account' })
      .getByRole('link', { name: 'Administration' })
      .click()
    await expect(alice.page).toHaveURL('/admin/users')
    await alice.page.getByLabel('Name or address').fill(bob.email.toUpperCase())
    await alice.page.getByRole('button', { name: 'Search' }).click()
    const users = alice.page.getByRole('list', { name: 'Users' }).getByRole('listitem')
    await expect(users).toHaveCount(1)
    await expect(users).toContainText('2 sessions')
    await users.getByRole('link', { name: bob.email }).click()
    await expect(alice.page.getByRole('heading', { level: 1 })).toHaveText(bob.email)
    const sessions = alice.page.getByRole('list', { name: 'Live sessions (2)' })
    await expect(sessions.getByRole('listitem').filter({ hasText: 'Safari on iOS' })).toBeVisible()
    await expect(alice.page.getByText('Account created')).toBeVisible()
  },
)

test('users come by address, page by page', async ({ alice, server }) => {
  appoint(server, alice)
  const insert = server.db.prepare(
    "insert into users (id, name, email, password_hash, created_at) values (?, 'Crowd', ?, 'none', 0)",
  )
  server.db.transaction(() => {
    for (let i = 0; i < 60; i++)
      insert.run(`crowd-${String(i).padStart(16, '0')}`, `crowd.${String(i).padStart(3, '0')}@a.example`)
  })()
  await alice.page.goto('/admin/users?q=crowd.')
  const users = alice.page.getByRole('list', { name: 'Users' })
  const next = alice.page.getByRole('link', { name: 'Next' })
  await expect(users.getByRole('listitem')).toHaveCount(25)
  await expect(users).toContainText('crowd.000@a.example')
  await next.click()
  await expect(users).toContainText('crowd.025@a.example')
  await next.click()
  await expect(users.getByRole('listitem')).toHaveCount(10)
  await expect(next).toHaveCount(0)
  await alice.page.getByRole('link', { name: 'From the start' }).click()
  await expect(users).toContainText('crowd.000@a.example')
  await alice.page.goto('/admin/users?q=%25_nobody')
  await expect(alice.page.getByText('No name and no address has this in it.')).toBeVisible()
  server.db.prepare("delete from users where name = 'Crowd'").run()
})

test(
  'ending one session ends that one at once, and both sides read why',
  asvs('7.4.5', '7.4.1', '16.3.1'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const phone = await bob.anotherBrowser('safari-iphone')
    await phone.begin()
    const page = await new UserPage(server, alice, bob).open()
    await page.act('End Safari on iOS', 'phone was stolen')
    await page.outcome('One session ended.')
    expect([await phone.isSignedIn(), await bob.isSignedIn()]).toEqual([false, true])
    await bob.page.goto('/account/activity')
    await expect(bob.page.getByText('Session ended: an administrator ended it: phone was stolen')).toBeVisible()
    await expect(bob.page.getByText(alice.email)).toHaveCount(0)
    await alice.page.goto('/account/activity')
    const told = `As an administrator you ended sessions of ${bob.email}: phone was stolen`
    await expect(alice.page.getByText(told)).toBeVisible()
  },
)

test('ending all sessions of a person leaves nobody else out', asvs('7.4.5'), async ({ alice, bob, server }) => {
  appoint(server, alice)
  const others = [await bob.anotherBrowser('safari-iphone'), await bob.anotherBrowser('firefox-linux')]
  for (const other of others) await other.begin()
  const page = await new UserPage(server, alice, bob).open()
  await page.act('End all sessions', 'asked by telephone')
  await page.outcome('3 sessions ended.')
  for (const gone of [bob, ...others]) expect(await gone.isSignedIn()).toBe(false)
  expect(await alice.isSignedIn()).toBe(true)
  await bob.begin()
  expect(await bob.isSignedIn(), 'the account is as it was').toBe(true)
})

test(
  'disabling ends everything at once, and enabling revives nothing',
  asvs('7.4.2'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    await bob.openSessions()
    const cookie = await bob.cookieHeader()
    const page = await new UserPage(server, alice, bob).open()
    await page.act('Disable account', 'left the company')
    await page.outcome('The account is disabled, and one session ended.')
    await expect(bob.page.getByRole('heading', { name: 'Active sessions' })).toHaveCount(0)
    const door = async () => (await server.request({ path: '/api/session', headers: { cookie } })).status
    expect(await door()).toBe(401)
    const tried = await bob.api.post('/api/session', { data: { email: bob.email, password: bob.password } })
    expect([tried.status(), (await tried.json()).code]).toEqual([401, 'invalid_credentials'])
    await page.act('Enable account', 'came back')
    await page.outcome('The account is enabled.')
    expect(await door(), 'what was ended stays so').toBe(401)
    await bob.begin()
    const told = server.events(bob.email).map(({ kind, detail }) => [kind, JSON.parse(detail).reason])
    expect(told).toContainEqual(['account-disabled', 'left the company'])
    expect(told).toContainEqual(['account-enabled', 'came back'])
    const done = server.events(alice.email).filter(({ kind }) => kind === 'administered')
    expect(done.map(({ detail }) => JSON.parse(detail).act)).toEqual(['account-disabled', 'account-enabled'])
  },
)

test('deleting takes what is personal and keeps what happened', asvs('7.4.2'), async ({ alice, bob, server }) => {
  appoint(server, alice)
  const id = userId(server, bob)
  await bob.api.post('/api/session', { data: { email: bob.email, password: 'wrong and wrong again' } })
  const page = await new UserPage(server, alice, bob).open()
  await page.act('Disable account', `on behalf of ${bob.email}`)
  await page.outcome('The account is disabled')
  await page.act('Delete account', 'asked for it in writing')
  await page.outcome('The account is deleted')
  await expect(alice.page.getByRole('heading', { level: 1 })).toHaveText('Deleted account')
  await expect(alice.page.getByRole('button', { name: /account/ })).toHaveCount(0)
  await expect(alice.page.getByText('Account deleted')).toBeVisible()
  expect(await bob.isSignedIn()).toBe(false)
  const rows = ['users', 'sessions', 'ended_sessions', 'events', 'browsers', 'pending'].map((table) =>
    server.db.prepare(`select * from ${table}`).all(),
  )
  expect(JSON.stringify(rows)).not.toContain(bob.email)
  const kept = server.db.prepare('select kind, ip, device, detail from events where user_id = ?').all(id)
  expect(kept.length).toBeGreaterThan(3)
  expect(kept.every((row) => JSON.stringify(row).includes('"ip":null,"device":null,"detail":"{}"'))).toBe(true)
  const done = server.events(alice.email).filter(({ kind }) => kind === 'administered')
  expect(JSON.parse(done.at(-1)?.detail ?? '{}')).toEqual({
    act: 'account-deleted',
    reason: 'asked for it in writing',
    userId: id,
  })
})

test(
  'a role is granted and withdrawn, and acts at the next request',
  asvs('8.3.1', 'ASVS4-3.2.1'),
  async ({ alice, bob, server, guard }) => {
    guard.allow(/status of 404/)
    appoint(server, alice)
    const page = await new UserPage(server, alice, bob).open()
    await page.act('Make administrator', 'takes over the night shift')
    await page.outcome('The person is an administrator from the next sign-in on')
    expect(await bob.isSignedIn(), 'a new right begins with a new session').toBe(false)
    await bob.begin()
    await bob.page.goto('/admin/users')
    await expect(bob.page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible()
    // Behind the app’s back, so that the session itself goes on: the row decides, not the session.
    appoint(server, bob, false)
    await bob.page.goto('/admin/users')
    await expect(bob.page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
    appoint(server, bob)
    await page.open()
    await page.act('Withdraw administration', 'night shift is over')
    await page.outcome('The person is no administrator any more, and one session ended.')
    expect(await bob.isSignedIn()).toBe(false)
  },
)

test('somebody is always left to administer', async ({ alice, server }) => {
  server.db.prepare('update users set administrator = 0').run()
  appoint(server, alice)
  const page = await new UserPage(server, alice, alice).open()
  for (const button of ['Disable account', 'Delete account', 'Withdraw administration']) {
    await page.act(button, 'enough')
    await expect(page.dialog.getByRole('alert')).toContainText('this is the only administrator there is')
    await page.dialog.getByRole('link', { name: 'Cancel' }).click()
  }
  expect(await alice.isSignedIn()).toBe(true)
})

test('an administrator who ends their own sessions is signed out', async ({ alice, server }) => {
  appoint(server, alice)
  const page = await new UserPage(server, alice, alice).open()
  await page.act('End all sessions', 'lost my phone')
  await expect(alice.page.getByLabel('Email')).toBeVisible()
  expect(await alice.isSignedIn()).toBe(false)
})

test('figures, a plot and a table show what is going on', async ({ alice, bob, server }) => {
  appoint(server, alice)
  await bob.api.delete('/api/session')
  await alice.page.goto('/admin/sessions')
  await expect(alice.page.getByRole('img', { name: /^From .* sessions to .*, at most/ })).toBeVisible()
  await alice.page.getByText('The same as a table').click()
  const rows = alice.page.getByRole('table').getByRole('row')
  await expect(rows).toHaveCount(25)
  const live = server.db.prepare('select count(*) from sessions').pluck().get() as number
  await expect(rows.nth(1).getByRole('cell').last()).toHaveText(String(live))
  await expect(alice.page.getByText(/Signed out/)).not.toHaveCount(0)
  await expect(alice.page.getByRole('list', { name: 'Newest sessions' })).toContainText(alice.email)
  await expectClean(alice.page)
})

test(
  'all sessions of everybody end at once, in every copy of the database',
  asvs('7.4.5', '7.4.1'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const copy = await bob.row()
    await alice.page.goto('/admin/sessions')
    await alice.page.getByRole('button', { name: 'End everybody’s sessions' }).first().click()
    const dialog = alice.page.getByRole('dialog')
    const press = () => dialog.getByRole('button', { name: 'End everybody’s sessions' }).click()
    await press()
    await expect(dialog.getByText('Say why. The person will read it.')).toBeVisible()
    await expect(dialog.getByText('Type “everybody”.', { exact: true })).toBeVisible()
    expect(await bob.isSignedIn()).toBe(true)
    await dialog.getByLabel('Reason').fill('a backup was restored')
    await dialog.getByLabel('Type “everybody” to confirm').fill('everybody')
    await press()
    await expect(alice.page.getByLabel('Email')).toBeVisible()
    expect(await alice.isSignedIn()).toBe(false)
    // Whoever asks in the moment before their row is reached is refused at once, and their record lacks the reason.
    await expect.poll(() => server.endedRow(copy.id)?.reason).toBe('epoch')
    expect(await bob.isSignedIn()).toBe(false)
    const names = Object.keys(copy)
    server.db.prepare(`insert into sessions (${names}) values (${names.map((name) => `:${name}`)})`).run({ ...copy })
    expect(await bob.isSignedIn(), 'a restored row opens nothing').toBe(false)
    const [told] = server.events(bob.email).filter(({ kind }) => kind === 'session-ended')
    expect(JSON.parse(told?.detail ?? '{}')).toEqual({ reason: 'epoch', why: 'a backup was restored' })
    const done = server.events(alice.email).filter(({ kind }) => kind === 'administered')
    expect(done.map(({ detail }) => JSON.parse(detail))).toEqual([
      { act: 'sessions-ended', user: 'everybody', reason: 'a backup was restored' },
    ])
  },
)

test(
  'an act from a page of before says that it is so already, and is done no second time',
  asvs('7.4.3', '7.4.5'),
  async ({ alice, bob, server }) => {
    appoint(server, alice)
    const page = await new UserPage(server, alice, bob).open()
    await page.ask('Make administrator')
    appoint(server, bob)
    await page.dialog.getByLabel('Reason').fill('on call')
    await page.dialog.locator('button[type=submit]').last().click()
    await page.outcome('The person is an administrator already. Nothing was done.')
    expect(await bob.isSignedIn()).toBe(true)
    expect(server.events(bob.email).map(({ kind }) => kind)).not.toContain('administrator-granted')
  },
)

test('the command line makes administrators, and lists who there is', asvs('7.4.5'), async ({ alice, bob, server }) => {
  expect(await signet(server, 'users', 'grant-admin', alice.email.toUpperCase())).toContain('is an administrator now')
  await alice.begin()
  await alice.page.goto('/admin/users')
  await expect(alice.page.getByRole('heading', { name: 'Users', level: 1 })).toBeVisible()
  const again = `${alice.email} is an administrator already; nothing was done.\n`
  expect(await signet(server, 'users', 'grant-admin', alice.email)).toBe(again)
  expect(await alice.isSignedIn(), 'nothing has ended').toBe(true)
  expect(await signet(server, 'users', 'list', bob.email)).toBe(`${bob.email}\t-\t1 session\tBob\n`)
  await signet(server, 'users', 'withdraw-admin', alice.email)
  expect(await alice.isSignedIn()).toBe(false)
  await expect(signet(server, 'users', 'promote', bob.email)).rejects.toThrow('"users promote" is not a command.')
})

test('the command line disables, enables and deletes', asvs('7.4.2'), async ({ bob, server }) => {
  await signet(server, 'users', 'disable', bob.email, '--reason', 'left the company')
  expect(await bob.isSignedIn()).toBe(false)
  await signet(server, 'users', 'enable', bob.email)
  await bob.begin()
  const told = server.events(bob.email).filter(({ kind }) => kind.startsWith('account-'))
  expect(told.slice(1).map(({ kind, detail }) => [kind, detail])).toEqual([
    ['account-disabled', '{"reason":"left the company"}'],
    ['account-enabled', '{}'],
  ])
  await signet(server, 'users', 'delete', bob.email)
  expect(await bob.isSignedIn()).toBe(false)
  await expect(signet(server, 'users', 'list', bob.email)).rejects.toThrow('No name and no address has')
})

test('the command line ends one session or all of somebody, and says why', asvs('7.4.5'), async ({ bob, server }) => {
  const phone = await bob.anotherBrowser('safari-iphone')
  await phone.begin()
  const id = await phone.sessionId()
  const why = 'the phone was found'
  expect(await signet(server, 'sessions', 'end', '--session', id, '--reason', why)).toBe('1 session ended.\n')
  expect([await phone.isSignedIn(), await bob.isSignedIn()]).toEqual([false, true])
  await expect(signet(server, 'sessions', 'end', '--session', id)).rejects.toThrow(`No session has the id ${id}`)
  await expect(signet(server, 'sessions', 'end', '--session', id, '--all')).rejects.toThrow('exclude each other')
  await expect(signet(server, 'sessions', 'end', '--user', bob.email, '--reason', ' ')).rejects.toThrow('Say why.')
  expect(await bob.isSignedIn()).toBe(true)
  await signet(server, 'sessions', 'end', '--user', bob.email, '--reason', 'left the company')
  const told = server.events(bob.email).filter(({ kind }) => kind === 'session-ended')
  expect(told.map(({ detail }) => JSON.parse(detail))).toEqual([
    { reason: 'administrator', why },
    { reason: 'administrator', why: 'left the company' },
  ])
})

for (const [look, options] of Object.entries({
  'at a desk': {},
  'on the smallest phone': { viewport: { width: 320, height: 568 } },
})) {
  test.describe(look, () => {
    test.use({ browserOptions: options })
    for (const path of administrationPages()) {
      test(`clean, in order, and with a way out: ${path}`, asvs('7.4.4'), async ({ alice, bob, server }) => {
        appoint(server, alice)
        await (await bob.anotherBrowser('safari-iphone')).begin()
        await alice.page.goto(path.replace(SOME_ID, userId(server, bob)))
        const { page } = alice
        await expect(page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true })).toBeInViewport()
        await expect(page).toHaveTitle(/Signet/)
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
        await expectClean(page)
        const { width, widest } = await page.evaluate(() => ({
          width: innerWidth,
          widest: document.documentElement.scrollWidth,
        }))
        expect(widest).toBeLessThanOrEqual(width)
        for (const summary of await page.locator('summary').all()) await summary.click()
        const trigger = page.getByRole('main').locator('form[action*="#"] button').first()
        if (await trigger.count()) {
          await trigger.click()
          await expect(page.getByRole('dialog')).toBeVisible()
          await page.getByRole('dialog').locator('button[type=submit]').last().click()
          await expect(page.getByRole('dialog').getByLabel('Reason')).toBeFocused()
        }
        await expectClean(page)
      })
    }
  })
}

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('an account is disabled all the same', asvs('7.4.2'), async ({ alice, bob, server }) => {
    appoint(server, alice)
    const page = await new UserPage(server, alice, bob).open()
    await page.act('Disable account', '')
    await expect(page.dialog.getByText('Say why. The person will read it.')).toBeVisible()
    expect(await bob.isSignedIn()).toBe(true)
    await page.dialog.getByLabel('Reason').fill('left the company')
    await page.dialog.locator('button[type=submit]').last().click()
    await page.outcome('The account is disabled')
    expect(await bob.isSignedIn()).toBe(false)
  })

  test('one session is ended from the list of the newest', async ({ alice, bob, server }) => {
    appoint(server, alice)
    await alice.page.goto('/admin/sessions')
    const row = alice.page.getByRole('listitem').filter({ hasText: bob.email })
    await row.getByRole('button').first().click()
    const dialog = alice.page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('unknown device')
    await dialog.getByRole('button', { name: 'End session' }).click()
    await expect(alice.page.getByRole('status').filter({ hasText: 'One session ended.' })).toBeVisible()
    expect(await bob.isSignedIn()).toBe(false)
  })
})
