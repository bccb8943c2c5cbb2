/**
 * # Bad input: forms
 *
 * Threat: a server action is an endpoint that nobody sees. It can be called by hand, with arguments that its types
 * exclude, with references into what React decodes, on pages where it does not belong, without any proof.
 *
 * Promise: pages take one shape of form, and whatever is not so is refused before any of it is decoded. What has the
 * shape meets the same proof and the same form token as a press of the button.
 */
import { BOUNDARY, type Fields, formOn, MULTIPART, multipart, post } from './action-forms.ts'
import { asvs, expect, test } from './book.ts'
import type { Server } from './server.ts'

const STATE = '{"status":"idle"}'
const ID = 'f'.repeat(42)

type Case = readonly [what: string, headers: Readonly<Record<string, string>>, body: string | Buffer]

/** Wrong in one way each; `action` is one that exists. */
function garbage(action: string): readonly Case[] {
  const form = { 'content-type': MULTIPART }
  const called = { ...form, 'next-action': action }
  const plain = { 'content-type': 'text/plain;charset=UTF-8', 'next-action': action }
  const reference = (bound: unknown, id: unknown = action): Fields => [
    ['$ACTION_REF_1', ''],
    ['$ACTION_1:0', JSON.stringify({ id, bound })],
  ]
  const good = [...reference('$@1'), ['$ACTION_1:1', `[${STATE}]`]] as const
  return [
    ['nothing', {}, ''],
    ['a form of another type', { 'content-type': 'application/x-www-form-urlencoded' }, 'email=a'],
    ['JSON', { 'content-type': 'application/json' }, '{}'],
    ['an empty form', form, ''],
    ['no form', form, 'garbage'],
    ['half a form', form, `--${BOUNDARY}\r\nContent-Disposition: form-data; name="x"\r\n\r\nabc`],
    ['a form without boundary', { 'content-type': 'multipart/form-data' }, multipart([['a', '1']])],
    ['an odd boundary', { 'content-type': 'multipart/form-data; boundary=;;;"' }, 'x'],
    ['a part of no name', form, `--${BOUNDARY}\r\nContent-Disposition: nonsense\r\n\r\nabc\r\n--${BOUNDARY}--\r\n`],
    ['a form of no action', form, multipart([['email', 'a']])],
    ['an action by its bare id', form, multipart([[`$ACTION_ID_${action}`, '']])],
    ['an action of no id', form, multipart([['$ACTION_ID_', '']])],
    ['an action by a prototype', form, multipart([['$ACTION_ID___proto__', '']])],
    ['a reference to nothing', form, multipart([['$ACTION_REF_1', '']])],
    [
      'a reference that is no JSON',
      form,
      multipart([
        ['$ACTION_REF_1', ''],
        ['$ACTION_1:0', '{bad'],
      ]),
    ],
    [
      'a reference that is null',
      form,
      multipart([
        ['$ACTION_REF_1', ''],
        ['$ACTION_1:0', 'null'],
      ]),
    ],
    ['a reference into a prototype', form, multipart(reference('$1:__proto__:then'))],
    ['a reference without its state', form, multipart(reference('$@1'))],
    ['an id that is an object', form, multipart(reference(null, {}))],
    ['an id that is a path', form, multipart(reference('$@1', '../../x#y'))],
    ['two references', form, multipart([...good, ['$ACTION_REF_2', '']])],
    ['a state that is no JSON', form, multipart([...reference('$@1'), ['$ACTION_1:1', 'bad']])],
    ['a state that is a number', form, multipart([...reference('$@1'), ['$ACTION_1:1', '[7]']])],
    [
      'a state with a reference in it',
      form,
      multipart([...reference('$@1'), ['$ACTION_1:1', '[{"status":"idle","message":"$F1"}]']]),
    ],
    [
      'a state with a prototype',
      form,
      multipart([...reference('$@1'), ['$ACTION_1:1', '[{"status":"idle","values":{"__proto__":"x"}}]']]),
    ],
    ['a field twice', form, multipart([...good, ['email', 'a'], ['email', 'b']])],
    ['a field that begins as React’s', form, multipart([...good, ['$x', 'a']])],
    [
      'a file',
      form,
      `${multipart(good).slice(0, -4 - BOUNDARY.length - 2)}--${BOUNDARY}\r\nContent-Disposition: form-data; name="email"; filename="x"\r\n\r\nabc\r\n--${BOUNDARY}--\r\n`,
    ],
    ['a call of no id', { ...form, 'next-action': '' }, multipart([['0', `[${STATE},"$K1"]`]])],
    ['a call of an odd id', { ...form, 'next-action': '__proto__' }, multipart([['0', `[${STATE},"$K1"]`]])],
    ['a call with an endless id', { ...form, 'next-action': 'x'.repeat(5000) }, multipart([['0', `[${STATE},"$K1"]`]])],
    ['a call as text', plain, `[${STATE}]`],
    ['a call with nothing', plain, ''],
    ['a call with half a list', plain, '['],
    ['a call with depth', plain, '['.repeat(20_000) + ']'.repeat(20_000)],
    ['a call that is no form', called, 'garbage'],
    ['a call without arguments', called, multipart([['_1_email', 'a']])],
    ['a call with null', called, multipart([['0', 'null']])],
    ['a call with too few', called, multipart([['0', `[${STATE}]`]])],
    ['a call with too many', called, multipart([['0', `[${STATE},"$K1","$K1"]`]])],
    [
      'a call with a reference to another field',
      called,
      multipart([
        ['0', '["$1","$K1"]'],
        ['1', STATE],
      ]),
    ],
    [
      'a call with a reference into a prototype',
      called,
      multipart([
        ['0', '["$1:__proto__:then","$K1"]'],
        ['1', '{}'],
      ]),
    ],
    [
      'a call with a promise',
      called,
      multipart([
        ['0', '["$@1","$K1"]'],
        ['1', STATE],
      ]),
    ],
    [
      'a call with a server reference',
      called,
      multipart([
        ['0', '["$h1","$K1"]'],
        ['1', `{"id":"${action}","bound":null}`],
      ]),
    ],
    [
      'a call with a blob',
      called,
      multipart([
        ['0', '["$B1","$K1"]'],
        ['1', 'x'],
      ]),
    ],
    [
      'a call with a stream',
      called,
      multipart([
        ['0', '["$R1","$K1"]'],
        ['1', 'x'],
      ]),
    ],
    [
      'a call with a map',
      called,
      multipart([
        ['0', '["$Q1","$K1"]'],
        ['1', '[["a",1]]'],
      ]),
    ],
    [
      'a call with fields of another form',
      called,
      multipart([
        ['0', `[${STATE},"$K1"]`],
        ['_2_email', 'a'],
      ]),
    ],
    [
      'a call with a field twice',
      called,
      multipart([
        ['0', `[${STATE},"$K1"]`],
        ['_1_email', 'a'],
        ['_1_email', 'b'],
      ]),
    ],
    [
      'two thousand fields, all alike',
      called,
      multipart([['0', `[${STATE},"$K1"]`], ...Array.from({ length: 400 }, () => ['_1_x', ''] as const)]),
    ],
  ]
}

async function expectRefused(server: Server, path: string, cookie: string, cases: readonly Case[]): Promise<void> {
  const before = { rows: server.fingerprint(), log: server.log().length }
  for (const [what, headers, body] of cases) {
    const answer = await post(server, path, body, { cookie, ...headers })
    expect([answer.status, answer.headers['content-type']], `${what} to ${path}`).toEqual([
      400,
      'application/problem+json',
    ])
  }
  expect(server.fingerprint(), 'nothing written').toBe(before.rows)
  expect(server.log().slice(before.log), 'no error in the log').not.toMatch(/⨯|"level":"error"|Error/)
}

test(
  'what is no form of an action is refused before it is decoded',
  asvs('15.3.5', '16.5.1', '7.2.1'),
  async ({ alice, server }) => {
    const { action: signIn } = await formOn(server, '/sign-in', 'returnTo')
    await expectRefused(server, '/sign-in', '', garbage(signIn))
    const cookie = await alice.cookieHeader()
    const { action: rename } = await formOn(server, '/account', 'name', cookie)
    expect([signIn, rename].map((id) => /^[0-9a-f]{42}$/.test(id))).toEqual([true, true])
    await expectRefused(server, '/account', cookie, garbage(rename))
    expect(await alice.isSignedIn()).toBe(true)
  },
)

const shaped = (action: string, fields: Fields = []) => ({
  plain: multipart([
    ['$ACTION_REF_1', ''],
    ['$ACTION_1:0', JSON.stringify({ id: action, bound: '$@1' })],
    ['$ACTION_1:1', `[${STATE}]`],
    ...fields,
  ]),
  called: multipart([['0', `[${STATE},"$K1"]`], ...fields.map(([name, value]) => [`_1_${name}`, value] as const)]),
})

test(
  'an action that this version does not have is a conflict, on any page',
  asvs('16.5.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    for (const path of ['/sign-in', '/account', '/account/sessions', '/']) {
      const { plain, called } = shaped(ID)
      expect((await post(server, path, plain, { cookie, 'content-type': MULTIPART })).status, path).toBe(409)
      const headers = { cookie, 'content-type': MULTIPART, 'next-action': ID }
      expect((await post(server, path, called, headers)).status, path).toBe(409)
    }
  },
)

test(
  'an action earns its proof wherever it is called from',
  asvs('7.2.1', 'WSTG-ATHZ-02', '8.3.1', '6.3.4'),
  async ({ alice, server }) => {
    await (await alice.anotherBrowser()).begin()
    const cookie = await alice.cookieHeader()
    const actions = [
      (await formOn(server, '/account', 'name', cookie)).action,
      (await formOn(server, '/account/sessions', 'focusNext', cookie)).action,
      (await formOn(server, '/account/sessions', 'name', cookie)).action,
      (await formOn(server, '/reauthenticate', 'returnTo', cookie)).action,
    ]
    expect(new Set(actions).size).toBe(4)
    const before = server.fingerprint()
    for (const action of actions) {
      for (const path of ['/account', '/sign-in', '/', '/nothing']) {
        const { plain, called } = shaped(action, [
          ['target', 'others'],
          ['name', 'owned'],
        ])
        const ways = [
          await post(server, path, plain, { 'content-type': MULTIPART }),
          await post(server, path, called, { 'content-type': MULTIPART, 'next-action': action }),
          await post(server, path, plain, { cookie, 'content-type': MULTIPART }),
          await post(server, path, called, { cookie, 'content-type': MULTIPART, 'next-action': action }),
        ]
        for (const answer of ways) {
          expect(answer.status, path).toBeLessThan(500)
          expect(answer.cookies.filter(({ name }) => name === '__Host-session')).toEqual([])
        }
        expect(
          ways.slice(0, 2).map(({ body }) => body.includes(alice.email)),
          'nobody is shown nothing',
        ).toEqual([false, false])
      }
    }
    expect(server.fingerprint(), 'neither without a session nor without the form’s value').toBe(before)
  },
)

test('a well-formed press by hand is a press', asvs('7.2.1'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const { fields } = await formOn(server, '/account', 'name', cookie)
  const own = fields.filter(([name]) => name === 'formToken' || name.startsWith('$'))
  const answer = await post(server, '/account', multipart([...own, ['name', 'Alice by Hand']]), {
    cookie,
    'content-type': MULTIPART,
  })
  expect(answer.status).toBe(200)
  expect(answer.body).toContain('Your name is changed.')
})

test('signing out takes any body, and garbage signs nobody out', asvs('15.3.5', '3.5.1'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const bodies: readonly Case[] = [
    ['nothing', {}, ''],
    ['JSON', { 'content-type': 'application/json' }, '{}'],
    ['garbage', { 'content-type': MULTIPART }, 'garbage'],
    [
      'a token twice',
      { 'content-type': MULTIPART },
      multipart([
        ['formToken', 'a'],
        ['formToken', 'b'],
      ]),
    ],
    ['bytes', { 'content-type': 'application/x-www-form-urlencoded' }, Buffer.from([0xff, 0x00, 0x26])],
  ]
  for (const [what, headers, body] of bodies) {
    const answer = await post(server, '/sign-out', body, { cookie, ...headers })
    expect(answer.status, what).toBeLessThan(500)
    expect(answer.cookies, what).toEqual([])
  }
  expect(await alice.isSignedIn()).toBe(true)
})
