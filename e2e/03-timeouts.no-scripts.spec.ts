/**
 * # Timeouts: without scripts
 *
 * Threat: without scripts nothing counts down, and a private page stays on the screen for as long as the screen is lit.
 *
 * Promise: the page itself carries the order to leave when the inactivity timeout has passed, and leaving is no activity.
 */
import { asvs, expect, test } from './book.ts'

test.use({ browserOptions: { javaScriptEnabled: false }, settings: { SESSION_IDLE_TIMEOUT: '4s', IDLE_WARNING: '1s' } })

test(
  'the page leaves for the sign-in page by itself, and comes back afterwards',
  asvs('7.3.1', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    await alice.page.goto('/account/activity?kind=signed-in')
    const id = await alice.sessionId()
    await expect(alice.page.getByRole('heading', { name: 'Activity', level: 1 })).toBeVisible()
    await alice.page.waitForURL('/sign-in?reason=idle&returnTo=%2Faccount%2Factivity%3Fkind%3Dsigned-in')
    await expect(alice.page.getByRole('status')).toContainText('because nothing happened here for a while')
    expect(server.row(id)?.locked_at).toEqual(expect.any(Number))
    await expect(alice.page.getByLabel('Email')).toHaveValue(alice.email)
    await alice.fillSignIn()
    await expect(alice.page).toHaveURL('/account/activity?kind=signed-in')
    expect(await alice.sessionId(), 'the same session, open again').toBe(id)
  },
)
