/**
 * # Bad input
 *
 * Threat: what no browser sends is where frameworks answer with a stack trace, a library loops, a check is skipped
 * because something threw before it.
 *
 * Promise: malformed, oversized, duplicated and foreign requests get the answers of the contract. Never a 500, never a
 * word about the inside, nothing written, and the next request is served as if nothing had happened.
 */
import { sendJson } from './api.ts'
import { asvs, expect, test } from './book.ts'
import type { RawAnswer, RawRequest } from './raw.ts'
import { SOME_ID } from './routes.ts'
import type { Server } from './server.ts'
import { everyDoor } from './surface.ts'
import { wire } from './wire.ts'

const INSIDE = /node_modules|\.tsx?:\d|\n\s+at \S+ \(|SQLITE|Error:|\/work\/|\/tmp\//

function expectQuiet(answer: RawAnswer, why: string): void {
  expect(answer.status, why).toBeLessThan(500)
  expect(answer.body, why).not.toMatch(INSIDE)
}

/** Runs what must leave no trace, neither in the database nor as an error in the log. */
async function leavingNoTrace(server: Server, run: () => Promise<unknown>): Promise<void> {
  const before = { rows: server.fingerprint(), log: server.log().length }
  await run()
  expect(server.fingerprint(), 'nothing written').toBe(before.rows)
  expect(server.log().slice(before.log), 'no error in the log').not.toMatch(/⨯|"level":"error"|TypeError/)
}

const PATHS: readonly (readonly [string, number])[] = [
  ['/account/%E0%A4%A', 404],
  ['/%ff', 404],
  ['/api/sessions/%E0%A4%A', 404],
  ['/api/%', 404],
  ['/account%00', 404],
  ['/%61ccount', 404],
  ['/ACCOUNT', 404],
  ['/account;jsessionid=1', 404],
  ['/account/../api/session', 401],
  ['/account/..%2f..%2fetc%2fpasswd', 404],
  ['/api/../account', 307],
  ['//account', 308],
  ['/account//sessions', 308],
  ['/account/', 308],
  ['/\\account', 308],
  [`/${'a'.repeat(8000)}`, 404],
  [`/account?${'a'.repeat(8000)}`, 307],
  ['/account?%E0%A4%A', 307],
  ['/sign-in?returnTo=%E0%A4%A&reason=%ff', 200],
  ['/sign-in?returnTo=a&returnTo=b&reason=idle&reason=x', 200],
  ['/sign-in?reason=__proto__', 200],
  ['/reset-password?token=%E0%A4%A', 303],
  ['/reset-password?token=a&token=b', 303],
  ['/reset-password?token[]=a', 200],
  ['/not-me?event=1e400&proof=%00', 303],
  ['/undo-email?event=__proto__&proof=constructor', 303],
  [`/confirm-email?token=${'a'.repeat(8000)}`, 303],
  ['/_next/data/x/account.json', 404],
  ['/_next/image?url=http://127.0.0.1/&w=64&q=75', 400],
  ['/.env', 404],
  ['/package.json', 404],
  ['/data/signet.db', 404],
  ['/.next/BUILD_ID', 404],
]

test('a path that is spelled oddly opens nothing', asvs('WSTG-CONF-13', '16.5.1', '13.4.2'), async ({ server }) => {
  await leavingNoTrace(server, async () => {
    for (const [path, status] of PATHS) {
      const answer = await server.request({ path })
      expectQuiet(answer, path)
      expect(answer.status, path).toBe(status)
      if (status === 308) expect(answer.headers.location, path).toMatch(/^\/(?![/\\])/)
    }
  })
})

const PRIVATE_LOOKALIKES = [
  '/account/x.css',
  '/account/sessions/x.js',
  '/account/activity/x.png',
  '/account/.css',
  '/account;x.css',
  '/account%2fx.css',
  '/account%3fx.css',
  '/account%23x.css',
  '/account/sessions%00.css',
  '/account/..%2faccount.css',
]

test(
  'a private page cannot be asked for as if it were a picture',
  asvs('14.2.5', 'WSTG-CONF-13'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    for (const path of PRIVATE_LOOKALIKES) {
      const answer = await server.request({ path, headers: { cookie } })
      expect(answer.status, path).toBe(404)
      expect(answer.body, path).not.toContain(alice.email)
      expect(answer.headers['cache-control'], path).toContain('no-store')
    }
  },
)

test('a page takes any query, and shows what it can', asvs('15.3.5', '15.3.7'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const queries = [
    '/account/sessions?page=-1',
    '/account/sessions?page=1e9',
    '/account/sessions?page=NaN&page=2',
    '/account/sessions?end=%00&problem=__proto__',
    '/account/sessions?end[]=x&problem=constructor',
    '/account/activity?before=1e400&kind=__proto__',
    '/account/activity?before=-1&kind[]=x&kind=y',
    `/account/activity?before=${'9'.repeat(400)}`,
    '/account/activity?before=0x10&before=2',
    '/reauthenticate?returnTo=%00&returnTo=x',
  ]
  await leavingNoTrace(server, async () => {
    for (const path of queries) {
      const answer = await server.request({ path, headers: { cookie } })
      expect(answer.status, path).toBe(200)
    }
  })
})

const JSON_BODIES: readonly (readonly [string, string | Buffer, number, string])[] = [
  ['nothing', '', 400, 'invalid_json'],
  ['half of it', '{"email":', 400, 'invalid_json'],
  ['a comment', '/* */{}', 400, 'invalid_json'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b]), 400, 'invalid_json'],
  ['thirty thousand brackets', '['.repeat(30_000), 400, 'invalid_json'],
  ['null', 'null', 400, 'invalid_input'],
  ['a list', '[]', 400, 'invalid_input'],
  ['a number', '1e999', 400, 'invalid_input'],
  ['other types', '{"name":{},"email":1,"password":[]}', 400, 'invalid_input'],
  ['a prototype', '{"__proto__":{"name":"a","email":"b","password":"c"}}', 400, 'invalid_input'],
  ['depth', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`, 400, 'invalid_input'],
  ['too much', JSON.stringify({ email: 'a'.repeat(70_000) }), 413, 'too_large'],
]

test(
  'the API tells what is wrong with a body, and does nothing',
  asvs('15.3.5', '16.5.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    await leavingNoTrace(server, async () => {
      for (const path of ['/api/session', '/api/account', '/api/session/reauthenticate']) {
        for (const [what, body, status, code] of JSON_BODIES) {
          const headers = { cookie, origin: server.origin, 'content-type': 'application/json' }
          const answer = await server.request({ method: 'POST', path, headers, body })
          expect([answer.status, answer.json().code], `${what} to ${path}`).toEqual([status, code])
          expectQuiet(answer, what)
        }
      }
    })
  },
)

test(
  'odd text in the right places is refused or stored as it is, and breaks nothing',
  asvs('15.3.5'),
  async ({ newcomer, server }) => {
    const odd = [
      '\u0000',
      '\ud800',
      '\u202e',
      '\r\nSet-Cookie: x=y',
      '<script>',
      "'; drop table users; --",
      '\uffff',
      '{{7*7}}',
    ]
    for (const text of odd) {
      for (const field of ['name', 'email', 'password'] as const) {
        const { name, email, password } = newcomer
        const data = {
          name,
          email: `${Math.abs(odd.indexOf(text))}${email}`,
          password,
          [field]: `${text}${newcomer[field]}`,
        }
        const answer = await sendJson(server, 'POST', '/api/account', data)
        expectQuiet(answer, JSON.stringify([field, text]))
        expect([201, 400]).toContain(answer.status)
        expect(answer.headers).not.toHaveProperty('x')
      }
    }
    expect(server.db.prepare('select count(*) as users from users').get()).toBeTruthy()
  },
)

test('nobody sets more about themselves than they may', asvs('15.3.3'), async ({ newcomer, server }) => {
  const { name, email, password } = newcomer
  const wishes = { id: 'chosen', administrator: true, passwordHash: 'x', createdAt: 0, role: 'admin', aal: 3 }
  const made = await sendJson(server, 'POST', '/api/account', { name, email, password, ...wishes })
  expect([201, 400]).toContain(made.status)
  const session = {
    assuranceLevel: 3,
    remembered: true,
    remember: true,
    methods: ['hwk'],
    expiresAt: '2099-01-01',
    userId: 'x',
  }
  const begun = await sendJson(server, 'POST', '/api/session', { email, password, ...session })
  expect(begun.status).toBe(201)
  const [row] = server.sessions(email)
  expect([row?.remembered, JSON.parse(row?.authentications ?? '[]')[0][0]]).toEqual([0, 'pwd'])
  const user = server.db.prepare('select id, administrator from users where email = ?').get(email)
  expect(user).toMatchObject({ administrator: 0 })
  expect(user).not.toMatchObject({ id: 'chosen' })
})

test('an id that is none answers as an unknown one', asvs('WSTG-ATHZ-04', '8.2.2'), async ({ alice, bob, server }) => {
  const cookie = await alice.cookieHeader()
  const ids = [
    await bob.sessionId(),
    'AAAAAAAAAAAAAAAAAAAAAA',
    '__proto__',
    'constructor',
    '..%2f..',
    '%00',
    'null',
    'current',
    '%F0%9F%A6%8A',
    "'%20or%201=1--",
    'a'.repeat(5000),
  ]
  await leavingNoTrace(server, async () => {
    for (const id of ids) {
      for (const [method, data] of [
        ['DELETE', undefined],
        ['PATCH', { name: 'x' }],
      ] as const) {
        const answer = await sendJson(server, method, `/api/sessions/${id}`, data, { headers: { cookie } })
        expect([answer.status, answer.json().code], `${method} ${id.slice(0, 30)}`).toEqual([404, 'not_found'])
      }
    }
  })
  expect(await bob.isSignedIn()).toBe(true)
})

test('of two scopes neither is chosen', asvs('15.3.7'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  for (const query of [
    'scope=others&scope=all',
    'scope=all&scope=all',
    'scope[]=all',
    'scope=',
    'scope=ALL',
    '',
    'x=all',
  ]) {
    const answer = await sendJson(server, 'DELETE', `/api/sessions?${query}`, undefined, { headers: { cookie } })
    expect([answer.status, answer.json().code], query).toEqual([400, 'invalid_input'])
  }
  expect(await alice.isSignedIn()).toBe(true)
})

test('a method that an address does not take is refused', asvs('16.5.1', '3.5.3'), async ({ alice, server }) => {
  const headers = { cookie: await alice.cookieHeader(), origin: server.origin }
  const cases: readonly (readonly [string, string])[] = [
    ['PUT', '/api/session'],
    ['PATCH', '/api/session'],
    ['GET', '/api/account'],
    ['POST', '/api/sessions'],
    ['GET', '/sign-out'],
    ['PUT', '/account'],
    ['DELETE', '/account/sessions'],
    ['PATCH', '/sign-in'],
    ['TRACE', '/api/session'],
    ['TRACE', '/account'],
    ['PROPFIND', '/account'],
    ['M-SEARCH', '/'],
  ]
  await leavingNoTrace(server, async () => {
    for (const [method, path] of cases) {
      const answer = await server.request({ method, path, headers })
      expect(answer.status, `${method} ${path}`).toBe(405)
      expectQuiet(answer, path)
    }
  })
})

test('an address names the methods that it takes', asvs('16.5.1'), async ({ server }) => {
  const taken = new Map<string, string[]>([
    ['/oauth/token', ['POST']],
    ['/oauth/jwks', ['GET']],
    ['/oauth/userinfo', ['GET', 'POST']],
    ['/oauth/authorize', ['GET', 'POST']],
  ])
  for (const door of everyDoor()) {
    if (door.kind !== 'handler' || door.method === 'HEAD') continue
    taken.set(door.path, [...(taken.get(door.path) ?? []), door.method])
  }
  expect(taken.size).toBeGreaterThan(20)
  for (const [address, methods] of taken) {
    const path = address.replace(/\[\w+\]/, SOME_ID)
    for (const method of ['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT'].filter(
      (each) => !methods.includes(each),
    )) {
      const answer = await server.request({ method, path, headers: { origin: server.origin } })
      expect(answer.status, `${method} ${path}`).toBe(method === 'OPTIONS' ? 204 : 405)
      const named = (answer.headers.allow ?? '').split(', ').filter((each) => each !== 'HEAD' && each !== 'OPTIONS')
      expect(named.sort(), `${method} ${path}`).toEqual(methods.sort())
    }
  }
  const onPage = await server.request({ method: 'PUT', path: '/account', headers: { origin: server.origin } })
  expect([onPage.status, onPage.headers.allow]).toEqual([405, 'GET, HEAD, POST'])
})

test('a body that never comes keeps nobody waiting for the answer', asvs('16.5.2'), async ({ server }) => {
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nOrigin: ${server.origin}\r\nContent-Length: 9999999\r\n\r\n`
  for (const path of ['/sign-in', '/api/session', '/sign-out']) {
    const answer = await wire(server.port, head(path))
    expect(answer.status, path).toBe(413)
    expect(answer.text).toMatch(/connection: close/i)
  }
})

test('a body that says nothing of its length is counted as it comes', asvs('15.3.5'), async ({ server }) => {
  const chunk = `${(16_384).toString(16)}\r\n${'a'.repeat(16_384)}\r\n`
  const long = (path: string, type: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nOrigin: ${server.origin}\r\nContent-Type: ${type}\r\n` +
    `Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}0\r\n\r\n`
  expect((await wire(server.port, long('/api/session', 'application/json'))).status).toBe(413)
  expect((await wire(server.port, long('/sign-in', 'multipart/form-data; boundary=x'))).status).toBe(413)
})

test('a request that two servers could read differently is refused', asvs('15.3.7'), async ({ server }) => {
  const { port, origin } = server
  const common = `Host: localhost:${port}\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\n`
  const requests: readonly (readonly [string, string, number])[] = [
    ['two lengths', `POST /api/session HTTP/1.1\r\n${common}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    [
      'a length and chunks',
      `POST /api/session HTTP/1.1\r\n${common}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['no host', 'GET /account HTTP/1.1\r\n\r\n', 400],
    ['another address', `GET http://evil.example/account HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 404],
    ['no path', `OPTIONS * HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`, 404],
    ['a space in a header name', `GET / HTTP/1.1\r\nHost : x\r\n\r\n`, 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['an expectation of its own', `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nExpect: miracles\r\n\r\n`, 417],
  ]
  for (const [what, text, status] of requests) expect((await wire(port, text)).status, what).toBe(status)
})

test('headers that Next would stumble over are dropped', asvs('16.5.1', '4.1.3'), async ({ alice, server }) => {
  const cookie = await alice.cookieHeader()
  const trees = ['%7Bbad', '%5B1%2C2%5D', '%E0%A4%A', 'null', '%5B%5D', '%22%22', 'x'.repeat(9000)]
  const odd: NonNullable<RawRequest['headers']>[] = [
    ...trees.map((tree) => ({ rsc: '1', 'next-router-state-tree': tree })),
    ...trees.map((tree) => ({ 'next-router-state-tree': tree })),
    { rsc: '1', 'next-router-prefetch': '1', 'next-router-segment-prefetch': '/../../x' },
    { rsc: 'x', 'next-url': '//evil.example' },
    { 'next-url': '/%E0%A4%A' },
    { 'next-action': 'x' },
    { accept: '*/*;q=x', 'accept-language': '\u00ff', 'accept-encoding': 'x' },
    { range: 'bytes=9-1', 'if-none-match': '*', 'if-modified-since': 'never' },
    { 'user-agent': '\u00ff'.repeat(5000) },
    { 'user-agent': '' },
    { 'sec-ch-ua': '"'.repeat(3000), 'sec-ch-ua-platform': '\\"' },
    { referer: 'not a url', 'sec-fetch-site': 'somewhere', 'sec-fetch-dest': '' },
    { 'content-length': '0', 'content-type': 'x' },
    { authorization: 'Basic eDp4' },
  ]
  await leavingNoTrace(server, async () => {
    for (const headers of odd) {
      for (const path of ['/account', '/sign-in', '/api/session', '/nothing']) {
        const answer = await server.request({ path, headers: { cookie, ...headers } })
        expectQuiet(answer, `${path} ${JSON.stringify(headers).slice(0, 80)}`)
      }
    }
  })
  expect(await alice.isSignedIn()).toBe(true)
})
