/**
 * # Termination: what is over stays over
 *
 * Threat: somebody kept the cookie. The session ends, by its owner's hand, from elsewhere, by time, and the copy goes
 * on opening pages, or an answer that was on its way brings the session back.
 *
 * Promise: a session lives in one row. When the row goes, every token it ever had opens nothing more, on pages, in the
 * API, for forms that were open and for streams; whatever ended it, a stranger gets the same answer; and what had begun
 * before the end changes nothing after it.
 */
import { asvs, expect, type Person, test } from './book.ts'
import { openStream } from './event-stream.ts'
import type { RawAnswer } from './raw.ts'
import { administrationPages, privateApi, privatePages } from './routes.ts'
import type { Server } from './server.ts'
import { type Doors, type OpenForm, openForm, tryDoors, withoutTimes } from './ways-in.ts'

const nameForm = (server: Server, cookie: string, name = 'Thief') =>
  openForm(server, cookie, '/account', { button: 'Save name', values: { name } })

/** Nothing of the account in any answer, nothing that would bring the session back. */
function expectShut(doors: Doors, { name, email }: Person): void {
  const statuses = Object.values(doors).map(({ status }) => status)
  expect(statuses).toEqual([307, 401, 401, 303, 401])
  for (const answer of Object.values(doors)) {
    expect(answer.body).not.toContain(email)
    expect(answer.body).not.toContain(name)
    expect(answer.headers['cache-control']).toContain('no-store')
    expect(answer.cookies.filter((cookie) => cookie.name === '__Host-session' && cookie.value !== '')).toEqual([])
  }
  expect(doors.page.headers.location).toMatch(/^\/sign-in\?/)
  expect(doors.action.headers.location).toMatch(/^\/sign-in\?/)
}

test(
  'a copied cookie is worthless once its owner signs out',
  asvs('7.4.1', 'ASVS4-3.3.1', 'WSTG-SESS-06'),
  async ({ alice, mallory }) => {
    await mallory.copyCookiesFrom(alice)
    await mallory.openSessions()
    await alice.signOut()
    await mallory.page.goto('/account/sessions')
    await expect(mallory.page).toHaveURL(/\/sign-in\?reason=signed-out/)
    await expect(mallory.page.getByText('Recently ended')).toHaveCount(0)
    expect(await mallory.isSignedIn()).toBe(false)
  },
)

/** Every way in which a session ends, from outside of it. */
const ENDS: readonly (readonly [string, (owner: Person, server: Server) => unknown])[] = [
  ['its owner signed out', (owner) => owner.api.delete('/api/session')],
  ['its owner ended it from elsewhere', (owner) => fromElsewhere(owner, 'others')],
  ['its owner signed out everywhere', (owner) => fromElsewhere(owner, 'all')],
  ['its owner signed in again', (owner) => owner.begin()],
  ['nobody used it', async (owner, server) => server.ageSession(await owner.sessionId(), { lastActive: 15 * 60 })],
  ['its time was up', async (owner, server) => server.ageSession(await owner.sessionId(), { began: 8 * 60 * 60 })],
]

async function fromElsewhere(owner: Person, scope: 'others' | 'all'): Promise<void> {
  const other = await owner.anotherBrowser()
  await other.begin()
  await other.api.delete(`/api/sessions?scope=${scope}`)
}

for (const [cause, end] of ENDS) {
  test(
    `nothing opens by a cookie of a session once ${cause}`,
    asvs('7.4.1', 'ASVS4-3.3.1', 'WSTG-SESS-06.artifact', '14.3.2'),
    async ({ alice, server }) => {
      const cookie = await alice.cookieHeader()
      const form = await nameForm(server, cookie)
      await end(alice, server)
      expectShut(await tryDoors(server, cookie, form), alice)
      expect(server.db.prepare('select name from users where email = ?').get(alice.email)).toEqual({ name: 'Alice' })
    },
  )
}

test(
  'the answer is the same whatever ended it, and the same as to a cookie that never was one',
  asvs('7.4.1', '16.5.1'),
  async ({ alice, server }) => {
    const answers: unknown[] = []
    const none: OpenForm = { path: '/account', type: 'text/plain', body: '' }
    for (const [, end] of ENDS) {
      await alice.context.clearCookies()
      await alice.begin()
      const cookie = await alice.cookieHeader()
      await end(alice, server)
      const { read, change, stream } = await tryDoors(server, cookie, none)
      answers.push([read, change, stream].map(withoutTimes))
    }
    const strangers = ['', '__Host-session=Fe26.2*1*ab*cd*ef**12*34~2', '__Host-session=nonsense']
    for (const cookie of strangers) {
      const { read, change, stream } = await tryDoors(server, cookie, none)
      answers.push([read, change, stream].map(withoutTimes))
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
  },
)

/** How it ended, and how often a use of it afterwards is noted. */
const TRACES: readonly (readonly [...(typeof ENDS)[number], number])[] = [
  ['its owner signed out', (owner) => owner.api.delete('/api/session'), 1],
  ['its owner ended it from elsewhere', (owner) => fromElsewhere(owner, 'others'), 1],
  ['its time was up', async (owner, server) => server.ageSession(await owner.sessionId(), { began: 8 * 60 * 60 }), 0],
]

for (const [cause, end, noted] of TRACES) {
  test(
    `a copy that is used once ${cause} leaves ${noted === 0 ? 'no trace' : 'a trace, and one of many tries'}`,
    asvs('16.3.3', '7.4.1'),
    async ({ alice, server }) => {
      const id = await alice.sessionId()
      const cookie = await alice.cookieHeader()
      const read = async () => (await server.request({ path: '/api/session', headers: { cookie } })).status
      const traces = () =>
        server.events(alice.email).filter((event) => event.kind === 'ended-session-used' && event.session_id === id)
      await end(alice, server)
      expect(await read(), 'it may have been on its way').toBe(401)
      expect(traces()).toEqual([])
      server.db.prepare('update ended_sessions set ended_at = ended_at - 30000 where id = ?').run(id)
      for (let tries = 0; tries < 3; tries++) expect(await read()).toBe(401)
      expect(traces()).toHaveLength(noted)
    },
  )
}

test(
  'every page and every method of the API refuses it',
  asvs('7.4.1', 'ASVS4-3.3.1', '14.3.2'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    await alice.api.delete('/api/session')
    expect(privatePages().length).toBeGreaterThan(3)
    for (const path of [...privatePages(), ...administrationPages()]) {
      const { status, headers } = await server.request({ path, headers: { cookie } })
      expect([status, headers.location], path).toEqual([307, expect.stringContaining('/sign-in?reason=signed-out')])
    }
    expect(privateApi().length).toBeGreaterThan(5)
    for (const { method, path } of privateApi()) {
      const headers = { cookie, origin: server.origin, 'content-type': 'application/json' }
      const body = method === 'POST' || method === 'PATCH' ? '{}' : undefined
      const answer = await server.request({ method, path, headers, body })
      expect(answer.status, `${method} ${path}`).toBe(401)
      if (method !== 'HEAD') expect(answer.json()).toMatchObject({ code: 'no_session' })
      expect(answer.headers['cache-control'], path).toContain('no-store')
    }
  },
)

test(
  'why it ended is told to the browser that had it, and to nobody else',
  asvs('7.4.1'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    await alice.api.delete('/api/session')
    const sent = async (header: string) =>
      (await server.request({ path: '/account', headers: { cookie: header } })).headers.location
    expect(await sent(cookie)).toBe('/sign-in?reason=signed-out&returnTo=%2Faccount')
    const forged = cookie.replace(/(__Host-session=Fe26\.2\*\d+\*)[0-9a-f]{8}/, '$100000000')
    expect(forged).not.toBe(cookie)
    expect(await sent(forged)).toBe('/sign-in?returnTo=%2Faccount')
  },
)

test(
  'the sign-in page goes by the cookie, and by its address only where that tells nothing',
  asvs('7.4.1', 'CS-SESS-clientlogout'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    server.ageSession(await alice.sessionId(), { began: 8 * 60 * 60 })
    const notice = async (path: string, header: string) => {
      const { body } = await server.request({ path, headers: { cookie: header } })
      return [body.includes('Your session reached its time limit'), body.includes('nothing happened here for a while')]
    }
    // Without scripts a page leads there when inactivity would have ended it, whatever has.
    expect(await notice('/sign-in?reason=idle&returnTo=%2Faccount', cookie)).toEqual([true, false])
    expect(await notice('/sign-in', cookie), 'a visit, with the cookie of yesterday').toEqual([true, false])
    expect(await notice('/sign-in?reason=idle', ''), 'nobody’s').toEqual([false, true])
    expect(await notice('/sign-in', '')).toEqual([false, false])
  },
)

test(
  'signing out is a POST with the form’s own value; nothing else signs anybody out',
  asvs('3.5.3', 'NIST63B4-5.1-logoff'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    for (const method of ['GET', 'HEAD']) {
      expect((await server.request({ method, path: '/sign-out', headers: { cookie } })).status).toBe(405)
    }
    for (const body of ['', 'formToken=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA']) {
      const headers = { cookie, origin: server.origin, 'content-type': 'application/x-www-form-urlencoded' }
      const { headers: told, cookies } = await server.request({ method: 'POST', path: '/sign-out', headers, body })
      expect([told.location, cookies]).toEqual(['/account/sessions?problem=form', []])
    }
    expect(await alice.isSignedIn()).toBe(true)
  },
)

test(
  'signing out clears the cookie with all its attributes, and what the browser keeps of the site',
  asvs('14.3.1', 'CS-SESS-csd', 'ASVS4-8.2.3'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    const form = await openForm(server, cookie, '/account', { button: 'Sign out', values: {} })
    const headers = { cookie, origin: server.origin, 'content-type': form.type }
    const {
      status,
      headers: told,
      cookies,
    } = await server.request({ method: 'POST', path: '/sign-out', headers, body: form.body })
    expect(status).toBe(303)
    expect(told).toMatchObject({ location: '/sign-in?reason=signed-out', 'clear-site-data': '"cache", "storage"' })
    expect(cookies).toEqual([expect.objectContaining({ name: '__Host-session', value: '', maxAge: 0 })])
  },
)

test(
  'a session that ended elsewhere leaves the browser at its next arrival',
  asvs('14.3.1', 'CS-SESS-csd'),
  async ({ alice }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    await alice.api.delete('/api/sessions?scope=others')
    const arrival = laptop.page.waitForResponse((answer) => new URL(answer.url()).pathname === '/sign-in')
    await laptop.page.goto('/account/sessions')
    expect(await (await arrival).headerValue('clear-site-data')).toBe('"cache", "storage"')
    await expect(laptop.page).toHaveURL('/sign-in?reason=revoked&returnTo=%2Faccount%2Fsessions')
    await expect(laptop.page.getByRole('status')).toContainText('This session was ended from somewhere else')
    expect(await laptop.cookie()).toBeUndefined()
  },
)

test(
  'what is kept of it holds nothing that opens anything',
  asvs('7.4.1', 'CS-SESS-history'),
  async ({ alice, server }) => {
    const id = await alice.sessionId()
    const { digest } = await alice.row()
    await alice.api.delete('/api/session')
    expect(server.row(id)).toBeUndefined()
    const record = server.endedRow(id) as unknown as Record<string, unknown>
    expect(Object.keys(record).filter((column) => /digest|token|successor|predecessor|wrapped/.test(column))).toEqual(
      [],
    )
    const written = server.fingerprint()
    expect(written).not.toContain(digest.toString('hex'))
    expect(written).not.toContain(JSON.stringify(digest))
  },
)

test('signing out beats a renewal that is on its way', asvs('7.4.1', 'CS-SESS-renewal'), async ({ alice, server }) => {
  const id = await alice.sessionId()
  const cookie = await alice.cookieHeader()
  const form = await nameForm(server, cookie)
  server.ageSession(id, { renewed: 15 * 60 })
  // Its answer is still on its way when the owner signs out with the token of before.
  const late = await server.request({ path: '/account', headers: { cookie } })
  const successor = late.cookies.find(({ name }) => name === '__Host-session')?.value
  expect(successor).toBeDefined()
  await alice.api.delete('/api/session')
  expectShut(await tryDoors(server, `__Host-session=${successor}`, form), alice)
  expect(server.row(id)).toBeUndefined()
})

test(
  'however renewals and the sign-out cross, no cookie that was handed out lives on',
  asvs('7.4.1', '15.4.2'),
  async ({ alice, server }) => {
    const cookie = await alice.cookieHeader()
    server.ageSession(await alice.sessionId(), { renewed: 15 * 60 })
    const visits = Array.from({ length: 30 }, () => server.request({ path: '/account', headers: { cookie } }))
    const signOut = server.request({
      method: 'DELETE',
      path: '/api/session',
      headers: { cookie, origin: server.origin },
    })
    const answers = [await signOut, ...(await Promise.all(visits))]
    const handedOut = new Set(answers.flatMap(({ cookies }) => cookies.map(({ value }) => value)).filter(Boolean))
    for (const value of [...handedOut, await alice.cookie()]) {
      const headers = { cookie: `__Host-session=${value}` }
      expect((await server.request({ path: '/api/session', headers })).status).toBe(401)
    }
  },
)

test(
  'an act that had begun before the end changes nothing after it',
  asvs('7.4.1', '15.4.2'),
  async ({ alice, server }) => {
    const laptop = await alice.anotherBrowser('firefox-linux')
    await laptop.begin()
    const name = { path: `/api/sessions/${await laptop.sessionId()}`, body: JSON.stringify({ name: 'In flight' }) }
    let answer: RawAnswer | undefined
    const runsOutMeanwhile = async () => {
      const id = await beginAnew(alice)
      answer = await actAcross(alice, server, name, () => server.ageSession(id, { lastActive: 15 * 60 }))
      // Whatever meets this session at a door locks it there. While it is not, the act was past all doors; what
      // waited too long for its turn says nothing.
      return server.row(id)?.locked_at === null && answer.status !== 503
    }
    await expect.poll(runsOutMeanwhile).toBe(true)
    expect(answer?.status).toBe(401)
    expect(answer?.json()).toMatchObject({ code: 'no_session' })
    expect(server.events(alice.email).filter(({ kind }) => kind === 'session-renamed')).toEqual([])
  },
)

async function beginAnew(alice: Person): Promise<string> {
  await alice.begin()
  return alice.sessionId()
}

/** Another process is writing. The act earns its proof and waits for its turn; that process writes `meanwhile` first. */
async function actAcross(
  alice: Person,
  server: Server,
  act: { readonly path: string; readonly body: string },
  meanwhile: () => void,
): Promise<RawAnswer> {
  const headers = { cookie: await alice.cookieHeader(), origin: server.origin, 'content-type': 'application/json' }
  server.db.exec('begin immediate')
  const answer = server.request({ method: 'PATCH', ...act, headers })
  await expect.poll(() => isWaiting(server)).toBe(true)
  meanwhile()
  server.db.exec('commit')
  return answer
}

/** An embedded database is waited for by the whole process: it answers nothing else meanwhile. */
async function isWaiting(server: Server): Promise<boolean> {
  const probe = server.request({ path: '/api/health' }).then(() => false)
  const silence = new Promise<boolean>((resolve) => setTimeout(() => resolve(true), 150))
  return Promise.race([probe, silence])
}

test(
  'acts and the end at the same time: each act came before the end or did not happen',
  asvs('7.4.1', '15.4.2'),
  async ({ alice, server }) => {
    const id = await alice.sessionId()
    const cookie = await alice.cookieHeader()
    const act = (i: number) =>
      server.request({
        method: 'PATCH',
        path: `/api/sessions/${id}`,
        headers: { cookie, origin: server.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `Act ${i}` }),
      })
    const acts = Array.from({ length: 20 }, (_, i) => act(i))
    const signOut = alice.api.delete('/api/session')
    const later = Array.from({ length: 20 }, (_, i) => act(20 + i))
    await signOut
    const statuses = (await Promise.all([...acts, ...later])).map(({ status }) => status)
    const done = server.events(alice.email).filter(({ kind }) => kind === 'session-renamed')
    expect(done).toHaveLength(statuses.filter((status) => status === 204).length)
    const end = server.events(alice.email).find(({ kind }) => kind === 'session-ended')
    for (const event of done) expect(event.seq).toBeLessThan(end?.seq ?? 0)
  },
)

test(
  'a stream closes with its session, and a copied cookie opens no other',
  asvs('7.4.1'),
  async ({ alice, server }) => {
    // Each heartbeat looks at the row and would bring a missed end to light. One that came by chance proves nothing.
    await expect.poll(() => heartbeatsUntilClosed(alice, server)).toBe(0)
  },
)

/** Signs out under an open stream. Answers how many heartbeats came from then until it had closed. */
async function heartbeatsUntilClosed(alice: Person, server: Server): Promise<number> {
  await alice.begin()
  const cookie = await alice.cookieHeader()
  const stream = await openStream(server, { cookie })
  expect(stream.status).toBe(200)
  await stream.next('timeouts')
  const before = stream.heartbeats()
  await alice.api.delete('/api/session')
  expect(await stream.next('ended')).toEqual({ reason: 'signed-out', at: expect.any(String) })
  await stream.closed
  expect((await openStream(server, { cookie })).status).toBe(401)
  return stream.heartbeats() - before
}
