/**
 * # For everybody: what a screen reader and a low-sighted person meet
 *
 * Threat: a security page that some people cannot read or work is no security for them: they cannot see the stranger, or
 * cannot press the button.
 *
 * Promise: every page and each of its states is free of the faults that a machine can find (WCAG 2.2 AA), in light and
 * dark; has one title, one main part, headings in order; says in words what is not known; and keeps working where
 * colours are forced or motion is not wanted.
 */
import { renameSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import { giveApp, givePasskey, giveRecoveryCodes } from './factors.ts'
import { privatePages } from './routes.ts'

const LINKS = ['/forgot-password', '/reset-password', '/confirm-email', '/undo-email', '/not-me']
const PUBLIC = ['/', '/sign-up', '/sign-in', '/no-such-page', ...LINKS]
const REASONS = ['idle', 'expired', 'revoked', 'replayed', 'password-changed', 'signed-out']
const PRIVATE = privatePages()

/** Two more devices, one of them of an unknown kind, one ended. */
async function withCompany(alice: Person): Promise<void> {
  for (const kind of ['firefox-linux', 'safari-iphone', 'safari-mac'] as const) {
    const other = await alice.anotherBrowser(kind)
    await other.begin()
    if (kind === 'safari-mac') await other.api.delete('/api/session')
  }
}

for (const path of PUBLIC) {
  test(`clean and in order: ${path}`, async ({ mallory, guard }) => {
    guard.allow(/status of 404/)
    await mallory.page.goto(path)
    await expectClean(mallory.page)
    await expectOrder(mallory.page)
  })
}

for (const path of PRIVATE) {
  test(`clean and in order: ${path}`, async ({ alice }) => {
    await withCompany(alice)
    await alice.page.goto(path)
    await expectClean(alice.page)
    await expectOrder(alice.page)
  })
}

test('clean and in order: the second step, with an app and with a recovery code', async ({
  alice,
  mallory,
  server,
}) => {
  giveApp(server, alice)
  giveRecoveryCodes(server, alice)
  givePasskey(server, alice)
  await mallory.page.goto('/sign-in')
  await mallory.fillSignIn(alice)
  await expect(mallory.page).toHaveURL('/sign-in/verify')
  for (const path of ['/sign-in/verify', '/sign-in/verify?use=recovery-code']) {
    await mallory.page.goto(path)
    await expectClean(mallory.page)
    await expectOrder(mallory.page)
  }
})

test('clean and in order: a locked session, and the code that opens it', async ({ alice, server }) => {
  giveApp(server, alice)
  server.ageSession(await alice.sessionId(), { lastActive: 15 * 60 })
  for (const path of ['/sign-in', '/sign-in/verify']) {
    await alice.page.goto(path)
    await expect(alice.page).toHaveURL(path)
    await expectClean(alice.page)
    await expectOrder(alice.page)
  }
})

/** One title of its own, one `h1`, one main part, and no heading that skips a level. */
async function expectOrder(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/Signet/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await expect(page.getByRole('main')).toHaveCount(1)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  const levels = await page
    .getByRole('heading')
    .evaluateAll((all) => all.map(({ tagName }) => Number(tagName.slice(1))))
  for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1)
}

test('clean: each reason for having to sign in again', async ({ mallory }) => {
  for (const reason of REASONS) {
    await mallory.page.goto(`/sign-in?reason=${reason}&returnTo=/account`)
    await expect(mallory.page.getByRole('status')).not.toBeEmpty()
    await expectClean(mallory.page)
  }
})

test('clean: Active sessions with details open, and with one session alone', async ({ alice }) => {
  const list = await new ActiveSessionsPage(alice.page).open()
  await list.details('Chrome on Linux')
  await expectClean(alice.page)
  await withCompany(alice)
  await list.open()
  await list.details('Firefox on Linux')
  await expectClean(alice.page)
})

test('clean: each dialog, asking for the password', async ({ alice, server }) => {
  await withCompany(alice)
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  for (const ask of [() => list.askOthers(), () => list.askEverywhere(), () => list.ask('Firefox on Linux')]) {
    await ask()
    await expectClean(alice.page)
    await alice.page.keyboard.press('Escape')
  }
})

test('clean: a refused password in a dialog, the outcome, a refused name', async ({ alice, server }) => {
  await withCompany(alice)
  server.ageSession(await alice.sessionId(), { authenticated: 10 * 60 })
  const list = await new ActiveSessionsPage(alice.page).open()
  const dialog = await list.ask('Firefox on Linux')
  await dialog.getByLabel('Password', { exact: true }).fill('not the password of anybody')
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(dialog).toContainText('That password is wrong.')
  await expectClean(alice.page)
  await dialog.getByLabel('Password', { exact: true }).fill(alice.password)
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
  await expectClean(alice.page)
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').fill(' ')
  await alice.page.getByRole('button', { name: 'Save name' }).click()
  await expect(alice.page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true')
  await expect(alice.page.getByLabel('Name')).toBeFocused()
  await expectClean(alice.page)
})

test('clean: a chosen kind of event of which there is none', async ({ alice }) => {
  await alice.page.goto('/account/activity?kind=session-replayed')
  await expect(alice.page.getByText('Nothing to show')).toBeVisible()
  await expectClean(alice.page)
})

test('clean: the page that stands in when the database is away', async ({ alice, guard, server }) => {
  guard.allow(/status of 503/)
  await alice.openSessions()
  renameSync(server.databaseFile, `${server.databaseFile}.away`)
  try {
    await expect.poll(async () => (await server.request({ path: '/api/ready' })).status).toBe(503)
    await alice.page.goto('/account')
    await expect(alice.page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectClean(alice.page)
  } finally {
    renameSync(`${server.databaseFile}.away`, server.databaseFile)
  }
  await expect.poll(async () => (await server.request({ path: '/api/ready' })).status).toBe(200)
})

test('what is not known is said in words, on every page', asvs('7.5.2'), async ({ alice, server }) => {
  const { email, password } = alice
  const headers = { 'content-type': 'application/json', origin: server.origin }
  const begun = await server.request({
    method: 'POST',
    path: '/api/session',
    headers,
    body: JSON.stringify({ email, password }),
  })
  server.db.prepare('update sessions set ip = null, place = null where id = ?').run(begun.json<Begun>().session.id)
  const cookie = begun.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  for (const path of PRIVATE) {
    const { status, body } = await server.request({ path, headers: { cookie } })
    expect(status).toBe(200)
    const words = body.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]+>/g, ' ')
    expect(words).not.toMatch(/\b(?:null|undefined|NaN)\b|Invalid Date|\[object|\(\s*\)|·\s*·/)
  }
})

interface Begun {
  readonly session: { readonly id: string }
}

test('nothing moves where motion is not wanted', async ({ alice }) => {
  await withCompany(alice)
  await alice.page.emulateMedia({ reducedMotion: 'reduce' })
  const list = await new ActiveSessionsPage(alice.page).open()
  await list.ask('Firefox on Linux')
  const moving = await alice.page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const { transitionDuration, animationName } = getComputedStyle(element)
        return animationName !== 'none' || transitionDuration.split(', ').some((duration) => duration !== '0s')
      })
      .map(({ outerHTML }) => outerHTML.slice(0, 120)),
  )
  expect(moving).toEqual([])
})

test('where colours are forced, controls keep their edges and the focus stays in sight', async ({ alice }) => {
  await withCompany(alice)
  await alice.page.emulateMedia({ forcedColors: 'active' })
  const list = await new ActiveSessionsPage(alice.page).open()
  const bare = await alice.page.getByRole('button').evaluateAll((all) =>
    all
      .filter((button) => getComputedStyle(button).borderTopWidth === '0px' && button.tagName === 'BUTTON')
      .filter((button) => button.textContent !== 'Show what I type')
      .map(({ textContent }) => textContent),
  )
  expect(bare).toEqual([])
  await alice.page.keyboard.press('Tab')
  await alice.page.keyboard.press('Tab')
  const outline = await alice.page.evaluate(
    () => getComputedStyle(document.activeElement ?? document.body).outlineStyle,
  )
  expect(outline).toBe('solid')
  await expect(list.row('Chrome on Linux').getByText('This device', { exact: true })).toBeVisible()
})
