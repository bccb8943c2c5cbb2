/**
 * # The beginning: guessing
 *
 * Threat: passwords are guessed, by one machine quickly or by many slowly, and answers that differ tell whose
 * passwords are worth guessing. A throttle that only counts failures becomes a weapon against the owner.
 *
 * Promise: attempts are counted in the database before anything is hashed, by account and by network, so neither
 * headers nor parallel requests nor many networks get more; blocks end by themselves, and the owner’s own browser has
 * a count of its own. An unknown address is treated as a known one with a wrong password, in answer and in time.
 */
import { network, sendJson, tally, trySignIn } from './api.ts'
import { asvs, expect, somebody, test } from './book.ts'

const WRONG = 'certainly not the password'

test(
  'the eleventh guess from one network waits, even when it is right',
  asvs('6.3.1', 'WSTG-ATHN-03', 'NIST63B4-3.2.2-100'),
  async ({ alice, server }) => {
    for (let guess = 1; guess <= 10; guess++) {
      expect((await trySignIn(server, { ...alice, password: WRONG })).status, `guess ${guess}`).toBe(401)
    }
    const refused = await trySignIn(server, alice)
    expect(refused.status).toBe(429)
    expect(refused.json().code).toBe('too_many_attempts')
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.cookies).toEqual([])
  },
)

test('forged forwarding headers buy no further guess', asvs('6.3.1', '15.3.4', '4.1.3'), async ({ alice, server }) => {
  const answers = []
  for (let guess = 0; guess < 14; guess++) {
    const ip = `203.0.113.${guess}`
    const headers = {
      'x-forwarded-for': ip,
      'x-real-ip': ip,
      forwarded: `for=${ip}`,
      'x-client-ip': ip,
      'cf-connecting-ip': ip,
      'true-client-ip': ip,
      'x-signet-peer': ip,
      'x-signet-machine': '1',
    }
    answers.push(await trySignIn(server, { ...alice, password: WRONG }, { headers }))
  }
  expect(tally(answers)).toEqual({ 401: 10, 429: 4 })
})

test('thirty guesses at once are counted one by one', asvs('6.3.1', '15.4.2'), async ({ alice, server }) => {
  const all = Array.from({ length: 30 }, () => trySignIn(server, { ...alice, password: WRONG }))
  const { 401: compared = 0, ...others } = tally(await Promise.all(all))
  expect(compared, 'passwords that were compared').toBeLessThanOrEqual(10)
  expect(Object.keys(others), 'all others wait').toEqual(['429'])
})

test(
  'many networks together get thirty guesses at one account',
  asvs('6.3.1', 'NIST63B4-3.2.2-100'),
  async ({ alice, server }) => {
    const answers = []
    for (let guess = 0; guess < 40; guess++) {
      answers.push(await trySignIn(server, { ...alice, password: WRONG }, { from: network(guess) }))
    }
    expect(tally(answers)).toEqual({ 401: 30, 429: 10 })
  },
)

test('one network that tries many accounts is stopped as well', asvs('6.3.1'), async ({ server }) => {
  const answers = []
  for (let guess = 0; guess < 104; guess++) {
    answers.push(await trySignIn(server, { email: somebody('Any').email, password: WRONG }))
  }
  expect(tally(answers)).toEqual({ 401: 100, 429: 4 })
})

test(
  'while strangers guess, the owner’s own browser signs in',
  asvs('WSTG-ATHN-03', '6.3.1'),
  async ({ alice, server }) => {
    for (let guess = 0; guess < 32; guess++) {
      await trySignIn(server, { ...alice, password: WRONG }, { from: network(guess) })
    }
    expect((await trySignIn(server, alice, { from: network(99) })).status, 'an unknown browser waits').toBe(429)
    await alice.signOut()
    await alice.signIn()
  },
)

test(
  'a block ends by itself, and knocking does not make it longer',
  asvs('WSTG-ATHN-03'),
  async ({ alice, server }) => {
    for (let guess = 0; guess < 11; guess++) await trySignIn(server, { ...alice, password: WRONG })
    const first = Number((await trySignIn(server, alice)).headers['retry-after'])
    for (let knock = 0; knock < 5; knock++) await trySignIn(server, alice)
    expect(Number((await trySignIn(server, alice)).headers['retry-after'])).toBeLessThanOrEqual(first)
    server.db.prepare('update attempts set resets_at = resets_at - ?').run(first * 1000)
    expect((await trySignIn(server, alice)).status).toBe(201)
  },
)

test('right passwords use nothing up', asvs('6.3.1'), async ({ alice, server }) => {
  for (let time = 0; time < 15; time++) expect((await trySignIn(server, alice)).status).toBe(201)
})

test('a page that must wait says for how long', asvs('6.3.1'), async ({ alice, server }) => {
  const phone = await alice.anotherBrowser('safari-iphone')
  for (let guess = 0; guess < 11; guess++) await trySignIn(server, { ...alice, password: WRONG })
  await phone.page.goto('/sign-in')
  await phone.fillSignIn()
  await expect(
    phone.page.getByRole('alert').filter({ hasText: /Too many attempts. Try again in \d+ minutes/ }),
  ).toBeVisible()
})

test(
  'confirming who you are is counted too, and locks nobody out of signing in',
  asvs('6.3.1', '6.3.4'),
  async ({ alice, mallory }) => {
    await mallory.copyCookiesFrom(alice)
    const guess = () => mallory.api.post('/api/session/reauthenticate', { data: { password: WRONG } })
    const statuses = []
    for (let time = 0; time < 12; time++) statuses.push((await guess()).status())
    expect(statuses.filter((status) => status === 401)).toHaveLength(8)
    expect(statuses.filter((status) => status === 429)).toHaveLength(4)
    await alice.signIn()
  },
)

test(
  'asking whether addresses have accounts by signing up is counted',
  asvs('6.3.1', 'WSTG-IDNT-04'),
  async ({ alice, server }) => {
    const asked = []
    for (let time = 0; time < 14; time++) {
      asked.push(await sendJson(server, 'POST', '/api/account', { ...somebody('Eve'), email: alice.email }))
    }
    expect(tally(asked)).toEqual({ 400: 10, 429: 4 })
  },
)

test(
  'an unknown address and a wrong password get the same answer',
  asvs('6.3.8', 'WSTG-IDNT-04'),
  async ({ alice, server }) => {
    const wrong = await trySignIn(server, { ...alice, password: WRONG })
    const unknown = await trySignIn(server, { ...somebody('Nobody'), password: WRONG })
    const visible = ({ status, body, headers: { date: _, ...headers } }: typeof wrong) => ({ status, body, headers })
    expect(visible(unknown)).toEqual(visible(wrong))
    expect(wrong.cookies).toEqual([])
  },
)

test('and are throttled alike', asvs('6.3.8', 'WSTG-IDNT-04'), async ({ server }) => {
  const nobody = { email: somebody('Nobody').email, password: WRONG }
  const answers = []
  for (let guess = 0; guess < 12; guess++) answers.push(await trySignIn(server, nobody))
  expect(tally(answers)).toEqual({ 401: 10, 429: 2 })
})

test('nor does the time tell them apart', asvs('6.3.8', 'WSTG-IDNT-04'), async ({ alice, server }) => {
  const known: number[] = []
  const unknown: number[] = []
  for (let sample = 0; sample < 30; sample++) {
    server.forgetAttempts()
    known.push((await trySignIn(server, { ...alice, password: WRONG })).took)
    unknown.push((await trySignIn(server, { ...somebody('Nobody'), password: WRONG })).took)
  }
  // How often an unknown address takes longer than a known one: half of the pairs if they are alike, none or all if a
  // hash were missing on one side. Chance strays from a half by less than a third.
  const longer = unknown.flatMap((a) => known.map((b) => (a > b ? 1 : 0))).reduce<number>((sum, one) => sum + one, 0)
  expect(Math.abs(longer / (known.length * unknown.length) - 0.5)).toBeLessThan(0.33)
})

test(
  'a flood of sign-ins is turned away, and leaves the rest of the app answering',
  asvs('6.3.1', '16.5.2'),
  async ({ alice, server }) => {
    let answered = 0
    const flood = Array.from({ length: 120 }, (_, number) =>
      trySignIn(server, { ...somebody('Flood'), password: WRONG }, { from: network(number) }).finally(() => answered++),
    )
    expect(await alice.isSignedIn()).toBe(true)
    expect(answered, 'a session is checked while the flood still waits').toBeLessThan(flood.length)
    const statuses = tally(await Promise.all(flood))
    expect(Object.keys(statuses), 'hashed, or told to come back').toEqual(['401', '429'])
  },
)
