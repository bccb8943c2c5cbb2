/**
 * # Timeouts: the warning, and what follows
 *
 * Threat: a person who is reading loses what was typed, without a word; or the screen of one who has left goes on showing
 * what is private; or any key that is pressed counts as "I am here".
 *
 * Promise: two minutes before, every tab asks "Are you still there?" and counts down by the server's clock. Only "Stay
 * signed in" renews, for all tabs. Afterwards nothing private is in the page, and whoever signs in again finds the page
 * and the text as they were. The absolute limit is announced too, without an offer that cannot be kept.
 */
import type { Page } from '@playwright/test'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import type { Server } from './server.ts'

const IDLE = 15 * 60
const ABSOLUTE = 8 * 60 * 60

const warning = (page: Page) => page.getByRole('alertdialog', { name: 'Are you still there?' })
const panel = (page: Page) => page.getByRole('heading', { name: 'Sign in to continue', level: 1 })

/** The page asks the server anew, as it does when a network or a laptop comes back; a question on its way is not asked twice. */
async function wake(page: Page): Promise<void> {
  await expect(async () => {
    const asked = page.waitForRequest('**/api/session', { timeout: 1000 })
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await (await asked).response()
  }).toPass()
}

/** So many seconds are left until the session idles out, and the page knows. */
async function nearlyIdle(person: Person, server: Server, left: number): Promise<void> {
  server.ageSession(await person.sessionId(), { lastActive: IDLE - left })
  await wake(person.page)
}

async function nearlyExpired(person: Person, server: Server, left: number): Promise<void> {
  server.ageSession(await person.sessionId(), { began: ABSOLUTE - left })
  await wake(person.page)
}

test(
  'two minutes before, the page asks whether somebody is there',
  asvs('NIST63B4-5.2-warn', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.clock.install()
    await alice.openSessions()
    await nearlyIdle(alice, server, 130)
    await expect(warning(alice.page)).toHaveCount(0)
    server.ageSession(await alice.sessionId(), { lastActive: 11 })
    await wake(alice.page)
    await expect(warning(alice.page)).toBeVisible()
    await expect(warning(alice.page).getByRole('button', { name: 'Stay signed in' })).toBeFocused()
    await expect(warning(alice.page).getByRole('timer')).toHaveText(/^1 minute 5\d seconds$/)
    await alice.page.clock.fastForward(30_000)
    await expect(warning(alice.page).getByRole('timer')).toHaveText(/^1 minute 2\d seconds$/)
    await expectClean(alice.page)
  },
)

test(
  '“Stay signed in” in one tab renews for all of them',
  asvs('7.3.1', 'NIST63B4-5.2-reset', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.goto('/account')
    await alice.page.getByLabel('Name').focus()
    const second = await alice.context.newPage()
    await second.goto('/account/activity')
    await nearlyIdle(alice, server, 60)
    await wake(second)
    for (const page of [alice.page, second]) await expect(warning(page)).toBeVisible()
    const before = (await alice.row()).last_active_at
    await alice.page.bringToFront()
    await warning(alice.page).getByRole('button', { name: 'Stay signed in' }).click()
    for (const page of [alice.page, second]) await expect(warning(page)).toHaveCount(0)
    expect((await alice.row()).last_active_at).toBeGreaterThan(before)
    await expect(alice.page.getByLabel('Name')).toBeFocused()
  },
)

test('Escape is no answer, and what is pressed meanwhile renews nothing', asvs('7.3.1'), async ({ alice, server }) => {
  await alice.page.clock.install()
  await alice.openSessions()
  await nearlyIdle(alice, server, 110)
  const dialog = warning(alice.page)
  await expect(dialog).toBeVisible()
  const before = (await alice.row()).last_active_at
  const reports: string[] = []
  alice.page.on('request', (request) => {
    if (request.method() === 'POST') reports.push(request.url())
  })
  await alice.page.clock.fastForward(61_000)
  for (const key of ['Escape', 'Escape', 'Escape', 'a', 'Tab']) await alice.page.keyboard.press(key)
  await dialog.getByText('Nothing has happened here for a while.').click()
  await expect(dialog).toBeVisible()
  expect(reports).toEqual([])
  expect((await alice.row()).last_active_at).toBe(before)
})

test('“Sign out now” signs out', asvs('7.4.4'), async ({ alice, server }) => {
  await alice.openSessions()
  await nearlyIdle(alice, server, 60)
  await warning(alice.page).getByRole('button', { name: 'Sign out now' }).click()
  await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
  expect(await alice.isSignedIn()).toBe(false)
})

test('what is left is read out at one minute, thirty and ten seconds, and not at every second', async ({
  alice,
  server,
}) => {
  await alice.page.clock.install()
  await alice.openSessions()
  // The page's own clock stands still: what is left is what the server says, at whatever time its answers arrive.
  await alice.page.clock.pauseAt(Date.now() + 1000)
  await nearlyIdle(alice, server, 90)
  const spoken = warning(alice.page).locator('[aria-live=polite]')
  const heard: (string | null)[] = []
  let left = 90
  for (const next of [86, 59, 54, 29, 25, 9, 5]) {
    server.ageSession(await alice.sessionId(), { lastActive: left - next })
    left = next
    await wake(alice.page)
    await expect.poll(() => secondsShown(alice.page)).toBeLessThanOrEqual(next)
    const text = await spoken.textContent()
    if (text !== heard.at(-1)) heard.push(text)
  }
  expect(heard.slice(1)).toEqual(['1 minute left.', '30 seconds left.', '10 seconds left.'])
})

async function secondsShown(page: Page): Promise<number> {
  const words = (await warning(page).getByRole('timer').textContent()) ?? ''
  const count = (unit: string) => Number(words.match(new RegExp(`(\\d+) ${unit}`))?.[1] ?? 0)
  return count('minute') * 60 + count('second')
}

test(
  'when the time has passed nothing private is in the page, and the way back leads to it',
  asvs('7.3.1', 'NIST63B4-5.2-warn', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.goto('/account?from=a-link')
    await alice.page.getByLabel('Name').fill('Alice in the middle of a wor')
    await nearlyIdle(alice, server, 2)
    await expect(panel(alice.page)).toBeVisible()
    await expect(alice.page.getByText('because nothing happened here for a while')).toBeVisible()
    expect(await alice.page.content()).not.toContain('Alice')
    expect(await alice.isSignedIn()).toBe(false)
    await expectClean(alice.page)
    await alice.fillSignIn()
    await expect(alice.page.getByRole('heading', { name: 'Account', level: 1 })).toBeVisible()
    await expect(alice.page).toHaveURL('/account?from=a-link')
    await expect(alice.page.getByLabel('Name')).toHaveValue('Alice in the middle of a wor')
    await alice.page.getByRole('button', { name: 'Save name' }).click()
    await expect(alice.page.getByText('Your name is changed.')).toBeVisible()
  },
)

test(
  'a password that was typed is never given back, nor kept anywhere',
  asvs('14.3.3', 'WSTG-CLNT-12'),
  async ({ alice, server }) => {
    await alice.page.goto('/reauthenticate')
    const password = alice.page.getByLabel('Password', { exact: true })
    await password.fill('half a passw')
    await alice.page.getByRole('button', { name: 'Show what I type' }).click()
    await nearlyIdle(alice, server, 2)
    await expect(panel(alice.page)).toBeVisible()
    const stored = () => alice.page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))
    expect(await stored()).toBe('[{},{}]')
    await alice.fillSignIn()
    await expect(alice.page.getByRole('heading', { name: "Confirm it's you" })).toBeVisible()
    await expect(password).toHaveValue('')
  },
)

test('what somebody had typed is not given to the next person', asvs('7.3.1'), async ({ alice, bob, server }) => {
  await alice.page.goto('/account')
  await alice.page.getByLabel('Name').fill('a draft of Alice’s')
  await nearlyIdle(alice, server, 2)
  await expect(panel(alice.page)).toBeVisible()
  await alice.fillSignIn({ email: bob.email, password: bob.password })
  await expect(alice.page).toHaveURL('/account/sessions')
  await alice.page.getByRole('link', { name: 'Account', exact: true }).click()
  await expect(alice.page.getByLabel('Name')).toHaveValue('Bob')
  expect(await alice.page.content()).not.toContain('Alice')
})

test(
  'the absolute limit is announced without an offer to stay, and a proof of identity moves it',
  asvs('7.3.2', 'NIST63B4-5.2-warn', 'NIST63B4-5.2-reset'),
  async ({ alice, server }) => {
    await alice.page.goto('/account/activity?kind=signed-in')
    await nearlyExpired(alice, server, 100)
    const notice = alice.page.getByRole('dialog', { name: /^Your session ends at \d\d:\d\d$/ })
    await expect(notice).toBeVisible()
    await expect(notice.getByRole('button', { name: /stay/i })).toHaveCount(0)
    await expectClean(alice.page)
    await notice.getByRole('button', { name: 'Not now' }).click()
    await expect(notice).toHaveCount(0)
    await alice.page.reload()
    await notice.getByRole('link', { name: "Confirm it's you" }).click()
    await alice.page.getByLabel('Password', { exact: true }).fill(alice.password)
    await alice.page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await expect(alice.page).toHaveURL('/account/activity?kind=signed-in')
    await expect(alice.page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    await expect(notice).toHaveCount(0)
    expect(Date.now() - (await alice.row()).lifetime_from).toBeLessThan(60_000)
  },
)

test('at the absolute limit the page lets go as well', asvs('7.3.2'), async ({ alice, server }) => {
  await alice.openSessions()
  await nearlyExpired(alice, server, 2)
  await expect(panel(alice.page)).toBeVisible()
  await expect(alice.page.getByText('Your session reached its time limit.')).toBeVisible()
})

test(
  'the server may be away when the time comes: the page lets go by itself',
  asvs('7.3.1'),
  async ({ alice, guard, server }) => {
    guard.allow(/ERR_INTERNET_DISCONNECTED/)
    await alice.page.clock.install()
    await alice.openSessions()
    await nearlyIdle(alice, server, 60)
    await expect(warning(alice.page)).toBeVisible()
    await alice.context.setOffline(true)
    await warning(alice.page).getByRole('button', { name: 'Stay signed in' }).click()
    await expect(warning(alice.page)).toContainText('Signet could not be reached, so the time still runs.')
    await alice.page.clock.fastForward(61_000)
    await expect(warning(alice.page)).toHaveCount(0)
    await expect(alice.page.getByRole('heading', { name: 'Active sessions' })).toHaveCount(0)
    expect(await alice.page.content()).not.toContain('This device')
  },
)
