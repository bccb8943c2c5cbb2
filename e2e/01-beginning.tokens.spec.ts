/**
 * # The beginning: tokens and numbers of sessions
 *
 * Threat: a token that can be foreseen needs no theft; a limit on sessions that can be raced is none, and one that
 * works is a way to throw the owner out; a cookie that outlives the browser waits for the next person at the desk.
 *
 * Promise: tokens have 256 bits from the CSPRNG, of which the database holds a digest only. At most ten sessions of an
 * account live at once, the least used gives way and its record says so. The cookie ends with the browser, unless the
 * level allows otherwise and the person asked.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { randomId } from '#lib/random.ts'
import { newToken } from '#lib/session/token.ts'
import { network, sendJson, tally, trySignIn } from './api.ts'
import { asvs, expect, Guard, Person, somebody, startServer, test } from './book.ts'

const SAMPLE = 10_000

test(
  'ten thousand tokens never repeat, and no bit of them leans either way',
  asvs('7.2.3', '11.5.1', 'ASVS4-3.2.2', 'ASVS4-3.2.4', 'WSTG-SESS-01'),
  () => {
    const tokens = Array.from({ length: SAMPLE }, () => newToken())
    expect(new Set(tokens.map(({ token }) => token.toString('hex'))).size).toBe(SAMPLE)
    expect(tokens.every(({ token }) => token.length === 32)).toBe(true)
    expect(tokens.every(({ token, digest }) => createHash('sha256').update(token).digest().equals(digest))).toBe(true)
    const bits = Array.from({ length: 256 }, (_, bit) =>
      tokens.reduce((ones, { token }) => ones + (((token[bit >> 3] ?? 0) >> (bit & 7)) & 1), 0),
    )
    // Each bit is a coin: 5000 heads, and 300 more or less is six standard deviations.
    expect(bits.filter((ones) => Math.abs(ones - SAMPLE / 2) > 300)).toEqual([])
  },
)

test('ten thousand public ids never repeat', asvs('7.2.3', '11.5.1'), () => {
  expect(new Set(Array.from({ length: SAMPLE }, () => randomId())).size).toBe(SAMPLE)
})

test(
  'the database holds a digest, and neither token nor cookie',
  asvs('7.2.2', 'ASVS4-3.2.4', '7.2.3'),
  async ({ alice, server }) => {
    const { digest } = await alice.row()
    expect(digest).toHaveLength(32)
    const files = [server.databaseFile, `${server.databaseFile}-wal`].map((file) => readFileSync(file, 'latin1'))
    for (const part of ((await alice.cookie()) ?? '').split('*').filter((each) => each.length > 20)) {
      expect(files.join('').includes(part), 'part of the cookie stands in the database').toBe(false)
    }
    const asCookie = { cookie: `__Host-session=${digest.toString('base64url')}` }
    expect((await server.request({ path: '/api/session', headers: asCookie })).status).toBe(401)
  },
)

test('two sign-ins give two tokens that have nothing in common', asvs('7.2.2', '7.2.3'), async ({ alice, server }) => {
  const [one, two] = [await trySignIn(server, alice), await trySignIn(server, alice)]
  const sealed = [one, two].map(({ cookies }) => cookies.find(({ name }) => name === '__Host-session')?.value ?? '')
  // The seal's own mark, its key's id and its ending are public and alike; salts, vector, text and signature are not.
  const [a = [], b = []] = sealed.map((text) =>
    text
      .slice(0, -2)
      .split('*')
      .filter((part) => part.length > 10),
  )
  expect(a.filter((part) => b.includes(part))).toEqual([])
  expect(new Set(server.sessions(alice.email).map(({ digest }) => digest.toString('hex'))).size).toBe(3)
})

test(
  'twelve browsers that sign in at once leave ten sessions',
  asvs('7.1.2', 'WSTG-SESS-11', '15.4.2'),
  async ({ newcomer, server }) => {
    await newcomer.haveAccount()
    await newcomer.api.delete('/api/session')
    const all = Array.from({ length: 12 }, (_, number) => trySignIn(server, newcomer, { from: network(number) }))
    expect(tally(await Promise.all(all))).toEqual({ 201: 12 })
    expect(server.sessions(newcomer.email)).toHaveLength(10)
    expect(server.ended(newcomer.email).map(({ reason }) => reason)).toEqual(['signed-out', 'limit', 'limit'])
  },
)

test(
  'the least used session gives way to the eleventh, and the person can see it',
  asvs('7.1.2', 'WSTG-SESS-11'),
  async ({ alice, server }) => {
    const old = await alice.anotherBrowser('safari-mac')
    await old.begin()
    server.ageSession(await old.sessionId(), { lastActive: 600 })
    for (let number = 0; number < 8; number++) await trySignIn(server, alice)
    expect(await old.isSignedIn(), 'ten are allowed').toBe(true)
    await trySignIn(server, alice)
    expect(await old.isSignedIn()).toBe(false)
    expect(await alice.isSignedIn(), 'this one was used later').toBe(true)
    await alice.openSessions()
    await expect(alice.page.getByText('Session limit reached')).toBeVisible()
  },
)

test('a session that has run out takes nobody’s place', asvs('7.1.2'), async ({ alice, server }) => {
  for (let number = 0; number < 9; number++) await trySignIn(server, alice)
  const idle = server.sessions(alice.email).at(-1)
  server.ageSession(idle?.id ?? '', { lastActive: 3600 })
  await trySignIn(server, alice)
  expect(server.ended(alice.email).map(({ reason }) => reason)).not.toContain('limit')
})

test(
  'the cookie ends with the browser, and asking otherwise changes nothing at level 2',
  asvs('WSTG-ATHN-05', 'NIST63B4-5.1-nonpersist'),
  async ({ alice, server }) => {
    const phone = await alice.anotherBrowser('safari-iphone')
    await phone.page.goto('/sign-in')
    await expect(phone.page.getByLabel('Keep me signed in')).toHaveCount(0)
    const { email, password } = alice
    const asked = await sendJson(server, 'POST', '/api/session', { email, password, remember: true })
    const session = asked.cookies.find(({ name }) => name === '__Host-session')
    expect(session?.attributes).not.toHaveProperty('max-age')
    expect(session?.attributes).not.toHaveProperty('expires')
    expect(server.sessions(email).map(({ remembered }) => remembered)).toEqual([0, 0])
  },
)

test(
  'at level 1 the choice is the person’s, and off unless made',
  asvs('WSTG-ATHN-05', 'NIST63B4-5.1-nonpersist'),
  async ({ browser }) => {
    const server = await startServer({ ASSURANCE_LEVEL: '1' })
    const guard = new Guard(server.origin)
    try {
      const dora = await Person.arrive({ browser, server, guard }, somebody('Dora'))
      const kept = async () =>
        (await dora.context.cookies()).find(({ name }) => name === '__Host-session')?.expires ?? 0
      await dora.haveAccount()
      await dora.signIn()
      expect(await kept(), 'until the browser closes').toBe(-1)
      await dora.signIn({ remember: true })
      expect(await kept(), 'a time of its own').toBeGreaterThan(0)
      expect((await dora.row()).remembered).toBe(1)
      await guard.verdict()
    } finally {
      await server.stop()
    }
  },
)
