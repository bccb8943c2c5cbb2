/**
 * # Termination: backups
 *
 * Threat: a database is restored from a backup, and with it the sessions of its day: those that were signed out, ended
 * from elsewhere, ended because they had been stolen.
 *
 * Promise: what has ended stays so. How many ends there were is kept outside the database; an older copy of it, put in its
 * place under a running server or before a start, ends every session. Whoever signs in afterwards stays signed in.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asvs, test as book, expect, Guard, Person, somebody, startServer } from './book.ts'
import { signet } from './command-line.ts'
import { openStream } from './event-stream.ts'
import type { Server } from './server.ts'

interface Ground {
  /** A server of the test's own, since its database is replaced. */
  readonly own: Server
  /** Signed in there with two browsers; the laptop has signed out since the backup. */
  readonly dora: Person
  readonly laptop: { readonly cookie: string }
  readonly backup: string
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
  backup: async ({ own }, use) => use(join(own.dataDir, 'backup.db')),
  laptop: async ({ own, dora, backup }, use) => {
    const laptop = await dora.anotherBrowser()
    await laptop.begin()
    const cookie = await laptop.cookieHeader()
    own.db.exec(`vacuum into '${backup}'`)
    expect((await laptop.api.delete('/api/session')).status()).toBe(204)
    await expect.poll(() => noted(own), 'the end is noted outside').toMatch(/^[0-9a-f]{32} 1$/m)
    await use({ cookie })
  },
})

const noted = (server: Server) => {
  try {
    return readFileSync(join(server.dataDir, 'session-epoch.ends'), 'utf8')
  } catch {
    return ''
  }
}
const epochOf = (server: Server) => readFileSync(join(server.dataDir, 'session-epoch'), 'utf8').trim()
const status = async (server: Server, cookie: string) =>
  (await server.request({ path: '/api/session', headers: { cookie } })).status

test(
  'a backup that is put in place under a running server revives nothing',
  asvs('7.4.1', 'WSTG-SESS-06'),
  async ({ own, dora, laptop, backup }) => {
    expect(await dora.isSignedIn()).toBe(true)
    renameSync(backup, own.databaseFile)
    await expect.poll(() => status(own, laptop.cookie)).toBe(401)
    await expect.poll(() => epochOf(own)).toBe('2')
    expect(await status(own, laptop.cookie), 'the ended one').toBe(401)
    expect(await dora.isSignedIn(), 'nor the one that lived: nobody can tell them apart').toBe(false)
    expect(own.log()).toContain('an older copy of the database has taken its place: every session is over')
    await dora.begin()
    await own.restart()
    expect(await dora.isSignedIn(), 'what began since lives').toBe(true)
    expect(epochOf(own)).toBe('2')
  },
)

test(
  'a backup that a server starts with revives nothing',
  asvs('7.4.1', 'WSTG-SESS-06'),
  async ({ own, dora, laptop, backup }) => {
    await own.restart()
    expect(await dora.isSignedIn(), 'a restart alone ends nothing').toBe(true)
    await own.restart({ DATABASE_URL: `file:${backup}` })
    expect(await status(own, laptop.cookie)).toBe(401)
    expect(await dora.isSignedIn()).toBe(false)
    expect(epochOf(own)).toBe('2')
    await dora.begin()
    expect(await dora.isSignedIn()).toBe(true)
  },
)

test(
  'all sessions that the command line ends are over in every copy of the database',
  asvs('7.4.5', '7.4.1'),
  async ({ own, dora, laptop, backup }) => {
    await signet(own, 'sessions', 'end', '--all')
    await expect.poll(() => dora.isSignedIn()).toBe(false)
    const before = epochOf(own)
    await own.restart({ DATABASE_URL: `file:${backup}` })
    expect(await status(own, laptop.cookie)).toBe(401)
    expect(await dora.isSignedIn()).toBe(false)
    expect(Number(epochOf(own))).toBeGreaterThan(Number(before))
  },
)

test(
  'open pages hear that the epoch has risen, before any row has followed',
  asvs('7.4.1', '7.4.5'),
  async ({ own, dora }) => {
    const id = await dora.sessionId()
    const stream = await openStream(own, { cookie: await dora.cookieHeader() })
    await stream.next('timeouts')
    await expect.poll(() => epochOf(own)).toBe('1')
    writeFileSync(join(own.dataDir, 'session-epoch'), '2\n')
    expect(await stream.next('ended')).toMatchObject({ reason: 'revoked' })
    await stream.closed
    expect(own.row(id), 'its row is there still').toBeDefined()
    expect(await dora.isSignedIn(), 'and opens nothing').toBe(false)
  },
)
