/**
 * # Active sessions: an answer that does not come
 *
 * Threat: the connection breaks while a button is pressed, or the server was updated under the open page; the page is
 * lost, and nobody knows whether anything has ended.
 *
 * Promise: the dialog stays with what it was asked and says what happened. Nothing has ended, and it can be tried again.
 */
import type { Route } from '@playwright/test'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, test } from './book.ts'

const INTERRUPTIONS: readonly [string, (route: Route) => Promise<void>, string][] = [
  ['a connection that breaks', (route) => route.abort('connectionreset'), 'Signet could not be reached.'],
  [
    'an outage',
    (route) => route.fulfill({ status: 503, contentType: 'text/plain', body: 'unavailable' }),
    'Signet cannot answer at the moment.',
  ],
  [
    'an update',
    (route) => route.continue({ headers: { ...route.request().headers(), 'next-action': '0'.repeat(42) } }),
    'Signet was updated while this page was open.',
  ],
]

for (const [what, interrupt, sentence] of INTERRUPTIONS) {
  test(`the dialog outlives ${what}`, asvs('16.5.2', '7.5.2'), async ({ alice, guard }) => {
    guard.allow(/ERR_CONNECTION_RESET|status of (?:409|503)/)
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    const list = await new ActiveSessionsPage(alice.page).open()
    const dialog = await list.ask('Firefox on Linux')
    const press = () => dialog.getByRole('button', { name: 'Sign out', exact: true }).click()
    const isChange = (url: URL) => url.pathname === '/account/sessions'
    await alice.page.route(isChange, (route) =>
      route.request().method() === 'POST' ? interrupt(route) : route.continue(),
    )
    await press()
    await expect(dialog.getByRole('alert')).toContainText(sentence)
    expect(await laptop.isSignedIn()).toBe(true)
    await alice.page.unroute(isChange)
    await press()
    await expect(list.outcome).toHaveText('Firefox on Linux is signed out.')
    expect(await laptop.isSignedIn()).toBe(false)
  })
}

test('a connection is kept for longer than whoever stands in front keeps it, so that no request is lost on one', async ({
  server,
}) => {
  const { headers } = await server.request({ path: '/sign-in', headers: { connection: 'keep-alive' } })
  expect(headers['keep-alive'], 'commonly a minute').toBe('timeout=75')
})
