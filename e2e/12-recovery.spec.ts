/**
 * # Recovery: a forgotten password
 *
 * Threat: the way back into an account is a way in. Who asks learns which addresses have accounts; the link stays in
 * histories, logs and `Referer`s; a program that opens it uses it up; whoever has it is signed in, without the second
 * step, and the thief's sessions live on.
 *
 * Promise: asking gets one answer, whoever asks for whom. The link works once, for ten minutes, and the newest alone; it
 * leaves the address bar before a page is shown; opening it changes nothing. Using it ends everything, signs nobody in and
 * leaves the second step as it is.
 */

import { newRecoveryCodes } from '#lib/authentication/recovery-codes.ts'
import { formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { trySignIn } from './api.ts'
import { asvs, expect, expectClean, type Person, somebody, test } from './book.ts'
import { allMailSent, mailOf, mailTo } from './mailbox.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

const RESET = /Choose a new password/
const NEW_PASSWORD = 'a gentle otter counts the tides'
const VOID = 'This link does not work'
/** What the page says whether or not there is an account. */
const ASKED = 'If this is the address of an account, a mail with a link is on its way.'

async function askFor(person: Person, email: string): Promise<void> {
  await person.page.goto('/forgot-password')
  await person.page.getByLabel('Email').fill(email)
  await person.page.getByRole('button', { name: 'Send the link' }).click()
  await expect(person.page.getByRole('status').filter({ hasText: ASKED })).toBeVisible()
}

/** Asks, and reads the mail. */
async function linkFor(server: Server, person: Person, count = 1): Promise<string> {
  const phone = await person.anotherBrowser('safari-iphone')
  await askFor(phone, person.email)
  return (await mailTo(server, person.email, RESET, count)).link
}

async function choose(person: Person, password = NEW_PASSWORD): Promise<void> {
  await person.page.getByLabel('New password').fill(password)
  await person.page.getByRole('button', { name: 'Change password' }).click()
}

/** A browser that has opened the link, by hand: its cookies, and the form that it was sent. */
async function opened(server: Server, link: string) {
  const arrival = await server.request({ path: link })
  const signIn = arrival.cookies.map(({ name, value }) => `${name}=${value}`)
  const page = await server.request({ path: '/reset-password', headers: { cookie: signIn.join('; ') } })
  const cookie = [...signIn, ...page.cookies.map(({ name, value }) => `${name}=${value}`)].join('; ')
  const form = await formOn(server, '/reset-password', 'newPassword', cookie)
  const send = (password = NEW_PASSWORD, headers: { cookie: string } = { cookie }) =>
    post(server, '/reset-password', multipart([...form.fields, ['newPassword', password]]), {
      'content-type': MULTIPART,
      ...headers,
    })
  return { arrival, page, cookie, send }
}

/** Whether an answer to the form says that the password is changed: it carries that on to the page. */
async function succeeded(server: Server, answer: RawAnswer): Promise<boolean> {
  const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  return (await server.request({ path: '/reset-password', headers: { cookie } })).body.includes(
    'Your password is changed',
  )
}

test(
  'a forgotten password is replaced by mail, and signing in is up to the person',
  asvs('6.4.3', '7.4.3', '6.3.7'),
  async ({ alice, server }) => {
    const { page } = alice
    await alice.signOut()
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    await page.getByLabel('Email').fill(alice.email.toUpperCase())
    await page.getByRole('button', { name: 'Send the link' }).click()
    await expect(page.getByRole('status').filter({ hasText: ASKED })).toBeVisible()
    await expectClean(page)
    await page.goto((await mailTo(server, alice.email, RESET)).link)
    await expect(page).toHaveURL('/reset-password')
    await expectClean(page)
    await choose(alice, 'password password password')
    await expect(page.getByLabel('New password'), 'by the rules of signing up').toHaveAttribute('aria-invalid', 'true')
    await expectClean(page)
    await choose(alice)
    await expect(page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    await expectClean(page)
    expect(await alice.isSignedIn(), 'the link signs nobody in').toBe(false)
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await alice.fillSignIn({ password: NEW_PASSWORD })
    await expect(page).toHaveURL('/account/sessions')
    await mailTo(server, alice.email, /Your password was reset/)
    expect((await trySignIn(server, alice)).status, 'the old one is gone').toBe(401)
  },
)

test(
  'a reset ends everything that was open, half of it too',
  asvs('7.4.3', '7.4.1', 'ASVS4-3.3.3'),
  async ({ alice, server }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.page.goto(await linkFor(server, alice))
    await choose(phone)
    await expect(phone.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    for (const person of [alice, laptop, phone]) expect(await person.isSignedIn()).toBe(false)
    expect(server.sessions(alice.email)).toEqual([])
    expect(new Set(server.ended(alice.email).map(({ reason }) => reason))).toEqual(new Set(['reset']))
    const left = server.db.prepare(
      'select count(*) as n from pending p join users u on u.id = p.user_id where u.email = ?',
    )
    expect(left.get(alice.email)).toEqual({ n: 0 })
    const known = server.db.prepare(
      'select count(*) as n from browsers b join users u on u.id = b.user_id where u.email = ?',
    )
    expect(known.get(alice.email), 'no browser counts as known').toEqual({ n: 0 })
  },
)

test(
  'the second step stays as it is, and whoever has lost that too has recovery codes',
  asvs('6.4.3', '6.3.3', '6.3.4'),
  async ({ alice, mallory: phone, server }) => {
    const { codes, digests } = newRecoveryCodes()
    const { user_id } = await alice.row()
    server.db.prepare("insert into totps values (?, 'sealed', 0, 0, null)").run(user_id)
    server.db.prepare('insert into recovery_codes values (?, ?, 0)').run(user_id, digests[0])
    await phone.page.goto(await linkFor(server, alice))
    await choose(phone)
    await expect(phone.page.getByText('choose Use a recovery code there')).toBeVisible()
    expect(await phone.isSignedIn()).toBe(false)
    const rows = server.db.prepare('select count(*) as n from totps where user_id = ?').get(user_id)
    expect(rows, 'nothing is taken away').toEqual({ n: 1 })
    const first = await phone.api.post('/api/session', { data: { email: alice.email, password: NEW_PASSWORD } })
    expect(first.status(), 'nor left out').toBe(202)
    expect(await phone.isSignedIn()).toBe(false)
    await phone.page.goto('/sign-in')
    await phone.fillSignIn({ email: alice.email, password: NEW_PASSWORD })
    await phone.page.getByRole('link', { name: 'Use a recovery code' }).click()
    await phone.page.getByRole('textbox').fill(codes[0] ?? '')
    await phone.page.getByRole('main').getByRole('button').first().click()
    await expect(phone.page).toHaveURL('/account/sessions')
  },
)

test.describe('without scripts', () => {
  test.use({ browserOptions: { javaScriptEnabled: false } })

  test('it works as well', asvs('6.4.3'), async ({ mallory: phone, alice, server }) => {
    await askFor(phone, alice.email)
    await phone.page.goto((await mailTo(server, alice.email, RESET)).link)
    await choose(phone, 'short')
    await expect(phone.page.getByText(/at least 15 characters/i).last()).toBeVisible()
    await choose(phone)
    await expect(phone.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    expect((await trySignIn(server, { ...alice, password: NEW_PASSWORD })).status).toBe(201)
  })
})

test(
  'the token leaves the address bar before there is a page, and stands in none, nor in a log',
  asvs('14.2.1', 'ASVS4-3.1.1', '16.2.5', '3.4.5'),
  async ({ alice, mallory: phone, server }) => {
    const link = await linkFor(server, alice)
    const token = new URL(link, server.origin).searchParams.get('token') ?? ''
    expect(token).toMatch(/^[\w-]{43}$/)
    const referers: string[] = []
    const addresses: string[] = []
    phone.page.on('request', (request) => {
      if (new URL(request.url()).search === '') referers.push(request.headers().referer ?? '')
    })
    phone.page.on('framenavigated', (frame) => addresses.push(frame.url()))
    await phone.page.goto(link)
    await expect(phone.page.getByLabel('New password')).toBeVisible()
    await choose(phone)
    await expect(phone.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
    expect(addresses.length).toBeGreaterThan(0)
    for (const text of [...addresses, ...referers, await phone.page.content()]) expect(text).not.toContain(token)
    expect(
      await phone.page.evaluate(() =>
        performance
          .getEntries()
          .map(({ name }) => name)
          .join(' '),
      ),
    ).not.toContain(token)
    expect(server.log()).not.toContain(token)
    const row = JSON.stringify(server.db.prepare('select * from pending').all())
    expect(row + JSON.stringify(server.events()), 'nor in the database').not.toContain(token)
  },
)

test(
  'opening it changes nothing: programs that look first spend nothing',
  asvs('3.5.3', '6.5.1'),
  async ({ alice, mallory: phone, server }) => {
    const link = await linkFor(server, alice)
    await allMailSent(server)
    const rows = () => server.fingerprint() + JSON.stringify(server.db.prepare('select * from pending').all())
    const before = rows()
    for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS']) {
      for (const headers of [{}, { 'sec-purpose': 'prefetch;prerender' }, { rsc: '1' }]) {
        const answer = await server.request({ path: link, method, headers })
        if (method === 'OPTIONS') continue
        expect(answer.status, method).toBe(303)
        expect(answer.headers.location).toMatch(/^(?:http:\/\/localhost:\d+)?\/reset-password$/)
        expect(answer.headers['cache-control']).toContain('no-store')
        expect(answer.body).toMatch(/^(?:\/reset-password)?$/)
        const cookie = answer.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
        await server.request({ path: '/reset-password', method, headers: { cookie, ...headers } })
      }
    }
    expect(rows()).toBe(before)
    await phone.page.goto(link)
    await choose(phone)
    await expect(phone.page.getByRole('heading', { name: 'Your password is changed' })).toBeVisible()
  },
)

test('of twenty at once, one changes the password', asvs('15.4.2', '6.5.1'), async ({ alice, server }) => {
  const link = await linkFor(server, alice)
  const { send } = await opened(server, link)
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(`${NEW_PASSWORD} number ${n}`)))
  expect(answers.filter(({ status }) => status >= 400)).toEqual([])
  const wins = await Promise.all(answers.map((answer) => succeeded(server, answer)))
  expect(wins.filter(Boolean)).toHaveLength(1)
  expect(server.events(alice.email).filter(({ kind }) => kind === 'password-reset')).toHaveLength(1)
})

test(
  'used, late, replaced, made up, or nothing at all: one answer, with the way to another link',
  asvs('6.5.1', '6.5.5', '6.6.2'),
  async ({ alice, bob, server }) => {
    const first = await linkFor(server, alice)
    const replaced = await opened(server, first)
    const second = await linkFor(server, alice, 2)
    const used = await opened(server, second)
    expect(await succeeded(server, await used.send())).toBe(true)
    const late = await linkFor(server, bob)
    const before = await opened(server, late)
    server.db.prepare('update pending set expires_at = expires_at - ?').run(10 * 60 * 1000)
    const answers = [
      (await opened(server, first)).page,
      (await opened(server, second)).page,
      (await opened(server, late)).page,
      (await opened(server, `/reset-password?token=${'A'.repeat(43)}`)).page,
      (await opened(server, '/reset-password?token=%00')).page,
      await server.request({ path: '/reset-password' }),
    ]
    for (const { status, body } of answers) {
      expect(status).toBe(200)
      expect(body).toContain(VOID)
      expect(body).toContain('href="/forgot-password"')
    }
    expect(new Set(answers.map(({ body }) => shown(body)))).toHaveProperty('size', 1)
    for (const { send } of [replaced, used, before]) expect(await succeeded(server, await send())).toBe(false)
    expect((await trySignIn(server, bob)).status, 'state as before').toBe(201)
  },
)

/** The words of a page. */
function shown(body: string): string {
  return body.replace(/<script.*?<\/script>/gs, '').replace(/<[^>]+>/g, ' ')
}

test(
  'the form works in the browser that opened the link and in no other',
  asvs('6.6.2', '3.5.1', 'CS-CSRF-token'),
  async ({ alice, bob, server }) => {
    const { send } = await opened(server, await linkFor(server, alice))
    const other = await opened(server, `/reset-password?token=${'A'.repeat(43)}`)
    for (const cookie of ['', other.cookie, await bob.cookieHeader()]) {
      expect(await succeeded(server, await send(NEW_PASSWORD, { cookie }))).toBe(false)
    }
    const foreign = { cookie: other.cookie, origin: 'https://elsewhere.example' }
    expect((await send(NEW_PASSWORD, foreign)).status).toBe(403)
    expect((await trySignIn(server, alice)).status).toBe(201)
  },
)

test('a link is void once the account has changed', asvs('7.4.3'), async ({ alice, server }) => {
  const { send, cookie } = await opened(server, await linkFor(server, alice))
  // What every change of an authenticator, disabling and deleting do.
  server.db.prepare('update users set security_version = security_version + 1 where email = ?').run(alice.email)
  expect((await server.request({ path: '/reset-password', headers: { cookie } })).body).toContain(VOID)
  expect(await succeeded(server, await send())).toBe(false)
})

test('the page shows nothing of the account', asvs('6.4.3', 'WSTG-IDNT-04'), async ({ alice, server }) => {
  const { page, send } = await opened(server, await linkFor(server, alice))
  for (const body of [page.body, (await send('short')).body]) {
    expect(body).toContain('New password')
    for (const secret of [alice.email, alice.email.split('@')[0] ?? '', `${alice.name}`]) {
      expect(body).not.toContain(secret)
    }
  }
})

test.describe('asking', () => {
  /** What somebody who asks can see, without what belongs to the request. */
  function visible({ status, headers, cookies, body }: RawAnswer, email: string) {
    const { date: _, 'content-security-policy': __, 'set-cookie': ___, ...lasting } = headers
    const anonymous = body
      .replaceAll(email, '…')
      .replace(/nonce="[^"]*"/g, '')
      .replace(/<script.*?<\/script>/gs, '')
      .replace(/name="formToken" value="[^"]*"/g, '')
    return { status, lasting, cookies: cookies.map(({ name }) => name), anonymous }
  }

  async function asking(server: Server) {
    const page = await server.request({ path: '/forgot-password' })
    const cookie = page.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const { fields } = await formOn(server, '/forgot-password', 'email', cookie)
    return (email: string) => {
      server.forgetAttempts()
      return post(server, '/forgot-password', multipart([...fields, ['email', email]]), {
        cookie,
        'content-type': MULTIPART,
      })
    }
  }

  test(
    'known, unknown and disabled addresses get one answer, and only the known one a mail',
    asvs('6.3.8', 'WSTG-IDNT-04'),
    async ({ alice, bob, server }) => {
      server.db.prepare('update users set disabled_at = 1 where email = ?').run(bob.email)
      const nobody = somebody('Nobody').email
      const ask = await asking(server)
      const answers = []
      for (const email of [alice.email, bob.email, nobody]) answers.push(visible(await ask(email), email))
      expect(answers[0]?.anonymous).toContain(ASKED)
      expect(answers[1]).toEqual(answers[0])
      expect(answers[2]).toEqual(answers[0])
      await mailTo(server, alice.email, RESET)
      await allMailSent(server)
      for (const email of [bob.email, nobody]) expect(mailOf(server, email)).toEqual([])
      const rows = server.db.prepare(
        "select user_id from pending where kind = 'reset' order by created_at desc limit 3",
      )
      expect(rows.all(), 'each has written a row').toHaveLength(3)
    },
  )

  test('nor does the time tell them apart', asvs('6.3.8', 'WSTG-IDNT-04'), async ({ alice, server }) => {
    const ask = await asking(server)
    const [known, unknown]: [number[], number[]] = [[], []]
    for (let sample = 0; sample < 25; sample++) {
      known.push((await ask(alice.email)).took)
      unknown.push((await ask(somebody('Nobody').email)).took)
    }
    // How often an unknown address takes longer than a known one: half of the pairs if they are alike.
    const longer = unknown.flatMap((a) => known.map((b) => (a > b ? 1 : 0))).reduce<number>((sum, one) => sum + one, 0)
    expect(Math.abs(longer / (known.length * unknown.length) - 0.5)).toBeLessThan(0.33)
  })

  test(
    'is counted, for unknown addresses alike, and by address too',
    asvs('6.3.1', '6.3.8'),
    async ({ alice, server }) => {
      for (const email of [alice.email, somebody('Nobody').email]) {
        server.forgetAttempts()
        const page = await server.request({ path: '/forgot-password' })
        const cookie = page.cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
        const { fields } = await formOn(server, '/forgot-password', 'email', cookie)
        const send = (from: string) =>
          server.request({
            method: 'POST',
            path: '/forgot-password',
            headers: { origin: server.origin, cookie, 'content-type': MULTIPART },
            body: multipart([...fields, ['email', email]]),
            from,
          })
        const heard = []
        for (let time = 0; time < 5; time++) heard.push((await send('127.0.0.1')).body.includes('Too many attempts'))
        expect(heard).toEqual([false, false, false, false, true])
        for (let network = 2; network < 10; network++) await send(`127.0.0.${network}`)
        expect((await send('127.0.1.1')).body, 'from anywhere').toContain('Too many attempts')
      }
    },
  )

  test('what is no address is told so, and asks for nothing', asvs('15.3.5'), async ({ mallory, server }) => {
    const from = Date.now()
    await mallory.page.goto('/forgot-password')
    await mallory.page.getByLabel('Email').fill('not an address')
    await mallory.page.getByRole('button', { name: 'Send the link' }).click()
    await expect(mallory.page.getByLabel('Email')).toBeFocused()
    await expect(mallory.page.getByText('in the form name@example.org')).toBeVisible()
    const asked = "select id from pending where kind = 'reset' and created_at >= ?"
    expect(server.db.prepare(asked).all(from)).toEqual([])
  })
})
