import { expect, type Locator, type Page } from '@playwright/test'

/** The Active sessions page as people and their screen readers find their way on it. */
export class ActiveSessionsPage {
  readonly page: Page
  readonly here: Locator
  readonly others: Locator
  readonly ended: Locator
  /** The line that says what the last act did. */
  readonly outcome: Locator

  constructor(page: Page) {
    this.page = page
    this.here = page.getByRole('region', { name: 'This device' })
    this.others = page.getByRole('region', { name: /^Other devices/ })
    this.ended = page.getByRole('region', { name: 'Recently ended' })
    this.outcome = page.getByRole('main').getByRole('status').first()
  }

  async open(): Promise<this> {
    await this.page.goto('/account/sessions')
    await expect(this.page.getByRole('heading', { name: 'Active sessions', level: 1 })).toBeVisible()
    return this
  }

  /** The item of a live session, by the name that it is listed under. */
  row(name: string): Locator {
    return this.page.getByRole('listitem', { name, exact: true })
  }

  /** The button that asks whether to sign that session out. */
  button(name: string, place = 'place unknown'): Locator {
    return this.page.getByRole('button', { name: `Sign out ${name}, ${place}`, exact: true })
  }

  dialog(title: string): Locator {
    return this.page.getByRole('dialog', { name: title, exact: true })
  }

  /** Opens the dialog about one session. */
  async ask(name: string, place?: string): Promise<Locator> {
    await this.button(name, place).click()
    return this.settled(this.dialog(`Sign out ${name}?`))
  }

  /** Signs one session out, by a fresh session. */
  async signOut(name: string, place?: string): Promise<void> {
    const dialog = await this.ask(name, place)
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(this.outcome).toHaveText(`${name} is signed out.`)
  }

  async askOthers(): Promise<Locator> {
    await this.others.getByRole('button', { name: 'Sign out other sessions' }).click()
    return this.settled(this.page.getByRole('dialog'))
  }

  async askEverywhere(): Promise<Locator> {
    await this.page.getByRole('button', { name: 'Sign out everywhere' }).click()
    return this.settled(this.page.getByRole('dialog', { name: /^Sign out (?:everywhere|all \d+ sessions)\?$/ }))
  }

  /** One that the server has drawn open moves to the middle once scripts run: a press on its way there would miss. */
  async settled(dialog: Locator): Promise<Locator> {
    await expect(dialog).toBeVisible()
    const runsScripts = await this.page.evaluate(() => document.querySelector('noscript > *') === null)
    if (runsScripts) await expect.poll(() => dialog.evaluate((element) => element.matches(':modal'))).toBe(true)
    return dialog
  }

  /** Opens what a row leaves out. */
  async details(name: string): Promise<Locator> {
    const row = this.row(name)
    await row.getByText('Details').click()
    return row
  }
}
