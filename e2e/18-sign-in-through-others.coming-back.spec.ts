/**
 * # Signing in through others: coming back
 *
 * Threat: somebody is put out, from another browser or because the account was made safe, and is back with one click,
 * since the provider still knows the browser; or a short word of a provider makes a long session.
 *
 * Promise: what was shown at a provider before somebody was put out does not get them in again: the provider has to ask.
 * And a proof that a provider gives lasts no longer than the provider lets it.
 */
import { asvs, expect } from './book.ts'
import {
  expectNotice,
  forgetSignet,
  giveIdentity,
  goThroughWork,
  sayWho,
  signInThroughWork,
  test,
} from './through-work.ts'

const HOUR = 3600
const seconds = () => Math.floor(Date.now() / 1000)

test(
  'whoever was signed out from elsewhere is not back with one click: Work has to ask',
  asvs('7.4.1', '7.6.1', '7.6.2'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const before = await newcomer.sessionId()
    const own = await newcomer.anotherBrowser('safari-mac')
    await signInThroughWork(own)
    expect((await own.api.delete('/api/sessions?scope=others')).ok()).toBe(true)
    expect(server.endedRow(before)?.reason).toBe('signed-out-elsewhere')

    // The browser knows nothing of it any more, and Work still knows the browser.
    await forgetSignet(newcomer)
    await goThroughWork(newcomer, null)
    await expect(newcomer.page.getByLabel('Account here')).toBeVisible()
    expect(server.sessions(newcomer.email)).toHaveLength(1)
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')

    // A Work that keeps quiet is not believed.
    expect((await own.api.delete('/api/sessions?scope=others')).ok()).toBe(true)
    await forgetSignet(newcomer)
    await work.lie({ silent: true, claims: { auth_time: seconds() - 100 } })
    await goThroughWork(newcomer, null)
    await expectNotice(newcomer, 'Work did not ask you who you are lately enough')
    expect(server.sessions(newcomer.email)).toHaveLength(1)
  },
)

test(
  'a clock of Work that is ahead makes no old authentication a new one',
  asvs('7.4.1', '7.6.1', '7.6.2'),
  async ({ newcomer, server, work }) => {
    await signInThroughWork(newcomer)
    const own = await newcomer.anotherBrowser('safari-mac')
    await signInThroughWork(own)
    expect((await own.api.delete('/api/sessions?scope=others')).ok()).toBe(true)
    await forgetSignet(newcomer)
    // Forty seconds ago, which its clock, as far off as it may be, has after they were put out.
    await work.lie({ claims: { iat: seconds() + 50, auth_time: seconds() + 10 } })
    await goThroughWork(newcomer, null)
    await expect(newcomer.page.getByLabel('Account here')).toBeVisible()
    expect(server.sessions(newcomer.email)).toHaveLength(1)
    // Whoever is asked gets in, also where that clock is behind, and is not asked again.
    await work.lie({ claims: { iat: seconds() - 50, auth_time: seconds() - 50 } })
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')
  },
)

test(
  'whoever is put out while Work asks them is asked once more',
  asvs('7.4.1', '7.6.1', '7.6.2'),
  async ({ newcomer, server }) => {
    await signInThroughWork(newcomer)
    const own = await newcomer.anotherBrowser('safari-mac')
    await signInThroughWork(own)
    await newcomer.signOut()
    await goThroughWork(newcomer, null)
    await expect(newcomer.page.getByLabel('Account here')).toBeVisible()
    const third = await newcomer.anotherBrowser('chrome-windows')
    await signInThroughWork(third)
    expect((await own.api.delete('/api/sessions?scope=others')).ok()).toBe(true)
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page.getByLabel('Account here'), 'it may have been before that').toBeVisible()
    expect(server.sessions(newcomer.email)).toHaveLength(1)
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')
  },
)

test(
  'a full proof at Work lasts as long as Work says, in a session that began with a password',
  asvs('7.1.3', '7.3.2'),
  async ({ alice, server, work }) => {
    giveIdentity(server, alice, work)
    const end = seconds() + HOUR
    await work.lie({ claims: { session_expiry: end } })
    const from = '/reauthenticate?returnTo=%2Faccount%2Fapps'
    await goThroughWork(alice, alice.email, { from, button: 'Confirm with Work' })
    await expect(alice.page).toHaveURL('/account/apps')
    const { session } = await (await alice.api.get('/api/session')).json()
    expect(session.expiresAt).toBe(new Date(end * 1000).toISOString())
  },
)
