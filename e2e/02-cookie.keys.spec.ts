/**
 * # The cookie: keys
 *
 * Threat: a key that cannot be changed without signing everybody out is never changed; one that was retired and still
 * opens was never retired.
 *
 * Promise: keys change while people are signed in. A new key seals, the old ones open until they are retired, and a
 * cookie is sealed anew at its next renewal.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asvs, test as book, expect, Guard, Person, somebody, startServer } from './book.ts'
import type { Server } from './server.ts'

interface Ground {
  /** A server of the test's own, since its keys change. */
  readonly own: Server
  /** Signed in there. */
  readonly dora: Person
}

const test = book.extend<Ground>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
  own: async ({}, use) => {
    const server = await startServer()
    await use(server)
    await server.stop()
  },
  dora: async ({ own, browser }, use) => {
    const guard = new Guard(own.origin)
    const dora = await Person.arrive({ browser, server: own, guard }, somebody('Dora'))
    await dora.haveAccount()
    await use(dora)
    await guard.verdict()
  },
})

interface Key {
  readonly id: string
  readonly secret: string
  readonly addedAt?: string | null
  readonly sealsFrom?: string | null
  readonly retiresAt?: string | null
}

const fileOf = (server: Server) => join(server.dataDir, 'session-keys.json')
const keysOf = (server: Server): Key[] => JSON.parse(readFileSync(fileOf(server), 'utf8')).keys
const LONG_AGO = '2020-01-01T00:00:00.000Z'

/** In one step, as an administrator's tool does it. The server looks at the file within a second. */
function writeKeys(server: Server, keys: readonly Key[]): void {
  const draft = `${fileOf(server)}.draft`
  writeFileSync(draft, JSON.stringify({ keys }), { mode: 0o600 })
  renameSync(draft, fileOf(server))
}

function madeKey(id: string): Key {
  return { id, secret: randomBytes(32).toString('base64url'), sealsFrom: LONG_AGO }
}

/** The part of a seal that names its key. */
const keyNamed = (text: string | undefined) => text?.split('*')[1]

test(
  'a new key takes over without signing anybody out, and a retired one opens nothing',
  asvs('13.3.4', 'CS-SESS-renewal'),
  async ({ own, dora }) => {
    const idle = await dora.anotherBrowser()
    await idle.begin()
    const before = await dora.cookie()

    const [old] = keysOf(own)
    if (!old) throw new Error('the server made no key')
    writeKeys(own, [madeKey('k2'), old])
    const newSeal = async () => {
      const other = await dora.anotherBrowser()
      await other.begin()
      return keyNamed(await other.cookie())
    }
    await expect.poll(newSeal, 'the new key seals').not.toBe(keyNamed(before))
    expect(await dora.isSignedIn(), 'the old one opens').toBe(true)

    own.ageSession(await dora.sessionId(), { renewed: 900 })
    await dora.openSessions()
    await dora.openSessions()
    expect(keyNamed(await dora.cookie()), 'sealed anew at its renewal').toBe(await newSeal())

    writeKeys(
      own,
      keysOf(own).map((key) => (key.id === old.id ? { ...key, retiresAt: LONG_AGO } : key)),
    )
    await expect.poll(() => idle.isSignedIn(), 'the retired key opens nothing').toBe(false)
    expect(await dora.isSignedIn()).toBe(true)
  },
)

test(
  'a key file that cannot be read changes nothing, and the log says so',
  asvs('13.3.4', '16.3.4'),
  async ({ own, dora }) => {
    writeFileSync(fileOf(own), 'half a fi', { mode: 0o600 })
    const seen = async () =>
      (await dora.isSignedIn()) && own.log().includes('the key file has changed and cannot be used')
    await expect.poll(seen).toBe(true)
    expect(await dora.isSignedIn()).toBe(true)
  },
)

test(
  'another server with keys of its own takes the cookie for nothing',
  asvs('13.3.4', '7.2.2'),
  async ({ alice, own }) => {
    const answer = await own.request({ path: '/api/session', headers: { cookie: await alice.cookieHeader() } })
    expect(answer.status).toBe(401)
  },
)

test('a restart signs nobody out', asvs('13.3.4', '7.2.1'), async ({ own, dora }) => {
  await own.restart()
  expect(await dora.isSignedIn()).toBe(true)
})
