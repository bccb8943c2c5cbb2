import { type Browser, chromium, type Page } from '@playwright/test'
import { ensureBrowser } from '#lib/cli/browser.ts'
import { PASSWORD } from './place.ts'

export async function launch(): Promise<Browser> {
  const path = await ensureBrowser()
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ ...(path && { executablePath: path }), args })
}

/** As a person does it, so that the browser has exactly the cookies that a browser gets. */
export async function signIn(page: Page, origin: string, email: string): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(({ pathname }) => pathname.startsWith('/account'))
}
