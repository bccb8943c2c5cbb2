import { expect, test } from '@playwright/test'
import { formProblem } from './action-guard.ts'
import { refusalOf } from './front-door.ts'
import { isRouterState } from './router-state.ts'

const DOOR: readonly (readonly [string, string, Record<string, string>, string | null])[] = [
  ['GET', '/account', {}, null],
  ['POST', '/api/session', { 'content-length': '65536' }, null],
  ['POST', '/api/session', { 'content-length': '65537' }, 'too_large'],
  ['TRACE', '/', {}, 'method_not_allowed'],
  ['get', '/', {}, 'method_not_allowed'],
  ['GET', '/a%20b?c=%', {}, null],
  ['GET', '/a%', {}, 'not_found'],
  ['GET', '/%E0%A4%A', {}, 'not_found'],
  ['GET', 'http://evil.example/', {}, 'not_found'],
  ['OPTIONS', '*', {}, 'not_found'],
]
for (const [method, url, headers, refused] of DOOR) {
  test(`${method} ${url} ${JSON.stringify(headers)} ${refused ? `is turned away: ${refused}` : 'may come in'}`, () =>
    expect(refusalOf({ method, url, headers })).toBe(refused))
}

const STATES: readonly (readonly [unknown, boolean])[] = [
  [['', {}], true],
  [['', { children: ['(account)', { children: ['__PAGE__', {}, null, null, 0] }, null, null, 16] }], true],
  [[['id', '7', 'd', null], {}, null, 'refetch'], true],
  [[['id', '7', 'x', null], {}], false],
  [['', { children: 7 }], false],
  [[1, 2], false],
  [[], false],
  [null, false],
]
for (const [state, good] of STATES) {
  const text = JSON.stringify(state)
  test(`${text} is ${good ? 'a' : 'no'} state of Next’s router`, () =>
    expect(isRouterState(encodeURIComponent(text))).toBe(good))
}
test('a state that names a prototype, is broken or endless is none; no state is fine', () => {
  expect(
    ['%5B%22%22%2C%7B%22__proto__%22%3A%5B%22%22%2C%7B%7D%5D%7D%5D', '%E0', 'x'.repeat(9000)].filter(isRouterState),
  ).toEqual([])
  expect(isRouterState(undefined)).toBe(true)
})

const ID = 'f'.repeat(42)

function posted(fields: readonly (readonly [string, string])[], headers: Record<string, string> = {}): Request {
  const body = new FormData()
  for (const [name, value] of fields) body.append(name, value)
  return new Request('http://localhost/sign-in', { method: 'POST', body, headers })
}

const state = (value: unknown) => JSON.stringify([value])
const plain = (bound: string, ...more: readonly (readonly [string, string])[]) => [
  ['$ACTION_REF_1', ''] as const,
  ['$ACTION_1:0', JSON.stringify({ id: ID, bound: '$@1' })] as const,
  ['$ACTION_1:1', bound] as const,
  ...more,
]

test('a form as browsers and React send it is well-formed', async () => {
  const refused = { status: 'refused', message: 'No.', fields: { name: 'Enter it.' }, values: { $ACTION_KEY: '$$x' } }
  expect(await formProblem(posted(plain(state({ status: 'idle' }), ['email', '$1'])))).toBeNull()
  expect(await formProblem(posted(plain(state(refused), ['$ACTION_KEY', 'k'])))).toBeNull()
  const called = [
    ['0', `[${JSON.stringify(refused)},"$K1"]`],
    ['_1_email', 'a'],
    ['_1_$ACTION_KEY', 'k'],
  ] as const
  expect(await formProblem(posted(called, { 'next-action': ID }))).toBeNull()
})

test('anything else is not', async () => {
  const wrong = [
    posted([]),
    posted(plain(state({ status: 'else' }))),
    posted(plain(state({ status: 'idle', message: '$F1' }))),
    posted(plain(state({ status: 'idle' }), ['email', 'a'], ['email', 'b'])),
    posted(plain(state({ status: 'idle' })), { 'next-action': ID }),
    posted(
      [
        ['0', '[{"status":"idle"},"$K1"]'],
        ['_2_email', 'a'],
      ],
      { 'next-action': ID },
    ),
    posted([['0', '[{"status":"idle"},"$K1"]']], { 'next-action': '__proto__' }),
    new Request('http://localhost/', { method: 'POST', body: 'a=b' }),
  ]
  expect(await Promise.all(wrong.map(formProblem))).toEqual(wrong.map(() => 'invalid_input'))
  expect(await formProblem(new Request('http://localhost/', { method: 'PUT' }))).toBe('method_not_allowed')
  expect(await formProblem(posted([['a', 'x'.repeat(70_000)]]))).toBe('too_large')
})
