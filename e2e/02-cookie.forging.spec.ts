/**
 * # The cookie: forging
 *
 * Threat: a text that opens a session invites variation: a flipped byte, another ending, a part of another cookie, the
 * same value twice, a seal made for something else, a value made with a key that leaked once.
 *
 * Promise: one session has one text. Any other one is no session: the same answer, nothing written, never an error. A
 * seal is good for its purpose, its origin and its key, and the row decides even then.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sealData } from 'iron-session'
import { deriveKey } from '#lib/keys/derive.ts'
import { asvs, expect, type Person, test } from './book.ts'
import type { Server } from './server.ts'

/** What the app makes of a cookie text, at the API and at a page; and that it wrote nothing. */
async function expectNobody(server: Server, cookie: string, why: string): Promise<void> {
  const before = server.fingerprint()
  const api = await server.request({ path: '/api/session', headers: { cookie } })
  expect(api.status, why).toBe(401)
  expect(api.json().code, why).toBe('no_session')
  expect(api.cookies, why).toEqual([])
  const page = await server.request({ path: '/account', headers: { cookie } })
  expect([page.status, page.headers.location], why).toEqual([307, '/sign-in?returnTo=%2Faccount'])
  expect(
    page.cookies.map(({ name }) => name),
    why,
  ).not.toContain('__Host-session')
  const away = await server.request({
    method: 'DELETE',
    path: '/api/session',
    headers: { cookie, origin: server.origin },
  })
  expect(away.status, why).toBe(204)
  expect(server.fingerprint(), `${why}: nothing written`).toBe(before)
}

const named = (value: string) => `__Host-session=${value}`

test('every byte of the cookie matters', asvs('7.2.1', 'CS-SESS-input', 'WSTG-SESS-01'), async ({ alice, server }) => {
  const text = (await alice.cookie()) ?? ''
  const before = server.fingerprint()
  const flips = Array.from(text, (byte, at) => text.slice(0, at) + (byte === 'A' ? 'B' : 'A') + text.slice(at + 1))
  for (let at = 0; at < flips.length; at += 16) {
    const some = flips.slice(at, at + 16)
    const answers = await Promise.all(
      some.map((flip) => server.request({ path: '/api/session', headers: { cookie: named(flip) } })),
    )
    expect(answers.map(({ status }) => status)).toEqual(some.map(() => 401))
  }
  expect(server.fingerprint()).toBe(before)
  expect(await alice.isSignedIn(), 'and it harms nobody').toBe(true)
})

const VARIANTS: readonly (readonly [string, (text: string) => string])[] = [
  ['cut by one', (text) => text.slice(0, -1)],
  ['cut in half', (text) => text.slice(0, text.length / 2)],
  ['without its first part', (text) => text.slice(text.indexOf('*'))],
  ['with something behind it', (text) => `${text}A`],
  ['with another version', (text) => text.replace(/~2$/, '~3')],
  ['with two versions', (text) => `${text}~2`],
  ['with no version', (text) => text.replace(/~2$/, '')],
  ['with another seal version', (text) => text.replace('Fe26.2', 'Fe26.1')],
  ['with an expiry of its own', (text) => text.replace('**', '*9999999999999*')],
  ['percent-encoded', (text) => encodeURIComponent(text).replaceAll('.', '%2E')],
  ['in base64', (text) => Buffer.from(text).toString('base64')],
  ['in capitals', (text) => text.toUpperCase()],
  ['in quotes', (text) => `"${text}"`],
  ['with padding in a part', (text) => text.replace(/\*([\w-]+)\*\*/, '*$1==**')],
  ['with the slack bits of a part turned', (text) => text.replace(/([\w-])~2$/, (_, last) => `${turned(last)}~2`)],
  ['empty', () => ''],
  ['a star', () => '*'],
  ['null', () => 'null'],
  ['JSON', () => '{"i":"1","g":1}'],
  ['a query', () => "' or 1=1 --"],
  ['a token that says "none"', () => 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.'],
  ['with bytes beyond ASCII', () => 'Fe26.2*é*ü'],
  ['fifteen thousand bytes', () => 'A'.repeat(15_000)],
]

/** Another character whose upper bits are the same: base64url of 32 bytes leaves two bits unused. */
function turned(last: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(last) ^ 1] ?? ''
}

test(
  'one session has one text: any variant of it is nobody',
  asvs('7.2.1', 'CS-SESS-input', 'CS-SESS-strict'),
  async ({ alice, server }) => {
    const text = (await alice.cookie()) ?? ''
    for (const [why, vary] of VARIANTS) {
      expect(vary(text), why).not.toBe(text)
      await expectNobody(server, named(vary(text)), why)
    }
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'a cookie that is too long is refused before anybody reads it',
  asvs('CS-SESS-input', '4.2.5'),
  async ({ server }) => {
    const long = (bytes: number) => server.request({ path: '/account', headers: { cookie: named('A'.repeat(bytes)) } })
    expect((await long(20_000)).status).toBe(431)
    // Of a megabyte the server does not even wait for the end: the connection may be cut before its answer is read.
    const huge = await long(1_000_000).then(
      ({ status }) => status,
      ({ code }) => code,
    )
    expect([431, 'ECONNRESET', 'EPIPE']).toContain(huge)
    expect((await server.request({ path: '/api/health' })).status, 'and the next one is served').toBe(200)
  },
)

test(
  'a session cookie that is there twice is nobody’s',
  asvs('15.3.7', 'RFC6265BIS-integrity', '3.3.3'),
  async ({ alice, mallory, server }) => {
    await mallory.haveAccount()
    const [own, planted] = [named((await alice.cookie()) ?? ''), named((await mallory.cookie()) ?? '')]
    await expectNobody(server, `${own}; ${planted}`, 'own first')
    await expectNobody(server, `${planted}; ${own}`, 'planted first')
    await expectNobody(server, `${own}; ${own}`, 'the same twice')
    await expectNobody(server, `${own}; ${named('')}`, 'an empty one as well')
    await expectNobody(server, `${own};${planted};a=b`, 'without spaces')
    const twoHeaders = await server.request({ path: '/api/session', headers: { cookie: [own, planted] } })
    expect(twoHeaders.status).toBe(401)
  },
)

test(
  'only the exact name is the session cookie',
  asvs('RFC6265BIS-case', 'RFC6265BIS-integrity'),
  async ({ alice, server }) => {
    const text = (await alice.cookie()) ?? ''
    for (const name of ['__HOST-session', '__host-session', '__Host-Session', '__Secure-session', 'session', '']) {
      await expectNobody(server, `${name}=${text}`, `named "${name}"`)
    }
    await expectNobody(server, `=__Host-session=${text}`, 'nameless')
    const besides = await server.request({
      path: '/api/session',
      headers: { cookie: `__HOST-session=planted; ${named(text)}` },
    })
    expect(besides.status, 'a look-alike beside it changes nothing').toBe(200)
  },
)

test('a value of one purpose opens nothing of another', asvs('WSTG-SESS-08', '7.2.2'), async ({ alice, server }) => {
  await alice.openSessions()
  const formToken = await alice.page.locator('input[name=formToken]').first().inputValue()
  const browser = (await alice.cookie('__Host-browser')) ?? ''
  await expectNobody(server, named(formToken), 'a form’s value')
  await expectNobody(server, named(browser), 'the browser’s value')
  await expectNobody(server, named(await alice.sessionId()), 'the session’s public id')
  await expectNobody(server, `__Host-browser=${await alice.cookie()}`, 'the session’s value under the other name')
})

/** Seals as somebody would who had read the key file: the worst that can leak. */
async function forge(server: Server, payload: unknown, purpose = ['session.1', '__Host-session', server.origin]) {
  const file = JSON.parse(readFileSync(join(server.dataDir, 'session-keys.json'), 'utf8'))
  const { secret } = file.keys[0] as { secret: string }
  return sealData(payload, { password: { 1: deriveKey(secret, ...purpose).toString('base64url') }, ttl: 0 })
}

test(
  'a seal is good for its own purpose, cookie, origin and key only',
  asvs('WSTG-SESS-08', '13.3.4', '7.2.2'),
  async ({ alice, server }) => {
    const { id, generation } = await alice.row()
    const payload = { p: 'session.1', i: id, g: generation, t: Buffer.alloc(32, 7).toString('base64url') }
    const seals: readonly (readonly [string, Promise<string>])[] = [
      ['another purpose', forge(server, payload, ['sign-in.1', '__Host-session', server.origin])],
      ['another cookie', forge(server, payload, ['session.1', '__Host-browser', server.origin])],
      ['another deployment', forge(server, payload, ['session.1', '__Host-session', 'https://staging.example'])],
      [
        'a foreign key',
        sealData(payload, { password: { 1: 'a key that somebody else has made up, with 32 bytes' }, ttl: 0 }),
      ],
      ['the row’s own token, guessed', forge(server, payload)],
      ['a purpose inside that is another', forge(server, { ...payload, p: 'sign-in.1' })],
      ['no token', forge(server, { ...payload, t: '' })],
      ['a generation that is no number', forge(server, { ...payload, g: '1' })],
      ['a generation from the future', forge(server, { ...payload, g: generation + 7 })],
      ['an unknown session', forge(server, { ...payload, i: 'AAAAAAAAAAAAAAAAAAAAAA' })],
      ['a payload that is null', forge(server, null)],
      ['a payload of a prototype', forge(server, JSON.parse('{"__proto__":{"p":"session.1"}}'))],
    ]
    for (const [why, seal] of seals) await expectNobody(server, named(await seal), why)
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'the cookie of one person never becomes another’s by halves',
  asvs('7.2.1', 'WSTG-SESS-01'),
  async ({ alice, bob, server }) => {
    const parts = async (person: Person) => ((await person.cookie()) ?? '').split('*')
    const [hers, his] = [await parts(alice), await parts(bob)]
    for (const at of hers.keys()) {
      const spliced = hers.map((part, index) => (index === at ? (his[index] ?? part) : part)).join('*')
      if (spliced !== hers.join('*')) await expectNobody(server, named(spliced), `his part ${at} in hers`)
    }
  },
)

test(
  'a copied cookie is the session it was copied from, and dies with it',
  asvs('WSTG-SESS-06.artifact', '7.4.1'),
  async ({ alice, mallory }) => {
    await mallory.copyCookiesFrom(alice)
    expect(await mallory.sessionId()).toBe(await alice.sessionId())
    await alice.signOut()
    expect(await mallory.isSignedIn()).toBe(false)
  },
)
