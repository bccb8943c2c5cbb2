/**
 * # For everybody: by keyboard alone
 *
 * Threat: who cannot use a pointer cannot end a session.
 *
 * Promise: everything is reached with Tab, in the order of the page, and worked with Enter, Space and Escape; the focus
 * is always somewhere sensible and never lost or trapped.
 */
import type { Page } from '@playwright/test'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'

/** Presses Tab until the control of that name has the focus, as often as a patient person would. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => nameOf(document.activeElement))
    if (typeof name === 'string' ? focused === name : name.test(focused)) return
  }
  throw new Error(`Tab does not lead to ${name}`)
}

declare function nameOf(element: Element | null): string

/** The name of the focused control as people see it: its label, or its text. */
async function nameable(person: Person): Promise<Page> {
  await person.page.addInitScript(() => {
    Object.assign(window, {
      nameOf: (element: HTMLInputElement | null) =>
        (element?.labels?.[0]?.textContent ?? element?.textContent ?? '').replace(/\s+/g, ' ').trim(),
    })
  })
  return person.page
}

test(
  'an account is made, a session ended and the way out taken, without a pointer',
  asvs('7.4.4', '7.5.2'),
  async ({ newcomer }) => {
    const page = await nameable(newcomer)
    await page.goto('/')
    await tabTo(page, 'Create account')
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Create account' })).toBeVisible()
    await tabTo(page, 'Name')
    await page.keyboard.type(newcomer.name)
    await tabTo(page, 'Email')
    await page.keyboard.type(newcomer.email)
    await tabTo(page, 'Password')
    await page.keyboard.type(newcomer.password)
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'Active sessions' })).toBeVisible()
    const laptop = await newcomer.anotherBrowser('firefox-linux')
    await laptop.begin()
    const list = await new ActiveSessionsPage(page).open()
    await tabTo(page, /^Sign out Firefox on Linux/)
    await page.keyboard.press('Enter')
    await expect(list.dialog('Sign out Firefox on Linux?').getByRole('link', { name: 'Cancel' })).toBeFocused()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
    await expect(list.others.getByRole('heading', { name: 'Other devices', level: 2 })).toBeFocused()
    expect(await laptop.isSignedIn()).toBe(false)
    await page.goto('/account')
    await tabTo(page, 'Sign out')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL('/sign-in?reason=signed-out')
  },
)

test('the first Tab offers to skip what stands above the page', async ({ alice }) => {
  const page = await nameable(alice)
  await page.goto('/account')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeInViewport()
  await page.keyboard.press('Enter')
  await tabTo(page, 'Name')
  await expect(page.getByLabel('Name')).toBeFocused()
})

test('the focus follows the order of the page', async ({ alice }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const page = await nameable(alice)
  await new ActiveSessionsPage(page).open()
  const seen: string[] = []
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press('Tab')
    seen.push(await page.evaluate(() => nameOf(document.activeElement)))
  }
  expect(seen).toEqual([
    'Skip to content',
    'Signet',
    'Sign out',
    'Account',
    'Active sessions',
    'Linked apps',
    'Security',
    'Activity',
    'Details of Chrome on Linux',
    'Sign out this device',
    'Sign out other sessions',
    'Details of Firefox on Linux',
    'Sign out Firefox on Linux, place unknown',
    'Sign out everywhere',
  ])
})

test('a dialog keeps the focus until it is closed', async ({ alice }) => {
  const laptop = await alice.anotherBrowser('firefox-linux')
  await laptop.begin()
  const page = await nameable(alice)
  const list = await new ActiveSessionsPage(page).open()
  const dialog = await list.askOthers()
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press('Tab')
    const outside = await dialog.evaluate(
      (element) => document.activeElement !== document.body && !element.contains(document.activeElement),
    )
    expect(outside).toBe(false)
  }
})

test('a session is named by keyboard', async ({ alice }) => {
  const page = await nameable(alice)
  const list = await new ActiveSessionsPage(page).open()
  await tabTo(page, 'Details of Chrome on Linux')
  await page.keyboard.press('Space')
  await tabTo(page, 'Your name for it')
  await page.keyboard.type('Desk')
  await page.keyboard.press('Enter')
  await expect(list.row('Desk').getByRole('status').first()).toHaveText('Renamed to “Desk”.')
})
