/**
 * # Signing in: with a passkey
 *
 * Threat: a look-alike page collects what people type; or an answer of a passkey is used twice, for something else, in
 * another browser, or under another name.
 *
 * Promise: a passkey signs in alone, with its person verified, and is a full sign-in at every level: there is nothing to
 * type. Its challenge is good once, in one browser, for one purpose. The page offers passkeys in the field for the
 * address and behind a button; without scripts there is neither, and the password remains.
 */
import { sendJson, tally, trySignIn } from './api.ts'
import { asvs, expect, type Person, test } from './book.ts'
import {
  giveApp,
  givePasskey,
  giveRecoveryCodes,
  SoftPasskey,
  signInByButton,
  VirtualAuthenticator,
} from './factors.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'
import { startServer } from './server.ts'

/** What a browser would send after these answers. */
function cookiesOf(...answers: readonly RawAnswer[]): string {
  const all = new Map(answers.flatMap(({ cookies }) => cookies.map(({ name, value }) => [name, value])))
  return [...all].map(([name, value]) => `${name}=${value}`).join('; ')
}

interface Options {
  readonly challenge: string
  readonly rpId: string
  readonly allowCredentials?: readonly { readonly id: string }[]
}

async function challenge(server: Server, purpose: string, cookie = '') {
  const answer = await sendJson(server, 'POST', '/api/session/challenge', { purpose }, { headers: { cookie } })
  expect(answer.status, answer.body).toBe(200)
  return { options: answer.json<Options>(), answer }
}

const send = (server: Server, cookie: string, body: object) =>
  sendJson(server, 'POST', '/api/session/factor', { type: 'passkey', ...body }, { headers: { cookie } })

/** The person's browser, with an authenticator that holds their passkey. */
async function armed(person: Person, server: Server): Promise<{ phone: Person; key: VirtualAuthenticator }> {
  const phone = await person.anotherBrowser('safari-iphone')
  const key = await VirtualAuthenticator.of(phone)
  await key.answers(false)
  await key.hold(givePasskey(server, person))
  return { phone, key }
}

test(
  'the button: nothing is typed, and it is level 3',
  asvs('6.3.3', '7.2.4', 'ASVS4-3.2.1'),
  async ({ alice, server }) => {
    const { phone, key } = await armed(alice, server)
    await signInByButton(phone, key, '/sign-in?returnTo=%2Faccount%2Factivity')
    await expect(phone.page).toHaveURL('/account/activity')
    const { session, user } = await (await phone.api.get('/api/session')).json()
    expect(session).toMatchObject({ assuranceLevel: 3, methods: ['hwk'] })
    expect(user.email).toBe(alice.email)
  },
)

test(
  'the field for the address offers it, and the page asks for that by itself',
  asvs('6.3.3'),
  async ({ alice, server }) => {
    const { phone, key } = await armed(alice, server)
    await key.answers(true)
    // The page itself may be gone as soon as it is there.
    expect((await server.request({ path: '/sign-in' })).body).toMatch(/autocomplete="username webauthn"/i)
    await phone.page.goto('/sign-in')
    await expect(phone.page).toHaveURL('/account/sessions')
  },
)

test('without scripts there is no button, and the password remains', asvs('6.3.3'), async ({ alice, server }) => {
  givePasskey(server, alice)
  giveRecoveryCodes(server, alice)
  const phone = await alice.anotherBrowser('safari-iphone', { javaScriptEnabled: false })
  await phone.page.goto('/sign-in')
  await expect(phone.page.getByRole('button', { name: 'Sign in with a passkey' })).toHaveCount(0)
  await phone.fillSignIn()
  await expect(phone.page).toHaveURL('/sign-in/verify')
  await expect(phone.page.getByRole('button', { name: 'Use a passkey' })).toHaveCount(0)
  expect(await phone.page.content()).toContain('Your passkey needs JavaScript')
  await expect(phone.page.getByLabel('Recovery code'), 'what there is instead').toBeVisible()
})

test('as the second step, after the password', asvs('6.3.3', '7.2.4'), async ({ alice, server }) => {
  giveApp(server, alice)
  const { phone, key } = await armed(alice, server)
  await phone.page.goto('/sign-in')
  await phone.fillSignIn()
  await expect(phone.page).toHaveURL('/sign-in/verify')
  // This page offers nothing by itself.
  await key.answers(true)
  await phone.page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(phone.page).toHaveURL('/account/sessions')
  const { session } = await (await phone.api.get('/api/session')).json()
  expect(session).toMatchObject({ assuranceLevel: 3, methods: ['pwd', 'hwk'] })
})

test('a passkey whose person is not verified opens nothing', asvs('6.3.3'), async ({ alice, server }) => {
  const key = SoftPasskey.of(server, alice)
  const { options, answer } = await challenge(server, 'sign-in')
  const response = key.get(options, { userVerified: false })
  const tried = await send(server, cookiesOf(answer), { response })
  expect([tried.status, tried.json()]).toEqual([401, expect.objectContaining({ code: 'invalid_factor' })])
})

test(
  'what a page asks for by itself brings no cookie: late, it would take the place of what a form has brought',
  asvs('7.2.4'),
  async ({ alice, server }) => {
    const page = cookiesOf(await server.request({ path: '/sign-in' }))
    const key = SoftPasskey.of(server, alice)
    const { options, answer } = await challenge(server, 'sign-in', page)
    expect(answer.cookies).toEqual([])
    expect((await send(server, page, { response: key.get(options) })).status).toBe(201)
  },
)

test('options for a sign-in tell nothing of any account', asvs('6.3.8', 'WSTG-IDNT-04'), async ({ alice, server }) => {
  givePasskey(server, alice)
  const { options } = await challenge(server, 'sign-in')
  expect(options.allowCredentials ?? []).toEqual([])
  const half = await sendJson(server, 'POST', '/api/session/challenge', { purpose: 'factor' })
  expect(half.status, 'whose passkeys there are is told after the password').toBe(401)
})

test('one answer is one sign-in, however often it is sent', asvs('6.5.1', '15.4.2'), async ({ alice, server }) => {
  const key = SoftPasskey.of(server, alice)
  const { options, answer } = await challenge(server, 'sign-in')
  const response = key.get(options)
  const before = server.sessions(alice.email).length
  const send20 = Array.from({ length: 20 }, () => send(server, cookiesOf(answer), { response }))
  expect(tally(await Promise.all(send20))).toEqual({ 201: 1, 401: 19 })
  expect(server.sessions(alice.email)).toHaveLength(before + 1)
})

/** What somebody could try with an answer that is right. */
const MISUSES: readonly (readonly [string, (key: SoftPasskey, server: Server, owner: Person) => Promise<RawAnswer>])[] =
  [
    [
      'in another browser',
      async (key, server) => {
        const [mine, other] = [await challenge(server, 'sign-in'), await challenge(server, 'sign-in')]
        return send(server, cookiesOf(other.answer), { response: key.get(mine.options) })
      },
    ],
    [
      'without the browser’s cookie',
      async (key, server) => send(server, '', { response: key.get((await challenge(server, 'sign-in')).options) }),
    ],
    [
      'as a second step of somebody’s half',
      async (key, server, owner) => {
        const { options, answer } = await challenge(server, 'sign-in')
        const half = await trySignIn(server, owner, { headers: { cookie: cookiesOf(answer) } })
        return send(server, cookiesOf(answer, half), { response: key.get(options), purpose: 'factor' })
      },
    ],
    [
      'an answer of the second step, as a sign-in',
      async (key, server, owner) => {
        const half = cookiesOf(await trySignIn(server, owner))
        const { options } = await challenge(server, 'factor', half)
        return send(server, half, { response: key.get(options), purpose: 'sign-in' })
      },
    ],
    [
      'with a challenge of the sender’s own',
      async (key, server) => {
        const { options, answer } = await challenge(server, 'sign-in')
        const response = key.get({ ...options, challenge: Buffer.alloc(32, 7).toString('base64url') })
        return send(server, cookiesOf(answer), { response })
      },
    ],
    [
      'signed for a look-alike',
      async (key, server) => {
        const { options, answer } = await challenge(server, 'sign-in')
        return send(server, cookiesOf(answer), { response: key.get(options, { origin: 'https://signet.example' }) })
      },
    ],
    [
      'as another user',
      async (key, server) => {
        const { options, answer } = await challenge(server, 'sign-in')
        const userHandle = Buffer.from('somebody else').toString('base64url')
        return send(server, cookiesOf(answer), { response: key.get(options, { userHandle }) })
      },
    ],
  ]

for (const [words, misuse] of MISUSES) {
  test(`refused: ${words}`, asvs('6.3.3', 'WSTG-SESS-08'), async ({ alice, server }) => {
    const key = SoftPasskey.of(server, alice)
    const before = server.sessions(alice.email).length
    const answer = await misuse(key, server, alice)
    expect([answer.status, answer.json()]).toEqual([401, expect.objectContaining({ code: 'invalid_factor' })])
    expect(answer.cookies.map(({ name }) => name)).not.toContain('__Host-session')
    expect(server.sessions(alice.email)).toHaveLength(before)
  })
}

test('garbage in place of an answer is refused, never a 500', asvs('15.3.5', 'CS-SESS-input'), async ({ server }) => {
  const { answer } = await challenge(server, 'sign-in')
  const cookie = cookiesOf(answer)
  for (const response of [null, 'text', 7, [], {}, { id: 'x' }, { id: 'a'.repeat(40_000) }]) {
    expect((await send(server, cookie, { response })).status).toBe(401)
  }
  for (const body of [{}, { type: 'passkey', purpose: 'enrol' }, { type: 'other' }, { type: 'totp', code: 7 }]) {
    const { status } = await sendJson(server, 'POST', '/api/session/factor', body, { headers: { cookie } })
    expect([400, 401]).toContain(status)
  }
  const { status } = await sendJson(server, 'POST', '/api/session/challenge', { purpose: 'everything' })
  expect(status).toBe(400)
})

test(
  'a passkey opens a locked session of its account, and no other one',
  asvs('7.3.1', '6.3.3'),
  async ({ alice, server }) => {
    const key = SoftPasskey.of(server, alice)
    const id = await alice.sessionId()
    server.ageSession(id, { lastActive: 15 * 60 })
    const asked = await alice.api.post('/api/session/challenge', { data: { purpose: 'sign-in' } })
    const response = key.get(await asked.json())
    const opened = await alice.api.post('/api/session/factor', { data: { type: 'passkey', response } })
    expect(opened.status()).toBe(201)
    expect(await alice.sessionId()).toBe(id)
  },
)

test(
  'where no password opens the account any more, a passkey does',
  asvs('NIST63B4-3.2.2-100'),
  async ({ alice, server }) => {
    const key = SoftPasskey.of(server, alice)
    server.db.prepare('update users set password_hash = null where email = ?').run(alice.email.toLowerCase())
    expect((await trySignIn(server, alice)).status).toBe(401)
    const { options, answer } = await challenge(server, 'sign-in')
    expect((await send(server, cookiesOf(answer), { response: key.get(options) })).status).toBe(201)
  },
)

test('at level 3 a password and a code do not do where there is a passkey', asvs('6.3.3'), async () => {
  const server = await startServer({ ASSURANCE_LEVEL: '3', SESSION_LIMIT: 'none' })
  const dana = { name: 'Dana', email: 'dana@people.example', password: 'lantern quilt harbour seven' }
  await sendJson(server, 'POST', '/api/account', dana)
  const [app, key] = [giveApp(server, dana), SoftPasskey.of(server, dana)]
  const half = await trySignIn(server, dana)
  expect([half.status, half.json()]).toEqual([202, { next: ['passkey'] }])
  const code = { type: 'totp', code: app.code() }
  const headers = { cookie: cookiesOf(half) }
  expect((await sendJson(server, 'POST', '/api/session/factor', code, { headers })).status).toBe(401)
  const { options } = await challenge(server, 'factor', headers.cookie)
  expect(options.allowCredentials?.map(({ id }) => id)).toEqual([key.id])
  const done = await send(server, headers.cookie, { response: key.get(options), purpose: 'factor' })
  expect([done.status, done.json()]).toMatchObject([201, { session: { assuranceLevel: 3 } }])
  await server.stop()
})
