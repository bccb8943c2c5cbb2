/**
 * # Recovery: a change of the address
 *
 * Threat: whoever sits at somebody's session for a minute moves the account to an address of their own, and the owner
 * hears nothing of it any more. A mistyped address gives the account to a stranger. Asking for an address tells whether
 * somebody else has an account.
 *
 * Promise: it takes every factor of the account, and a link that is used where somebody is signed in to it. Who asks for a
 * taken address gets the same answer, and its owner alone a mail, without a link. The address before is told; for a week
 * it can take the account back, and nobody else can have it.
 */
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { sendJson, trySignIn } from './api.ts'
import { asvs, expect, expectClean, type Person, somebody, test } from './book.ts'
import { allMailSent, mailOf, mailTo } from './mailbox.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

const CONFIRM = /Confirm your new address/
const MOVED = /has another address now/
const DAY = 24 * 60 * 60
const VOID = 'This link does not work'

function newAddress(): string {
  return somebody('Renamed').email
}

/** Fills the form on Security; the sign-up was a moment ago, so no more is asked. */
async function ask(person: Person, email: string): Promise<void> {
  await person.page.goto('/account/security')
  await person.page.getByLabel('New email').fill(email)
  await person.page.getByRole('button', { name: 'Change email' }).click()
}

async function askAndExpect(person: Person, email: string): Promise<void> {
  await ask(person, email)
  await expect(person.page.getByText(`A mail is on its way to ${email}`)).toBeVisible()
}

async function move(server: Server, person: Person, email: string): Promise<void> {
  await askAndExpect(person, email)
  await person.page.goto((await mailTo(server, email, CONFIRM)).link)
  await person.page.getByRole('button', { name: 'Confirm this address' }).click()
  await expect(person.page.getByRole('heading', { name: 'Your address is changed' })).toBeVisible()
}

function addressOf(server: Server, id: string): unknown {
  return server.db.prepare('select email from users where id = ?').pluck().get(id)
}

/** A browser by hand that has opened a link, with other cookies it may have. */
async function opened(server: Server, link: string, cookies = '') {
  const arrival = await server.request({ path: link, headers: { cookie: cookies } })
  const path = link.slice(0, link.indexOf('?'))
  const cookie = [cookies, ...arrival.cookies.map(({ name, value }) => `${name}=${value}`)].filter(Boolean).join('; ')
  const page = await server.request({ path, headers: { cookie } })
  const all = [cookie, ...page.cookies.map(({ name, value }) => `${name}=${value}`)].join('; ')
  const { fields } = await formOn(server, path, 'formToken', all)
  const send = (headers: Readonly<Record<string, string>> = {}) =>
    post(server, path, multipart(fields), { cookie: all, 'content-type': MULTIPART, ...headers })
  return { arrival, page, send }
}

async function leadsTo(server: Server, path: string, answer: RawAnswer): Promise<string> {
  const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return (await server.request({ path, headers: { cookie } })).body
}

test(
  'an address is changed where it is confirmed, and the one before is told',
  asvs('6.3.7', '7.5.1'),
  async ({ alice, server }) => {
    const { page } = alice
    const { user_id } = await alice.row()
    const email = newAddress()
    await askAndExpect(alice, email.toUpperCase().toLowerCase())
    expect(addressOf(server, user_id), 'nothing has changed yet').toBe(alice.email)
    const letter = await mailTo(server, email, CONFIRM)
    for (const part of [letter.text, letter.html]) expect(part, 'a stranger learns nothing').not.toContain(alice.email)
    await page.goto(letter.link)
    await expect(page).toHaveURL('/confirm-email')
    await expectClean(page)
    expect(addressOf(server, user_id), 'nor by opening the link').toBe(alice.email)
    await page.getByRole('button', { name: 'Confirm this address' }).click()
    await expect(page.getByRole('heading', { name: 'Your address is changed' })).toBeVisible()
    await expectClean(page)
    expect(addressOf(server, user_id)).toBe(email)
    expect(await alice.isSignedIn()).toBe(true)
    expect((await trySignIn(server, alice)).status).toBe(401)
    expect((await trySignIn(server, { ...alice, email })).status).toBe(201)
    expect((await mailTo(server, alice.email, MOVED)).link).toContain('/undo-email?')
    expect((await mailTo(server, email, /the address of your account now/)).link, 'the new one undoes nothing').toBe('')
    await allMailSent(server)
    expect(mailOf(server, alice.email).filter(({ subject }) => CONFIRM.test(subject))).toEqual([])
  },
)

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('changing it and undoing it work as well', asvs('6.3.7'), async ({ alice, mallory, server }) => {
    const { user_id } = await alice.row()
    const email = newAddress()
    await move(server, alice, email)
    await mallory.page.goto((await mailTo(server, alice.email, MOVED)).link)
    await mallory.page.getByRole('button', { name: 'Set the address back' }).click()
    await expect(mallory.page.getByRole('heading', { name: 'The address is set back' })).toBeVisible()
    expect(addressOf(server, user_id)).toBe(alice.email)
  })
})

test('it takes a fresh proof with every factor', asvs('7.5.1', '7.5.3', 'ASVS4-3.7.1'), async ({ alice, server }) => {
  server.ageSession(await alice.sessionId(), { authenticated: 20 * 60 })
  const email = newAddress()
  await ask(alice, email)
  const section = alice.page.getByRole('region', { name: 'Email' })
  await expect(section.getByText('Enter your password to confirm it’s you.')).toBeVisible()
  await allMailSent(server)
  expect(mailOf(server, email)).toEqual([])
  await section.getByLabel('Password', { exact: true }).fill(alice.password)
  await section.getByRole('button', { name: 'Change email' }).click()
  await expect(alice.page.getByText(`A mail is on its way to ${email}`)).toBeVisible()
  await mailTo(server, email, CONFIRM)
})

test(
  'asking for a taken address gets the same answer, and its owner a mail without a link',
  asvs('6.3.8', 'WSTG-IDNT-04'),
  async ({ alice, bob, server }) => {
    const said = []
    for (const email of [bob.email, newAddress()]) {
      await askAndExpect(alice, email)
      const text = await alice.page.getByRole('main').innerText()
      const activity = await alice.api.get('/api/account/activity?format=json')
      const [{ what }] = ((await activity.json()) as { events: [{ what: string }] }).events
      said.push({ text: text.replaceAll(email, '…'), what: what.replaceAll(email, '…') })
    }
    expect(said[0]).toEqual(said[1])
    const letter = await mailTo(server, bob.email, /Your address was entered for another account/)
    expect(letter.link).toBe('')
    for (const part of [letter.text, letter.html]) expect(part).not.toMatch(/confirm-email|token=/)
    expect(letter.text).not.toContain(alice.email)
    const rows = server.db.prepare("select detail from pending where kind = 'email' and user_id = ?")
    expect(rows.all((await alice.row()).user_id), 'the latest request alone').toHaveLength(1)
  },
)

test(
  'whoever reads a mistyped address’s mail gets no account: it is confirmed where one is signed in',
  asvs('6.6.2', '8.2.2'),
  async ({ alice, bob, mallory, server }) => {
    const { user_id } = await alice.row()
    const email = newAddress()
    await askAndExpect(alice, email)
    const { link } = await mailTo(server, email, CONFIRM)
    for (const stranger of [mallory, bob]) {
      await stranger.page.goto(link)
      await expect(stranger.page.getByRole('heading', { name: 'Sign in first' })).toBeVisible()
      expect(await stranger.page.content()).not.toContain(email)
      expect(await stranger.page.content()).not.toContain(alice.email)
      await expectClean(stranger.page)
    }
    const { arrival } = await opened(server, link, await bob.cookieHeader())
    const own = await opened(server, link, await alice.cookieHeader())
    // Bob's browser sends the form that alice's was given.
    const carried = arrival.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    await own.send({ cookie: `${await bob.cookieHeader()}; ${carried}` })
    await own.send({ cookie: '' })
    expect(addressOf(server, user_id)).toBe(alice.email)
    await alice.page.goto(link)
    await alice.page.getByRole('button', { name: 'Confirm this address' }).click()
    await expect(alice.page.getByRole('heading', { name: 'Your address is changed' })).toBeVisible()
  },
)

test('whoever is signed out signs in and goes on', asvs('6.6.2'), async ({ alice, server }) => {
  const email = newAddress()
  await askAndExpect(alice, email)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.page.goto((await mailTo(server, email, CONFIRM)).link)
  await phone.page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await phone.fillSignIn()
  await phone.page.getByRole('button', { name: 'Confirm this address' }).click()
  await expect(phone.page.getByRole('heading', { name: 'Your address is changed' })).toBeVisible()
})

test('a link goes with the session that asked for it', asvs('6.5.5', '7.4.1'), async ({ alice, server }) => {
  const email = newAddress()
  await askAndExpect(alice, email)
  const phone = await alice.anotherBrowser('safari-iphone')
  await phone.begin()
  await alice.signOut()
  await phone.page.goto((await mailTo(server, email, CONFIRM)).link)
  await expect(phone.page.getByRole('button', { name: 'Confirm this address' })).toHaveCount(0)
  await expect(phone.page.getByRole('heading', { name: 'This link does not work' })).toBeVisible()
})

test(
  'used, late, replaced, made up: one answer, and the address stays',
  asvs('6.5.1', '6.5.5', '15.4.2'),
  async ({ alice, bob, server }) => {
    const [first, second, late] = [newAddress(), newAddress(), newAddress()]
    const [cookie, bobs] = [await alice.cookieHeader(), await bob.cookieHeader()]
    await askAndExpect(alice, first)
    const replaced = await opened(server, (await mailTo(server, first, CONFIRM)).link, cookie)
    await askAndExpect(alice, second)
    const { link } = await mailTo(server, second, CONFIRM)
    const good = await opened(server, link, cookie)
    await askAndExpect(bob, late)
    const lateLink = (await mailTo(server, late, CONFIRM)).link
    const before = await opened(server, lateLink, bobs)
    server.db
      .prepare('update pending set expires_at = expires_at - ? where user_id = ?')
      .run(600_000, (await bob.row()).user_id)
    await replaced.send()
    await before.send()
    expect(addressOf(server, (await bob.row()).user_id)).toBe(bob.email)
    expect(addressOf(server, (await alice.row()).user_id)).toBe(alice.email)
    const answers = await Promise.all(Array.from({ length: 20 }, () => good.send()))
    const pages = await Promise.all(answers.map((answer) => leadsTo(server, '/confirm-email', answer)))
    expect(pages.filter((body) => body.includes('Your address is changed'))).toHaveLength(1)
    expect(server.events(second).filter(({ kind }) => kind === 'email-changed')).toHaveLength(1)
    const voids = [
      (await opened(server, link, cookie)).page,
      (await opened(server, lateLink, bobs)).page,
      (await opened(server, `/confirm-email?token=${'A'.repeat(43)}`)).page,
      (await opened(server, link.replace('/confirm-email', '/reset-password'))).page,
    ]
    for (const { body } of voids) expect(body).toContain(VOID)
  },
)

test(
  'the address before takes the account back, whatever the thief has done since',
  asvs('6.3.7', '7.4.3', '6.4.3'),
  async ({ alice, mallory, server }) => {
    // A thief at alice's session, with her password.
    const { user_id } = await alice.row()
    const theirs = newAddress()
    await move(server, alice, theirs)
    await alice.page.goto('/account/security')
    await expect(alice.page.getByText('It can be changed again from'), 'no second change comes between').toBeVisible()
    const taking = await sendJson(server, 'POST', '/api/account', { ...somebody('Eve'), email: alice.email })
    expect(taking.status, 'nor can they take the address for another account').toBe(400)
    const owner = mallory
    const { link } = await mailTo(server, alice.email, MOVED)
    await owner.page.goto(link)
    await expect(owner.page).toHaveURL('/undo-email')
    await expectClean(owner.page)
    for (const secret of [alice.email, theirs]) expect(await owner.page.content()).not.toContain(secret)
    expect(addressOf(server, user_id), 'opening it changes nothing').toBe(theirs)
    await owner.page.getByRole('button', { name: 'Set the address back' }).click()
    await expect(owner.page.getByRole('heading', { name: 'The address is set back' })).toBeVisible()
    await expectClean(owner.page)
    expect(addressOf(server, user_id)).toBe(alice.email)
    expect(await alice.isSignedIn(), 'the thief is out').toBe(false)
    expect((await trySignIn(server, alice)).status, 'and their password opens nothing').toBe(401)
    const reset = await mailTo(server, alice.email, /Choose a new password/)
    await owner.page.goto(reset.link)
    await owner.page.getByLabel('New password').fill('a gentle otter counts the tides')
    await owner.page.getByRole('button', { name: 'Change password' }).click()
    await expect(owner.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    const back = { ...alice, password: 'a gentle otter counts the tides' }
    expect((await trySignIn(server, { ...back, email: alice.email })).status).toBe(201)
    await allMailSent(server)
    expect(mailOf(server, theirs).filter(({ subject }) => /Choose a new password/.test(subject))).toEqual([])
  },
)

test(
  'undoing is done once, by the address before, within a week; everything else gets one answer',
  asvs('6.5.1', '6.6.2', '15.4.2', '3.5.3'),
  async ({ alice, bob, server }) => {
    const [theirs, others] = [newAddress(), newAddress()]
    await move(server, alice, theirs)
    await move(server, bob, others)
    const { link } = await mailTo(server, alice.email, MOVED)
    const old = (await mailTo(server, bob.email, MOVED)).link
    const seq = server.events(others).find(({ kind }) => kind === 'email-changed')?.seq ?? 0
    server.db.prepare('update events set at = at - ? where seq = ?').run(7 * DAY * 1000, seq)
    const proof = new URL(link, server.origin).searchParams.get('proof') ?? ''
    const bad = [
      old,
      `/undo-email?event=${seq}&proof=${proof}`,
      link.replace('/undo-email', '/not-me'),
      '/undo-email?event=1&proof=x',
      `/undo-email?event=99999999&proof=${'A'.repeat(43)}`,
    ]
    for (const path of bad) expect((await opened(server, path)).page.body, path).toContain(VOID)
    for (const method of ['GET', 'HEAD']) expect((await server.request({ path: link, method })).status).toBe(303)
    const good = await opened(server, link)
    const foreign = await good.send({ origin: 'https://elsewhere.example' })
    expect(foreign.status).toBe(403)
    const answers = await Promise.all(Array.from({ length: 20 }, () => good.send()))
    for (const answer of answers)
      expect(await leadsTo(server, '/undo-email', answer)).toContain('The address is set back')
    expect(server.events(alice.email).filter(({ kind }) => kind === 'email-restored')).toHaveLength(1)
    expect(server.events(alice.email).filter(({ kind }) => kind === 'reset-requested')).toHaveLength(1)
    expect(server.log()).not.toContain(proof)
  },
)

test('asking is counted, by account and by address', asvs('6.3.1'), async ({ alice, server }) => {
  for (let time = 0; time < 6; time++) await askAndExpect(alice, newAddress())
  await ask(alice, newAddress())
  await expect(alice.page.getByText(/Too many attempts. Try again in/)).toBeVisible()
  await allMailSent(server)
})
