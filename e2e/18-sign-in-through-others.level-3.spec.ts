/**
 * # Signing in through others: at level 3
 *
 * Threat: a provider says that it has seen a passkey, and gets somebody in where only a passkey opens anything.
 *
 * Promise: whatever a provider says, at level 3 its word opens the making of a passkey of Signet's own, or asks for the
 * one that there is. It is asked anew each time, and confirms no act.
 */
import { asvs, expect } from './book.ts'
import { givePasskey } from './factors.ts'
import { privatePages } from './routes.ts'
import { giveIdentity, goThroughWork, sayWho, test } from './through-work.ts'

test.use({ level: '3' })

const STRONG = { acr: 'gold', amr: ['hwk', 'mfa', 'user'] }

test(
  'a provider’s word opens the making of a passkey, and nothing else',
  asvs('6.3.3', '6.8.4'),
  async ({ newcomer, server, work }) => {
    await work.lie({ claims: STRONG })
    await goThroughWork(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL(/\/account\/security\/enrol/)
    expect((await newcomer.api.get('/api/session')).status()).toBe(403)
    const cookie = await newcomer.cookieHeader()
    for (const path of privatePages()) {
      expect([path, (await server.request({ path, headers: { cookie } })).status]).toEqual([path, 307])
    }
  },
)

test(
  'who has a passkey is asked for it, and Work asks anew each time',
  asvs('6.3.3', '7.6.1'),
  async ({ alice, server, work }) => {
    givePasskey(server, alice)
    giveIdentity(server, alice, work)
    await work.lie({ claims: STRONG })
    const phone = await alice.anotherBrowser('safari-iphone')
    for (const _ of ['first', 'again']) {
      await goThroughWork(phone, null)
      await sayWho(phone, alice.email)
      await expect(phone.page).toHaveURL('/sign-in/verify')
      await expect(phone.page.getByLabel('Authentication code')).toHaveCount(0)
      expect(await phone.cookie()).toBeUndefined()
    }
  },
)
