/**
 * # Recovery: “This wasn’t me”
 *
 * Threat: a notice of something that a thief has done helps nobody who cannot act on it at once, from whatever device the
 * mail is read on; and a link that acts by itself is pressed by every program that looks at mail, or forged by anybody.
 *
 * Promise: the link of a notice opens in any browser, for 28 days, and shows nothing private. Pressing its button ends
 * everything, takes the password out of use and mails the way back in; pressing it again does nothing more. Nobody but
 * Signet can make one.
 */
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { trySignIn } from './api.ts'
import { asvs, expect, expectClean, type Person, test } from './book.ts'
import { VirtualAuthenticator } from './factors.ts'
import { allMailSent, mailOf, mailTo } from './mailbox.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

const DAY = 24 * 60 * 60
const VOID = 'This link does not work'
const NEW_PASSWORD = 'a gentle otter counts the tides'

/** A thief signs in with a browser that was never there before, and the owner has a notice of it. */
async function noticed(server: Server, owner: Person): Promise<{ thief: Person; link: string }> {
  const thief = await owner.anotherBrowser('firefox-linux')
  await thief.begin()
  const { link } = await mailTo(server, owner.email, /New sign-in to your account/)
  return { thief, link }
}

async function opened(server: Server, link: string, cookies = '') {
  const arrival = await server.request({ path: link, headers: { cookie: cookies } })
  const carried = arrival.cookies.map(({ name, value }) => `${name}=${value}`)
  const cookie = [cookies, ...carried].filter(Boolean).join('; ')
  const page = await server.request({ path: '/not-me', headers: { cookie } })
  const all = [cookie, ...page.cookies.map(({ name, value }) => `${name}=${value}`)].join('; ')
  const { fields } = await formOn(server, '/not-me', 'formToken', all)
  const send = (headers: Readonly<Record<string, string>> = {}) =>
    post(server, '/not-me', multipart(fields), { cookie: all, 'content-type': MULTIPART, ...headers })
  return { arrival, page, send }
}

async function isSecured(server: Server, answer: RawAnswer): Promise<boolean> {
  const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return (await server.request({ path: '/not-me', headers: { cookie } })).body.includes('The account is secured')
}

const press = (person: Person) => person.page.getByRole('button', { name: /This wasn’t me/ }).click()

test(
  'one press ends what the thief has, and the owner comes back by mail',
  asvs('6.3.5', '6.3.7', '7.4.3', '7.4.1'),
  async ({ alice, mallory: phone, server }) => {
    const { thief, link } = await noticed(server, alice)
    await phone.page.goto(link)
    await expect(phone.page).toHaveURL('/not-me')
    await expect(phone.page.getByText('You had a notice about this: Signed in')).toBeVisible()
    await expectClean(phone.page)
    expect(await thief.isSignedIn(), 'opening it changes nothing').toBe(true)
    await press(phone)
    await expect(phone.page.getByRole('heading', { name: 'The account is secured' })).toBeVisible()
    await expectClean(phone.page)
    for (const person of [alice, thief, phone]) expect(await person.isSignedIn()).toBe(false)
    expect(new Set(server.ended(alice.email).map(({ reason }) => reason))).toEqual(new Set(['reported']))
    expect((await trySignIn(server, alice)).status, 'the password that the thief knows').toBe(401)
    await mailTo(server, alice.email, /Your account has been secured/)
    await phone.page.goto((await mailTo(server, alice.email, /Choose a new password/)).link)
    await phone.page.getByLabel('New password').fill(NEW_PASSWORD)
    await phone.page.getByRole('button', { name: 'Change password' }).click()
    await expect(phone.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    expect((await trySignIn(server, { ...alice, password: NEW_PASSWORD })).status).toBe(201)
  },
)

test(
  'a passkey that a thief added goes with the notice of it, two weeks later too',
  asvs('6.3.7', '7.4.3'),
  async ({ alice, mallory: phone, server }) => {
    const thief = await alice.anotherBrowser('chrome-windows')
    await thief.begin()
    await VirtualAuthenticator.of(thief)
    await thief.page.goto('/account/security')
    await thief.page.getByText('Add a passkey', { exact: true }).first().click()
    await thief.page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(thief.page.getByText(/Added: “Passkey on/)).toBeVisible()
    const { link } = await mailTo(server, alice.email, /A passkey was added/)
    const id = server.db.prepare('select id from users where email = ?').pluck().get(alice.email)
    for (const [table, column] of [
      ['passkeys', 'created_at'],
      ['events', 'at'],
    ])
      server.db.prepare(`update ${table} set ${column} = ${column} - ? where user_id = ?`).run(14 * DAY * 1000, id)
    await phone.page.goto(link)
    await expect(phone.page.getByText('what the notice tells of is removed')).toBeVisible()
    await press(phone)
    await expect(phone.page.getByText('If the notice told of an added authenticator, that one is gone')).toBeVisible()
    await expectClean(phone.page)
    expect(server.db.prepare('select count(*) from passkeys where user_id = ?').pluck().get(id)).toBe(0)
  },
)

test('it works where one is signed in, and ends that too', asvs('6.3.5'), async ({ alice, server }) => {
  const { thief, link } = await noticed(server, alice)
  await alice.page.goto(link)
  await press(alice)
  await expect(alice.page.getByRole('heading', { name: 'The account is secured' })).toBeVisible()
  for (const person of [alice, thief]) expect(await person.isSignedIn()).toBe(false)
})

test('somebody else who is signed in stays so', asvs('6.3.5', '8.2.2'), async ({ alice, bob, server }) => {
  const { thief, link } = await noticed(server, alice)
  await bob.page.goto(link)
  await press(bob)
  await expect(bob.page.getByRole('heading', { name: 'The account is secured' })).toBeVisible()
  expect(await bob.isSignedIn()).toBe(true)
  expect(await thief.isSignedIn()).toBe(false)
})

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('it works as well', asvs('6.3.5'), async ({ alice, mallory: phone, server }) => {
    const { thief, link } = await noticed(server, alice)
    await phone.page.goto(link)
    await press(phone)
    await expect(phone.page.getByRole('heading', { name: 'The account is secured' })).toBeVisible()
    expect(await thief.isSignedIn()).toBe(false)
  })
})

test(
  'the page shows nothing private, and its proof stands in no page and no log',
  asvs('14.2.1', '16.2.5', 'WSTG-IDNT-04'),
  async ({ alice, server }) => {
    const { link } = await noticed(server, alice)
    const proof = new URL(link, server.origin).searchParams.get('proof') ?? ''
    expect(proof).toMatch(/^[\w-]{43}$/)
    const { arrival, page } = await opened(server, link)
    expect(arrival.status).toBe(303)
    for (const secret of [alice.email, 'Alice', 'Firefox', '127.0.0.1', proof]) expect(page.body).not.toContain(secret)
    expect(server.log()).not.toContain(proof)
  },
)

test('pressed twice, and by twenty at once, it is done once', asvs('15.4.2', '6.5.1'), async ({ alice, server }) => {
  const { link } = await noticed(server, alice)
  const { send } = await opened(server, link)
  const answers = await Promise.all(Array.from({ length: 20 }, () => send()))
  for (const answer of answers) expect(await isSecured(server, answer)).toBe(true)
  const count = () => server.events(alice.email).filter(({ kind }) => kind === 'reported').length
  expect(count()).toBe(1)
  // The owner is back; somebody finds the old notice and presses once more.
  const reset = await mailTo(server, alice.email, /Choose a new password/)
  await alice.page.goto(reset.link)
  await alice.page.getByLabel('New password').fill(NEW_PASSWORD)
  await alice.page.getByRole('button', { name: 'Change password' }).click()
  await expect(alice.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
  await alice.page.goto('/sign-in')
  await alice.fillSignIn({ password: NEW_PASSWORD })
  await expect(alice.page).toHaveURL('/account/sessions')
  expect(await isSecured(server, await (await opened(server, link)).send())).toBe(true)
  expect(await alice.isSignedIn(), 'nothing more has been done').toBe(true)
  expect(count()).toBe(1)
  await allMailSent(server)
  expect(mailOf(server, alice.email).filter(({ subject }) => /been secured/.test(subject))).toHaveLength(1)
})

test(
  'forged, foreign or old: one answer, and nothing changes',
  asvs('6.6.2', '8.2.2', '3.5.1', '3.5.3', '15.3.5'),
  async ({ alice, bob, server }) => {
    const { link } = await noticed(server, alice)
    const others = (await noticed(server, bob)).link
    const [own, foreign] = [link, others].map((each) => new URL(each, server.origin).searchParams)
    const [seq, proof] = [own?.get('event') ?? '', own?.get('proof') ?? '']
    const cut = proof.slice(0, -1)
    const flipped = `${cut}${proof.endsWith('A') ? 'B' : 'A'}`
    await allMailSent(server)
    const before = server.fingerprint()
    const bad = [
      `event=${foreign?.get('event')}&proof=${proof}`,
      `event=${seq}&proof=${foreign?.get('proof')}`,
      `event=${Number(seq) + 1}&proof=${proof}`,
      `event=${seq}&proof=${flipped}`,
      `event=${seq}&proof=${cut}`,
      `event=0${seq}&proof=${proof}`,
      `event=${seq}&proof=`,
      `event=${seq}`,
      `proof=${proof}`,
      `event=${seq}&event=${seq}&proof=${proof}`,
      'event=__proto__&proof=constructor',
      `event=${'9'.repeat(15)}&proof=${'A'.repeat(43)}`,
      `event=-1&proof=${'A'.repeat(43)}`,
      `token=${proof}`,
    ]
    const pages = new Set<string>()
    for (const query of bad) {
      const { page, send } = await opened(server, `/not-me?${query}`)
      expect(page.status, query).toBe(200)
      expect(page.body, query).toContain(VOID)
      pages.add(page.body.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]+>/g, ' '))
      expect((await send()).status, query).toBeLessThan(500)
    }
    expect(pages.size, 'they are told the same').toBe(1)
    // A form that is good in one browser, from another one, and from another site.
    const good = await opened(server, link)
    expect(await isSecured(server, await good.send({ cookie: await bob.cookieHeader() }))).toBe(false)
    expect((await good.send({ origin: 'https://elsewhere.example' })).status).toBe(403)
    for (const method of ['GET', 'HEAD']) {
      for (const headers of [{}, { 'sec-purpose': 'prefetch' }]) {
        expect((await server.request({ path: link, method, headers })).status).toBe(303)
      }
    }
    expect(server.fingerprint()).toBe(before)
    const disable = server.db.prepare('update users set disabled_at = ? where email = ?')
    disable.run(1, alice.email)
    expect((await opened(server, link)).page.body, 'nothing is open, and no link would follow').toContain(VOID)
    disable.run(null, alice.email)
    server.db.prepare('update events set at = at - ? where seq = ?').run(28 * DAY * 1000, seq)
    expect((await opened(server, link)).page.body, 'after 28 days').toContain(VOID)
    expect(await isSecured(server, await good.send())).toBe(false)
    expect((await trySignIn(server, alice)).status).toBe(201)
  },
)
