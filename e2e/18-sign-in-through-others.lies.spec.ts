/**
 * # Signing in through others: what is not believed
 *
 * Threat: what comes back is not from the provider, not for us, not from now, or not an ID token at all; or it is all of
 * that, and was asked for by somebody else, in another browser.
 *
 * Promise: it is refused with one sentence, and everything is as before: nobody is signed in, no account is made, none is
 * linked. An answer belongs to the browser that asked, and is good once.
 */
import { asvs, expect, type Person } from './book.ts'
import type { Peer } from './peers/peer.ts'
import type { Lie } from './peers/provider.ts'
import {
  expectNotice,
  forgetSignet,
  giveIdentity,
  goThroughWork,
  identitiesOf,
  sayWho,
  signInThroughWork,
  test,
} from './through-work.ts'

const HOUR = 3600
const now = () => Math.floor(Date.now() / 1000)

const CANNOT = 'What Work answered cannot be believed'
const STALE = 'Work did not ask you who you are lately enough'

/** What Work does, and what the person reads. */
const LIES: Readonly<Record<string, readonly [lie: () => Lie, sentence: string]>> = {
  'an old auth_time': [() => ({ claims: { auth_time: now() - 9 * HOUR } }), STALE],
  'no auth_time': [() => ({ claims: { auth_time: null } }), CANNOT],
  'an auth_time to come': [() => ({ claims: { auth_time: now() + HOUR } }), CANNOT],
  'another issuer in the token': [() => ({ claims: { iss: 'https://login.example.org' } }), CANNOT],
  'another issuer in the answer': [() => ({ answer: { iss: 'https://login.example.org' } }), CANNOT],
  'no issuer in the answer': [() => ({ answer: { iss: null } }), CANNOT],
  'another audience': [() => ({ claims: { aud: 'another application' } }), CANNOT],
  'two audiences, and no azp': [() => ({ claims: { aud: ['signet', 'another application'] } }), CANNOT],
  'two audiences, and another azp': [() => ({ claims: { aud: ['signet', 'b'], azp: 'b' } }), CANNOT],
  'another nonce': [() => ({ claims: { nonce: 'of another trip' } }), CANNOT],
  'no nonce': [() => ({ claims: { nonce: null } }), CANNOT],
  'a token that has run out': [() => ({ claims: { exp: now() - 61 } }), CANNOT],
  'a token from before': [() => ({ claims: { iat: now() - HOUR, auth_time: now() - HOUR } }), CANNOT],
  'a token from the future': [() => ({ claims: { iat: now() + HOUR } }), CANNOT],
  'keys of somebody else': [() => ({ signed: 'other' }), CANNOT],
  'no signature': [() => ({ signed: 'none' }), CANNOT],
  'its public key as a password': [() => ({ signed: 'public' }), CANNOT],
  'an access token': [() => ({ header: { typ: 'at+jwt' } }), CANNOT],
  'a logout token': [() => ({ header: { typ: 'logout+jwt' } }), CANNOT],
  'the hash of another access token': [() => ({ claims: { at_hash: 'of-another-token' } }), CANNOT],
  'no subject': [() => ({ claims: { sub: null } }), CANNOT],
  'a session that is over': [() => ({ claims: { session_expiry: now() - 1 } }), STALE],
}

for (const [what, [lie, sentence]] of Object.entries(LIES)) {
  test(
    `${what} opens nothing`,
    asvs('6.8.2', '6.8.4', '9.1.1', '9.1.2', '9.2.1', '9.2.2', '9.2.3', '10.2.2', '10.5.1', '10.5.4'),
    async ({ alice, server, work }) => {
      giveIdentity(server, alice, work)
      const phone = await alice.anotherBrowser('safari-iphone')
      await work.lie(lie())
      const before = server.fingerprint()
      await goThroughWork(phone, alice.email)
      await expectNotice(phone, sentence)
      expect(await phone.cookie()).toBeUndefined()
      expect(server.fingerprint()).toBe(before)
    },
  )
}

test(
  'a token with the keys of somebody else links nothing and confirms nothing',
  asvs('6.8.2', '7.5.1'),
  async ({ alice, server, work }) => {
    await work.lie({ signed: 'other' })
    await alice.page.goto('/account/apps')
    const before = server.fingerprint()
    await linkWork(alice)
    await sayWho(alice, alice.email)
    await expectNotice(alice, CANNOT)
    giveIdentity(server, alice, work)
    await goThroughWork(alice, alice.email, { from: '/reauthenticate', button: 'Confirm with Work' })
    await expectNotice(alice, CANNOT)
    expect(server.fingerprint()).toBe(before)
  },
)

async function linkWork({ page }: Person): Promise<void> {
  await page.getByText('Link Work', { exact: true }).click()
  await page.getByRole('button', { name: 'Go to Work and link it' }).click()
}

/** The address to which Work would send this person back, before their browser goes there. */
async function answerFor(person: Person, work: Peer): Promise<string> {
  await work.lie({ held: true })
  await sayWho(person, person.email)
  await expect(person.page.getByText('/callback?')).toBeVisible()
  await work.lie()
  return person.page.locator('body').innerText()
}

test(
  'an answer is good once, and in the browser that asked for it',
  asvs('10.1.2', '10.2.1', '10.5.1', 'CS-CSRF-login'),
  async ({ mallory, bob, newcomer, server, work }) => {
    await goThroughWork(mallory, null)
    const answer = await answerFor(mallory, work)
    const before = server.fingerprint()
    for (const victim of [bob, newcomer]) {
      await victim.page.goto(answer)
      await expectNotice(victim, 'That is over, took too long, or began in another browser')
    }
    expect(server.fingerprint(), 'nobody is signed in to Mallory’s account').toBe(before)
    await mallory.page.goto(answer)
    await expect(mallory.page).toHaveURL('/account/sessions')
    const after = server.fingerprint()
    await mallory.page.goto(answer)
    await expectNotice(mallory, 'That is over, took too long, or began in another browser')
    expect(server.fingerprint()).toBe(after)
  },
)

test(
  'nobody’s account elsewhere is linked to somebody who did not ask for it',
  asvs('10.1.2', '10.2.1'),
  async ({ alice, mallory, newcomer, server, work }) => {
    await mallory.haveAccount()
    await mallory.page.goto('/account/apps')
    await linkWork(mallory)
    const answer = await answerFor(mallory, work)
    const before = server.fingerprint()
    await alice.page.goto(answer)
    await expectNotice(alice, 'began in another browser')
    expect(server.fingerprint()).toBe(before)
    // Not even in the same browser, once another account is signed in there.
    const { name, email, password } = newcomer
    await mallory.api.post('/api/account', { data: { name, email, password } })
    const after = server.fingerprint()
    await mallory.page.goto(answer)
    await expectNotice(mallory, 'That is over')
    expect(server.fingerprint()).toBe(after)
    expect([...identitiesOf(server, alice), ...identitiesOf(server, mallory)]).toEqual([])
  },
)

test('the answer of one provider is no other one’s', asvs('10.2.2', '10.5.3'), async ({ newcomer, server, work }) => {
  await goThroughWork(newcomer, null)
  const before = server.fingerprint()
  const answer = await answerFor(newcomer, work)
  await newcomer.page.goto(answer.replace('/federation/at-work/', '/federation/gone/'))
  await expectNotice(newcomer, 'What Gone answered cannot be believed')
  await newcomer.page.goto(answer)
  await expectNotice(newcomer, 'That is over')
  expect(server.fingerprint()).toBe(before)
})

test(
  'a state or a code that stands there twice is not chosen from',
  asvs('10.2.1', '15.3.7'),
  async ({ newcomer, server, work }) => {
    const before = server.fingerprint()
    for (const [name, sentence] of [
      ['state', 'That is over'],
      ['code', CANNOT],
    ] as const) {
      await goThroughWork(newcomer, null)
      await newcomer.page.goto(`${await answerFor(newcomer, work)}&${name}=another`)
      await expectNotice(newcomer, sentence)
      await forgetSignet(newcomer, {})
    }
    expect(server.fingerprint()).toBe(before)
  },
)

test(
  'no other site leads anybody to a provider, and no form of another browser does',
  asvs('7.6.2', 'CS-CSRF-login', '3.5.1'),
  async ({ alice, mallory, server }) => {
    const path = '/api/federation/at-work/start'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const send = (more: Record<string, string>, body: string) =>
      server.request({ method: 'POST', path, headers: { ...headers, ...more }, body })
    const before = server.fingerprint()
    expect((await send({ origin: 'https://evil.example' }, '')).status).toBe(403)
    expect((await send({ origin: 'null' }, '')).status).toBe(403)
    await mallory.page.goto('/sign-in')
    const token = await mallory.page
      .locator('form[action$="/at-work/start"] input[name=formToken]')
      .getAttribute('value')
    const cookie = await alice.cookieHeader()
    const refused = await send(
      { origin: server.origin, cookie },
      new URLSearchParams({ formToken: token ?? '' }).toString(),
    )
    expect([refused.status, refused.headers.location]).toEqual([
      303,
      '/sign-in?problem=form&provider=at-work&returnTo=%2Faccount%2Fsessions',
    ])
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      expect((await server.request({ method, path, headers: { origin: server.origin } })).status).toBe(405)
    }
    expect(server.fingerprint()).toBe(before)
  },
)

test('the same name at another provider is somebody else', asvs('6.8.1', '10.5.2'), async ({ alice, server, work }) => {
  giveIdentity(server, alice, { ...work, issuer: 'https://login.example.org' })
  const phone = await alice.anotherBrowser('safari-iphone')
  const before = server.fingerprint()
  await goThroughWork(phone, alice.email)
  await expectNotice(phone, 'There is an account with your address already')
  expect(server.fingerprint()).toBe(before)
  // And here is the one that it opens.
  giveIdentity(server, alice, work, `work.${alice.email}`)
  await signInThroughWork(await alice.anotherBrowser('safari-mac'), `work.${alice.email}`)
})

test(
  'what belongs to a trip is in no log, and stands sealed in its row',
  asvs('16.2.5', '14.2.1'),
  async ({ newcomer, server, work }) => {
    await goThroughWork(newcomer, null)
    const query = "select detail from pending where kind = 'federation' order by created_at desc limit 1"
    const { detail } = server.db.prepare(query).get() as { detail: string }
    await expect(newcomer.page).toHaveURL((url) => url.origin === work.issuer)
    await sayWho(newcomer, newcomer.email)
    await expect(newcomer.page).toHaveURL('/account/sessions')
    const token = await work.last()
    const { nonce } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      nonce: string
    }
    expect(detail).not.toContain(nonce)
    for (const secret of [nonce, token, token.split('.')[2] ?? '']) expect(server.log()).not.toContain(secret)
    const kept = JSON.stringify(server.db.prepare('select * from federated_sessions').all())
    expect(kept).not.toContain(token.split('.')[1] ?? '')
  },
)
