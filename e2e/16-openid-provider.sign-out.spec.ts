/**
 * # Signing out at an application, and here
 *
 * Threat: a link, an image or an application signs somebody out here without their wish; after signing out they are sent
 * to an address that nobody has registered; or they believe to have left everywhere, and have not.
 *
 * Promise: whatever an application sends along, the person is asked, and told what stays signed in. Then applications of
 * this session have lost their access and are told, and the browser goes back where the application has registered.
 *
 * Tried, and red: any address to go back to.
 */
import { asvs, test as book, expect, expectClean } from './book.ts'
import { allow, issued } from './oauth.ts'
import { AT_SHORE, type RelyingParty, register, SHORE, startRelyingParty } from './relying-party.ts'

const test = book.extend<{ readonly example: RelyingParty }>({
  example: async ({ server, guard }, use) => {
    const example = await startRelyingParty(server, guard)
    await use(example)
    await example.stop()
  },
})

test.beforeEach(({ guard }) => guard.allow(AT_SHORE))

const ASKS = { name: 'Sign out of Signet?' }

test(
  'an application asks, the person decides, and goes back',
  asvs('OIDC-RPI-ask', '10.6.2', '7.6.1'),
  async ({ alice, example }) => {
    const { page } = alice
    await page.goto(`${example.origin}/sign-in`)
    await allow(alice, example.app)
    await page.getByRole('link', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', ASKS)).toBeVisible()
    await expect(page.getByText(alice.email)).toBeVisible()
    await expectClean(page)
    expect(await alice.isSignedIn(), 'nothing has ended yet').toBe(true)
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
    await expect(page).toHaveURL(new RegExp(`^${example.origin}/\\?state=`))
    await expect(page.getByText('You are not signed in.')).toBeVisible()
    expect(await alice.isSignedIn()).toBe(false)
  },
)

test('whoever stays, stays', asvs('OIDC-RPI-ask', '10.6.2'), async ({ alice, server }) => {
  const app = register(server)
  await alice.page.goto(`/oauth/end-session?client_id=${app.id}`)
  await expect(alice.page.getByText(app.name)).toBeVisible()
  await alice.page.getByRole('link', { name: 'Stay signed in' }).click()
  await expect(alice.page).toHaveURL('/account/sessions')
})

test('the page says what stays signed in', asvs('7.6.1'), async ({ alice, server }) => {
  const app = register(server, { name: 'Night Backup' })
  await issued(server, alice, app, { scope: 'openid offline_access', prompt: 'consent' })
  await (await alice.anotherBrowser()).begin()
  await alice.page.goto('/oauth/end-session')
  await expect(alice.page.getByText('One other session stays signed in.')).toBeVisible()
  await expect(alice.page.getByText('But these you let stay, and they do: Night Backup')).toBeVisible()
})

test('no request signs anybody out, however it comes', asvs('10.6.2', '3.5.1', '3.5.3'), async ({ alice, server }) => {
  const app = register(server, { postLogoutRedirectUri: `${SHORE}/bye` })
  const { id_token: hint } = await issued(server, alice, app)
  const cookie = await alice.cookieHeader()
  const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: `${SHORE}/bye` })
  const got = await server.request({ path: `/oauth/end-session?${query}`, headers: { cookie } })
  expect(got.headers.location).toContain(`${server.origin}/end-session/`)
  const posted = await server.request({
    method: 'POST',
    path: '/oauth/end-session',
    headers: { cookie, origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: query.toString(),
  })
  expect(posted.status, 'a form is a visit').toBe(303)
  const visit = new URL(posted.headers.location ?? '')
  expect(visit.href).toContain(`${server.origin}/oauth/end-session?`)
  expect(visit.href, 'what it says stands in no address').not.toContain(hint)
  const path = visit.pathname + visit.search
  const visited = await server.request({ path, headers: { cookie } })
  expect(visited.headers.location).toContain(`${server.origin}/end-session/`)
  const again = await server.request({ path, headers: { cookie } })
  expect(again.headers.location, 'it is good once').toBe(`${server.origin}/request-problem?because=over`)
  await server.request({ path: '/oauth/end-session/confirm?logout=yes', headers: { cookie } })
  const confirm = { method: 'POST', path: '/oauth/end-session/confirm', headers: { cookie }, body: 'logout=yes' }
  expect((await server.request(confirm)).status).toBe(404)
  const blind = await server.request({
    method: 'POST',
    path: '/sign-out',
    headers: { cookie, origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'request=x',
  })
  expect(blind.status).toBe(403)
  expect(await alice.isSignedIn()).toBe(true)
})

for (const [what, uri] of [
  ['another one', 'http://evil.example/'],
  ['a longer one', `${SHORE}/bye/more`],
  ['a script', 'javascript:alert(1)'],
] as const) {
  test(
    `nobody is sent to an address that is not registered: ${what}`,
    asvs('OIDC-RPI-redirect', '3.7.2'),
    async ({ alice, server }) => {
      const app = register(server, { postLogoutRedirectUri: `${SHORE}/bye` })
      const query = new URLSearchParams({ client_id: app.id, post_logout_redirect_uri: uri })
      await alice.page.goto(`/oauth/end-session?${query}`)
      await expect(alice.page).toHaveURL('/request-problem?because=request')
      // Without saying who asks there is nothing to go back to.
      await alice.page.goto(`/oauth/end-session?${new URLSearchParams({ post_logout_redirect_uri: uri })}`)
      await alice.page.getByRole('main').getByRole('button', { name: 'Sign out' }).click()
      await expect(alice.page.getByRole('heading', { name: 'You are signed out of Signet' })).toBeVisible()
      await expect(alice.page).toHaveURL(/^http:\/\/localhost:\d+\/end-session\//)
    },
  )
}

test('whoever is signed out already is told so', asvs('OIDC-RPI-ask'), async ({ mallory }) => {
  await mallory.page.goto('/oauth/end-session')
  await expect(mallory.page.getByRole('heading', { name: 'You are signed out of Signet' })).toBeVisible()
  await expectClean(mallory.page)
})

test('the application hears of a session that ends here', asvs('7.6.1', '7.4.1'), async ({ alice, example }) => {
  await alice.page.goto(`${example.origin}/sign-in`)
  await allow(alice, example.app)
  await expect(alice.page.getByText('Signed in as')).toBeVisible()
  await alice.signOut()
  await expect(async () => {
    await alice.page.goto(`${example.origin}/`)
    await expect(alice.page.getByText('You are not signed in.')).toBeVisible({ timeout: 1000 })
  }).toPass()
})
