import { expect, type Locator, type Page } from '@playwright/test'
import type { Person } from './person.ts'
import type { Server } from './server.ts'

/** What the book knows of administration: who may, where it is, and how an act is done. */

/** Makes somebody an administrator behind the app's back, so that the session at hand goes on. */
export function appoint(server: Server, { email }: Pick<Person, 'email'>, administrator = true): void {
  server.db.prepare('update users set administrator = ? where email = ?').run(administrator ? 1 : 0, email)
}

export function userId(server: Server, { email }: Pick<Person, 'email'>): string {
  return server.db.prepare('select id from users where email = ?').pluck().get(email) as string
}

/** The page of one user, as an administrator sees it. */
export class UserPage {
  readonly page: Page
  readonly path: string

  constructor(server: Server, administrator: Person, user: Pick<Person, 'email'>) {
    this.page = administrator.page
    this.path = `/admin/users/${userId(server, user)}`
  }

  async open(): Promise<this> {
    await this.page.goto(this.path)
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible()
    return this
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  /** Opens the dialog of an act. */
  async ask(button: string): Promise<Locator> {
    await this.page.getByRole('main').getByRole('button', { name: button }).first().click()
    await expect(this.dialog).toBeVisible()
    return this.dialog
  }

  /** The whole act, with a reason; and with a password where one is given. */
  async act(button: string, reason: string, password?: string): Promise<void> {
    const dialog = await this.ask(button)
    await dialog.getByLabel('Reason').fill(reason)
    if (password !== undefined) await dialog.getByLabel('Password', { exact: true }).fill(password)
    await dialog.locator('button[type=submit]').last().click()
  }

  async outcome(text: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('main').getByRole('status').filter({ hasText: text })).toBeVisible()
  }
}
