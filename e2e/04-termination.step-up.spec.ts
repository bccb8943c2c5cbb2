/**
 * # Termination: against a step-up, and with forms that have grown old
 *
 * Threat: a person signs out in one tab while another tab has just been given a new token, and stays signed in without
 * knowing it. Or a form that was open for long is refused for ever, and the person gives up on signing out at all.
 *
 * Promise: whoever signs out is signed out, with whichever token of the session the request still carries; and what was
 * refused for its age works at the next press.
 */
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { asvs, expect, test } from './book.ts'

test(
  'a sign-out that was on its way during a step-up ends the session all the same',
  asvs('7.4.1', '7.2.4'),
  async ({ alice, server }) => {
    const id = await alice.sessionId()
    const before = await alice.cookieHeader()
    const confirmed = await alice.api.post('/api/session/reauthenticate', { data: { password: alice.password } })
    expect(confirmed.status()).toBe(200)
    expect(await alice.isSignedIn()).toBe(true)
    const left = await server.request({
      method: 'DELETE',
      path: '/api/session',
      headers: { cookie: before, origin: server.origin },
    })
    expect(left.status).toBe(204)
    expect(await alice.isSignedIn(), 'the new token is as dead as the old one').toBe(false)
    expect(server.endedRow(id)).toMatchObject({ reason: 'signed-out' })
  },
)

test(
  'with scripts, a form that has grown old is renewed by the first press and works with the second',
  asvs('3.5.1'),
  async ({ alice, mallory }) => {
    const { page, context } = mallory
    await page.goto('/sign-in')
    await context.clearCookies({ name: '__Host-browser' })
    await mallory.fillSignIn({ email: alice.email, password: alice.password })
    await expect(page.locator('main [role=alert]')).toBeVisible()
    await expect(page.getByLabel('Email'), 'nothing typed is lost').toHaveValue(alice.email)
    await page.getByLabel('Password', { exact: true }).fill(alice.password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page).toHaveURL('/account/sessions')
  },
)

test(
  'a reverse proxy that passes on another host breaks no form, and a foreign origin stays foreign',
  asvs('3.5.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const { fields } = await formOn(server, '/account', 'name', cookie)
    const body = multipart([...fields, ['name', 'Alice Renamed']])
    const headers = {
      cookie,
      'content-type': MULTIPART,
      host: 'internal:8080',
      'x-forwarded-host': 'elsewhere.example',
    }
    expect((await post(server, '/account', body, headers)).status).toBe(200)
    const foreign = await post(server, '/account', body, { ...headers, origin: 'http://elsewhere.example' })
    expect(foreign.status).toBe(403)
  },
)

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test(
    'the button of a page from an earlier session signs nobody out, and says so',
    asvs('3.5.1'),
    async ({ alice, server }) => {
      await alice.page.goto('/account')
      await alice.begin()
      await alice.page.getByRole('banner').getByRole('button', { name: 'Sign out', exact: true }).click()
      await expect(alice.page.getByText('That page was of an earlier session')).toBeVisible()
      expect(server.sessions(alice.email)).toHaveLength(1)
    },
  )
})
