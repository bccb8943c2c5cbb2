import { Secret, TOTP } from 'otpauth'
import { expect, type Person } from './book.ts'
import type { App } from './factors.ts'

/** The page on which people change what opens their account, and what they do there. */

/** Level 2: seconds after which a proof is too old. */
export const WINDOW = 600

export async function openSecurity({ page }: Person): Promise<void> {
  await page.goto('/account/security')
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible()
}

/** Fills and sends the form that changes the password. */
export async function fillPasswordChange(
  { page }: Person,
  current: string,
  wanted: string,
  { endOthers = true } = {},
): Promise<void> {
  await page.getByLabel('Current password').fill(current)
  await page.getByLabel('New password').fill(wanted)
  await page
    .locator('form', { hasText: 'Current password' })
    .getByLabel('Sign out other sessions')
    .setChecked(endOthers)
  await page.getByRole('button', { name: 'Change password' }).click()
}

/** The app of somebody who types its key: the codes that it shows. */
export function appWith(key: string): App {
  const totp = new TOTP({
    secret: Secret.fromBase32(key.replaceAll(' ', '')),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
  })
  const code = (step = 0) => totp.generate({ timestamp: Date.now() + step * 30_000 })
  return { code, wrongCode: () => (code() === '000000' ? '111111' : '000000') }
}

/** Goes as far as the page that shows the key, and types it into an app. */
export async function beginApp(person: Person): Promise<App> {
  const { page } = person
  await openSecurity(person)
  await page.getByText('Add an authenticator app').click()
  await page.getByRole('button', { name: 'Show the key' }).click()
  await expect(page.getByRole('heading', { name: 'Add an authenticator app' })).toBeVisible()
  return appWith(await page.getByTestId('totp-key').innerText())
}

export async function confirmApp({ page }: Person, code: string): Promise<void> {
  await page.getByLabel('Code from the app').fill(code)
  await page.getByRole('button', { name: 'Add the app' }).click()
}
