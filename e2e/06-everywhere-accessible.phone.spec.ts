/**
 * # For everybody: on the smallest phone, and at four times the size
 *
 * Threat: a button beyond the edge of the screen is as good as none; the way out most of all.
 *
 * Promise: from 320 pixels on, which is also a desktop at 400 %, nothing scrolls sideways, whatever names are chosen;
 * the way out is in sight without scrolling; what is pressed with a finger is large enough.
 */
import type { Page } from '@playwright/test'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean, test } from './book.ts'

import { privatePages } from './routes.ts'

test.use({ browserOptions: { viewport: { width: 320, height: 568 } } })

/** Nothing is wider than the screen. */
async function expectNarrow(page: Page): Promise<void> {
  const { width, widest } = await page.evaluate(() => ({
    width: innerWidth,
    widest: document.documentElement.scrollWidth,
  }))
  expect(widest, page.url()).toBeLessThanOrEqual(width)
}

const LINKS = ['/forgot-password', '/reset-password', '/confirm-email', '/undo-email', '/not-me']

for (const path of ['/', '/sign-up', '/sign-in?reason=replayed', '/no-such-page', ...LINKS]) {
  test(`fits: ${path}`, async ({ mallory, guard }) => {
    guard.allow(/status of 404/)
    await mallory.page.goto(path)
    await expectNarrow(mallory.page)
    await expectClean(mallory.page)
  })
}

for (const path of [...privatePages(), '/no-such-page']) {
  test(`fits, and the way out is in sight: ${path}`, asvs('7.4.4', 'NIST63B4-5.1-logoff'), async ({ alice, guard }) => {
    guard.allow(/status of 404/)
    const other = await alice.anotherBrowser('firefox-linux')
    await other.begin()
    await alice.page.goto(path)
    await expectNarrow(alice.page)
    const signOut = alice.page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true })
    await expect(signOut).toBeInViewport({ ratio: 1 })
  })
}

test('long names wrap and are never cut', async ({ alice, server }) => {
  const long = 'W'.repeat(60)
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').fill(long)
  await alice.page.getByRole('button', { name: 'Save name' }).click()
  await expect(alice.page.getByText('Your name is changed.')).toBeVisible()
  await expectNarrow(alice.page)
  const other = await alice.anotherBrowser('firefox-linux')
  await other.begin()
  server.db.prepare('update sessions set name = ? where id = ?').run(long, await other.sessionId())
  const list = await new ActiveSessionsPage(alice.page).open()
  await list.details(long)
  await expectNarrow(alice.page)
  const heading = list.row(long).getByRole('heading')
  expect(await heading.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true)
  await list.ask(long)
  await expectNarrow(alice.page)
})

/** Of a check box it is the label with the box in it. */
const PRESSED = ['button', 'summary', 'nav a', 'input:not([type=checkbox])', 'label:has(input)', 'select']
  .map((what) => `${what}:visible`)
  .join()

test('what is pressed is at least 44 pixels high', async ({ alice }) => {
  const other = await alice.anotherBrowser('firefox-linux')
  await other.begin()
  const list = await new ActiveSessionsPage(alice.page).open()
  const heights = () =>
    alice.page.locator(PRESSED).evaluateAll((all) =>
      // As laid out: a dialog that is sliding in is drawn a hair's breadth smaller.
      all.map((control) => [control.textContent || control.id, (control as HTMLElement).offsetHeight] as const),
    )
  for (const [name, height] of await heights()) expect(height, String(name)).toBeGreaterThanOrEqual(44)
  await list.askOthers()
  for (const [name, height] of await heights()) expect(height, String(name)).toBeGreaterThanOrEqual(44)
})

test('a dialog is a sheet that fits', async ({ alice, server }) => {
  const other = await alice.anotherBrowser('firefox-linux')
  await other.begin()
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.askEverywhere()
  await expectNarrow(alice.page)
  await expect(async () => {
    const box = await dialog.boundingBox()
    expect(box?.width).toBe(await alice.page.evaluate(() => document.body.clientWidth))
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBe(568)
  }, 'once it has slid in').toPass()
  await expectClean(alice.page)
})

test('read from right to left it fits as well', async ({ alice }) => {
  const other = await alice.anotherBrowser('firefox-linux')
  await other.begin()
  const list = await new ActiveSessionsPage(alice.page).open()
  await alice.page.evaluate(() => {
    document.documentElement.dir = 'rtl'
  })
  await expectNarrow(alice.page)
  await list.details('Firefox on Linux')
  await expectNarrow(alice.page)
})
