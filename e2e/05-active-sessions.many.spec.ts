/**
 * # Active sessions: very many of them
 *
 * Threat: the strange session is on a page that nobody turns to, or a button for all leaves those of the other pages.
 *
 * Promise: long lists come in pages with the latest activity first, those that nobody uses can be looked at by
 * themselves, every page says how many there are, and "other sessions" means all of them whichever are shown.
 */
import { randomBytes } from 'node:crypto'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import type { Server } from './server.ts'

// Level 1 has no limit on sessions, and can remember them.
test.use({ settings: { ASSURANCE_LEVEL: '1' } })

/** So many more sessions of the same account, each a minute less active than the one before. */
async function manyMore(alice: Person, server: Server, count: number): Promise<void> {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const id = await laptop.sessionId()
  server.ageSession(id, { began: 3600 })
  const { db } = server
  const columns = Object.keys((await laptop.row()) as object).filter(
    (name) => !['id', 'browser_digest', 'last_active_at', 'name'].includes(name),
  )
  const copy = db.prepare(
    `insert into sessions (id, browser_digest, last_active_at, name, ${columns})
     select :id, :browser, last_active_at - :older, :name, ${columns} from sessions where id = :from`,
  )
  for (let i = 1; i < count; i++) {
    const fresh = { id: randomBytes(16).toString('base64url'), browser: randomBytes(32) }
    copy.run({ ...fresh, older: i * 60_000, name: `Laptop ${i}`, from: id })
  }
}

test('a long list comes in pages of twenty', asvs('7.5.2'), async ({ alice, server }) => {
  await manyMore(alice, server, 25)
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.others).toHaveAccessibleName('Other devices (25)')
  await expect(list.others.getByRole('heading', { level: 3 })).toHaveCount(20)
  const pages = alice.page.getByRole('navigation', { name: 'Pages of sessions' })
  await expect(pages).toContainText('Page 1 of 2. “Sign out other sessions” acts on all pages.')
  await pages.getByRole('link', { name: 'Next' }).click()
  await expect(pages).toContainText('Page 2 of 2.')
  await expect(list.others.getByRole('heading', { level: 3 })).toHaveText(
    [20, 21, 22, 23, 24].map((number) => `Laptop ${number}`),
  )
  await expect(list.here.getByRole('heading', { level: 3 })).toHaveText('Chrome on Linux')
})

test('a page that does not exist is the nearest one that does', async ({ alice, server }) => {
  await manyMore(alice, server, 21)
  for (const [page, shown] of [
    ['9', 'Page 2 of 2.'],
    ['0', 'Page 1 of 2.'],
    ['-3', 'Page 1 of 2.'],
    ['1.5', 'Page 1 of 2.'],
    ['two', 'Page 1 of 2.'],
  ]) {
    await alice.page.goto(`/account/sessions?page=${page}`)
    await expect(alice.page.getByRole('navigation', { name: 'Pages of sessions' })).toContainText(shown ?? '')
  }
})

test('the button for the others acts on all pages', asvs('7.4.1', '7.5.2'), async ({ alice, server }) => {
  await manyMore(alice, server, 25)
  await alice.page.goto('/account/sessions?page=2')
  const list = new ActiveSessionsPage(alice.page)
  const dialog = await list.askOthers()
  await expect(dialog).toHaveAccessibleName('Sign out 25 other sessions?')
  await expect(dialog.getByRole('listitem').last()).toHaveText('and 20 more')
  await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
  await expect(list.outcome).toHaveText('25 sessions signed out. You are still signed in here.')
  expect(server.sessions(alice.email).map(({ id }) => id)).toEqual([await alice.sessionId()])
})

const DAY = 24 * 60 * 60

/** So many more that are remembered, and have not been used for five days. */
async function unusedOnes(alice: Person, server: Server, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const tablet = await alice.anotherBrowser('safari-iphone')
    await tablet.begin({ remember: true })
    server.ageSession(await tablet.sessionId(), { lastActive: (5 + i) * DAY, began: (6 + i) * DAY })
  }
}

const filterOf = ({ page }: Person) => page.getByRole('navigation', { name: 'Which sessions' })

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ browserOptions: { javaScriptEnabled } })

    test('those that nobody uses are shown by themselves', asvs('7.5.2'), async ({ alice, server }) => {
      await manyMore(alice, server, 21)
      await unusedOnes(alice, server, 2)
      const list = await new ActiveSessionsPage(alice.page).open()
      await filterOf(alice).getByRole('link', { name: 'Unused for 2 days or longer (2)' }).click()
      await expect(alice.page).toHaveURL('/account/sessions?show=unused')
      await expect(filterOf(alice).locator('[aria-current]')).toHaveText('Unused for 2 days or longer (2)')
      await expect(list.others).toHaveAccessibleName('Other devices (23)')
      await expect(list.others.getByRole('listitem')).toHaveCount(2)
      await expect(list.others.getByText(/^Unused for [56] days$/)).toHaveText([
        'Unused for 5 days',
        'Unused for 6 days',
      ])
      await filterOf(alice).getByRole('link', { name: 'Active (21)' }).click()
      const pages = alice.page.getByRole('navigation', { name: 'Pages of sessions' })
      await pages.getByRole('link', { name: 'Next' }).click()
      await expect(alice.page).toHaveURL('/account/sessions?show=active&page=2')
      await expect(list.others.getByRole('heading', { level: 3 })).toHaveText(['Laptop 20'])
    })
  })
}

test('whichever are shown, the button acts on all, and says so', asvs('7.4.1', '7.5.2'), async ({ alice, server }) => {
  await manyMore(alice, server, 21)
  await unusedOnes(alice, server, 1)
  await alice.page.goto('/account/sessions?show=unused')
  const list = new ActiveSessionsPage(alice.page)
  await expect(list.others).toContainText('“Sign out other sessions” acts on all 22, whichever are shown.')
  const dialog = await list.askOthers()
  await expect(dialog).toHaveAccessibleName('Sign out 22 other sessions?')
  await dialog.getByRole('button', { name: 'Sign out other sessions' }).click()
  await expect(list.outcome).toHaveText('22 sessions signed out. You are still signed in here.')
  expect(server.sessions(alice.email).map(({ id }) => id)).toEqual([await alice.sessionId()])
})

test('where none is of that kind, the page says so', async ({ alice, server }) => {
  await manyMore(alice, server, 21)
  const list = await new ActiveSessionsPage(alice.page).open()
  await filterOf(alice).getByRole('link', { name: 'Unused for 2 days or longer (0)' }).click()
  await expect(list.others).toContainText('None is unused')
  await expect(list.others).toContainText('Each of your other sessions was used within the last 2 days.')
  await expectClean(alice.page)
  await filterOf(alice).getByRole('link', { name: 'All (21)' }).click()
  await expect(list.others.getByRole('listitem')).toHaveCount(20)
})

test('a list that fits on one page has no filter, and an unknown one shows all', async ({ alice, server }) => {
  await manyMore(alice, server, 20)
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.others.getByRole('listitem')).toHaveCount(20)
  await expect(filterOf(alice)).toHaveCount(0)
  await alice.page.goto('/account/sessions?show=strange')
  await expect(list.others.getByRole('listitem')).toHaveCount(20)
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('a session of the second page is signed out', asvs('7.4.1'), async ({ alice, server }) => {
    await manyMore(alice, server, 25)
    await alice.page.goto('/account/sessions?page=2')
    await new ActiveSessionsPage(alice.page).signOut('Laptop 23')
    expect(server.sessions(alice.email).map(({ name }) => name)).not.toContain('Laptop 23')
  })
})

test('a remembered session is listed like any other', asvs('7.5.2', 'WSTG-ATHN-05'), async ({ alice, server }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin({ remember: true })
  server.ageSession(await laptop.sessionId(), { lastActive: 5 * 24 * 60 * 60, began: 6 * 24 * 60 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Firefox on Linux')).toContainText('5 days ago')
  expect(await laptop.isSignedIn()).toBe(true)
  await list.signOut('Firefox on Linux')
  expect(await laptop.isSignedIn()).toBe(false)
})
