/**
 * # Termination: against a step-up, and with forms that have grown old
 *
 * Threat: a person signs out in one tab while another tab has just been given a new token, and stays signed in without
 * knowing it; or asks for the end of all sessions and is told goodbye, though no other one has ended. Or a form that was
 * open for long is refused for ever, and the person gives up on signing out at all.
 *
 * Promise: whoever signs out is signed out, with whichever token of the session the request still carries; goodbye after
 * signing out everywhere is said when all have ended, and else it is asked again; and what was refused for its age works
 * at the next press.
 */
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { type OpenForm, openForm } from './ways-in.ts'

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

/** The owner presses `Sign out everywhere`, with this cookie, on a page that was open before. */
async function pressEverywhere(server: Server, cookie: string, form: OpenForm): Promise<RawAnswer> {
  const headers = { cookie, origin: server.origin, 'content-type': form.type }
  return server.request({ method: 'POST', path: '/sign-out', headers, body: form.body })
}

/** How it can be that the session, from which that is asked, is none. */
const NONE: readonly (readonly [string, (owner: Person, server: Server) => unknown])[] = [
  ['it is locked', async (owner, server) => server.ageSession(await owner.sessionId(), { lastActive: 15 * 60 })],
  ['its time was up', async (owner, server) => server.ageSession(await owner.sessionId(), { began: 8 * 60 * 60 })],
  ['it was signed out in another tab', (owner) => owner.api.delete('/api/session')],
  [
    'another tab has just been given a new token',
    (owner) => owner.api.post('/api/session/reauthenticate', { data: { password: owner.password } }),
  ],
]

for (const [why, happens] of NONE) {
  test(
    `signing out everywhere is not called done when nothing else has ended, since ${why}`,
    asvs('7.4.1', '7.5.2'),
    async ({ alice, server }) => {
      const laptop = await alice.anotherBrowser('firefox-linux')
      await laptop.begin()
      const cookie = await alice.cookieHeader()
      const values = { scope: 'everywhere', act: 'sign-out-everywhere' }
      const form = await openForm(server, cookie, '/account', { button: 'Sign out', values })
      await happens(alice, server)
      const answer = await pressEverywhere(server, cookie, form)
      expect([answer.status, answer.headers.location]).toEqual([303, '/account/sessions?end=everywhere'])
      expect(answer.cookies, 'another tab may hold a good one').toEqual([])
      expect(await laptop.isSignedIn()).toBe(true)
    },
  )
}

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

  test(
    'whoever was not signed out everywhere signs in, and finds the question again',
    asvs('7.4.1', '7.5.2'),
    async ({ alice, server }) => {
      const laptop = await alice.anotherBrowser('firefox-linux')
      await laptop.begin()
      const list = await new ActiveSessionsPage(alice.page).open()
      const dialog = await list.askEverywhere()
      const id = await alice.sessionId()
      server.ageSession(id, { began: 8 * 60 * 60 })
      await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
      await expect(alice.page.getByRole('status')).toContainText('Your session reached its time limit')
      await alice.fillSignIn()
      await dialog.getByRole('button', { name: 'Sign out everywhere' }).click()
      await expect(alice.page).toHaveURL('/sign-in?reason=signed-out')
      expect(await laptop.isSignedIn()).toBe(false)
    },
  )
})
