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
