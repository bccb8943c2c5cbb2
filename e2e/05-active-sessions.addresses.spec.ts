/**
 * # Active sessions: addresses behind a proxy
 *
 * Threat: the address beside a session is where its owner looks for the stranger. Whoever can write it hides.
 *
 * Promise: with `TRUSTED_PROXIES` the address is what the farthest trusted proxy saw; what a client wrote in front of
 * that is never looked at. The place is approximate and looked up on this machine.
 */
import { ActiveSessionsPage } from './active-sessions-page.ts'
import { asvs, expect, type Person, test } from './book.ts'

test.use({ settings: { TRUSTED_PROXIES: '1' } })

/** Signs in from another browser, by way of a proxy that adds what it saw to what the client claimed. */
async function phoneBehindProxy(alice: Person, forwarded: string): Promise<Person> {
  const phone = await alice.anotherBrowser('safari-iphone')
  const { email, password } = alice
  await phone.api.post('/api/session', { data: { email, password }, headers: { 'x-forwarded-for': forwarded } })
  return phone
}

test('the proxy’s word counts, and the place is approximate', asvs('7.5.2', '15.3.4'), async ({ alice }) => {
  const phone = await phoneBehindProxy(alice, '90.90.1.1')
  expect(await phone.row()).toMatchObject({ ip: '90.90.1.1', place: 'France' })
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Safari on iOS')).toContainText('approximately France · 90.90.1.x')
  await expect(list.button('Safari on iOS', 'approximately France')).toBeVisible()
})

test('what the client wrote in front of it does not count', asvs('15.3.4'), async ({ alice }) => {
  const phone = await phoneBehindProxy(alice, '8.8.8.8, 127.0.0.1, 90.90.1.1')
  expect((await phone.row()).ip).toBe('90.90.1.1')
})

test('an address that tells no place has none', asvs('7.5.2'), async ({ alice }) => {
  const phone = await phoneBehindProxy(alice, '203.0.113.7')
  expect(await phone.row()).toMatchObject({ ip: '203.0.113.7', place: null })
  const list = await new ActiveSessionsPage(alice.page).open()
  await expect(list.row('Safari on iOS')).toContainText('place unknown · 203.0.113.x')
})

test('a word that is no address leaves the socket’s', asvs('15.3.4'), async ({ alice }) => {
  const phone = await phoneBehindProxy(alice, '90.90.1.1, <script>alert(1)</script>')
  expect(await phone.row()).toMatchObject({ ip: '127.0.0.1', place: null })
})

test('the place follows the session’s latest activity, not its beginning', asvs('7.5.2'), async ({ alice, server }) => {
  const phone = await phoneBehindProxy(alice, '90.90.1.1')
  server.ageSession(await phone.sessionId(), { lastActive: 60 })
  await phone.context.setExtraHTTPHeaders({ 'x-forwarded-for': '8.8.8.8' })
  await phone.page.goto('/account')
  expect(await phone.row()).toMatchObject({ ip: '8.8.8.8', place: 'United States' })
})
