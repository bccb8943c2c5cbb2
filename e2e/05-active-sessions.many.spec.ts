/**
 * # Active sessions: very many of them
 *
 * Threat: the strange session is on a page that nobody turns to, or a button for all leaves those of the other pages.
 *
 * Promise: long lists come in pages with the latest activity first, every page says how many there are, and "other
 * sessions" means all of them on every page.
 */
import { randomBytes } from 'node:crypto'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'
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
