import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from '@playwright/test'
import Database from 'better-sqlite3'
import pg from 'pg'
import type { Store } from '#db/contract.ts'
import { sqlitePlace } from '#db/testing/place.ts'
import { test as base, begin, DIALECTS, NO_LIMIT, newSession, proofOf, signUp } from '#db/testing.ts'
import { epoch, epochProblem, keepEpoch, nextGivenEpoch, raiseEpoch, raiseEpochIfOwn } from './epoch.ts'
import { followEnds, markInFile, marksFile, recordEnds, verifyDatabase } from './high-water.ts'

/** A backup is taken, sessions end, and the backup comes back: what had ended stays so. */
const test = base.extend<{ kept: { file: string } }>({
  kept: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern
    async ({}, use) => {
      const directory = mkdtempSync(join(tmpdir(), 'signet-epoch-'))
      const file = join(directory, 'outside', 'epoch')
      configure({ SESSION_EPOCH_FILE: file })
      await use({ file })
      configure({})
      rmSync(directory, { recursive: true })
    },
    { auto: true },
  ],
})

const GUARDED = { epoch, verify: verifyDatabase } as const

test('a backup that replaces the file under a running server revives nothing', { tag: '@v5.0.0-7.4.1' }, async () => {
  const { place, store, ended, live, backup } = await backedUp()
  await recordEnds(store)
  renameSync(backup, place.path)
  await store.ping()
  expect(epoch()).toBe(2)
  await expectOver(store, [ended, live])
  await place.remove()
})

test('a backup that is played into the file under a running server revives nothing', {
  tag: '@v5.0.0-7.4.1',
}, async () => {
  const { place, store, ended, live, backup } = await backedUp()
  const stop = followEnds(store)
  await expect.poll(() => fileText()).toMatch(/ 1\n/)
  const source = new Database(backup)
  await source.backup(place.path)
  source.close()
  await expect.poll(() => epoch()).toBe(2)
  await expectOver(store, [ended, live])
  stop()
  await place.remove()
})

test('a backup that is put back while the server is stopped revives nothing', { tag: '@v5.0.0-7.4.1' }, async () => {
  const { place, store, ended, live, backup } = await backedUp()
  await recordEnds(store)
  await store.close()
  anotherProcess()
  putBack(backup, place.path)
  const restored = await place.open(GUARDED)
  expect(epoch()).toBe(2)
  await expectOver(restored, [ended, live])
  await place.remove()
})

test('an end that nobody stopped to write down is written within a moment', async () => {
  const { place, store, ended, backup } = await backedUp()
  const stop = followEnds(store)
  const { id, userId } = await begin(store, ended.userId)
  const peer = await place.peer()
  await peer.call('sessions.endForUser', userId, { endedBy: null })
  await expect.poll(async () => markInFile((await store.state()).id)).toBe(3)
  expect(await store.sessions.check(id)).toBeUndefined()
  await peer.close()
  stop()
  anotherProcess()
  await store.close()
  putBack(backup, place.path)
  await place.open(GUARDED)
  expect(epoch()).toBe(2)
  await place.remove()
})

test('what begins after a restored backup lives, and the epoch rises once', async () => {
  const { place, store, backup, live } = await backedUp()
  await recordEnds(store)
  await store.close()
  putBack(backup, place.path)
  const restored = await place.open(GUARDED)
  const fresh = await restored.sessions.begin(newSession(live.userId, { epoch: epoch() }), NO_LIMIT)
  if (fresh.outcome !== 'begun') throw new Error('nothing began')
  await restored.close()
  for (const _ of [1, 2]) {
    anotherProcess()
    const again = await place.open(GUARDED)
    expect(epoch()).toBe(2)
    expect(await again.sessions.list(live.userId)).toMatchObject([{ id: fresh.session.id }])
    await again.close()
  }
  await place.remove()
})

test('another process of the same server raises nothing a second time', async () => {
  const { place, store, backup } = await backedUp()
  await recordEnds(store)
  const behind = { ...(await store.state()), lastEnd: 0, lastRecord: 0 }
  await store.close()
  const here = globalThis as { signetMarks?: unknown; signetEpoch?: unknown }
  const knows = here.signetMarks
  putBack(backup, place.path)
  anotherProcess()
  await place.open(GUARDED)
  expect(epoch()).toBe(2)
  anotherProcess()
  here.signetMarks = knows
  verifyDatabase()(behind)
  expect(epoch()).toBe(2)
  await place.remove()
})

test('the same database as before, whatever was purged, loses nothing', async () => {
  const { place, store, live } = await backedUp()
  await recordEnds(store)
  await place.ageRecords(29 * 24 * 60 * 60)
  await store.sessions.purge(100)
  await recordEnds(store)
  await store.close()
  anotherProcess()
  const again = await place.open(GUARDED)
  expect(epoch()).toBe(1)
  expect(await again.sessions.list(live.userId)).toHaveLength(1)
  await place.remove()
})

test('a new database beside old marks is new, and the old one is as it was', async () => {
  const { place, store, live } = await backedUp()
  await recordEnds(store)
  await store.close()
  anotherProcess()
  const other = sqlitePlace()
  await other.open(GUARDED)
  expect(epoch()).toBe(1)
  anotherProcess()
  const again = await place.open(GUARDED)
  expect(epoch()).toBe(1)
  expect(await again.sessions.list(live.userId)).toHaveLength(1)
  await other.remove()
  await place.remove()
})

test('an end of another process between two looks is no older copy', async () => {
  const { place, store } = await backedUp()
  const verify = verifyDatabase()
  const before = await store.state()
  const { id, lastEnd } = before
  writeFileSync(marksFile(), `${id} ${lastEnd + 1}\n`)
  verify(before)
  expect(epoch()).toBe(1)
  await place.remove()
})

test('a file that cannot be written ends sessions all the same, in this process', async ({ kept }) => {
  const { place, store, ended, live, backup } = await backedUp()
  await recordEnds(store)
  await store.close()
  rmSync(join(kept.file, '..'), { recursive: true })
  writeFileSync(join(kept.file, '..'), 'no directory')
  putBack(backup, place.path)
  const restored = await place.open(GUARDED)
  await expectOver(restored, [ended, live])
  verifyDatabase()(await restored.state())
  expect(epoch(), 'once').toBe(2)
  await place.remove()
})

test('a list of ends that cannot be written ends sessions once', async () => {
  const { place, store, ended, live, backup } = await backedUp()
  await recordEnds(store)
  await store.close()
  const stuck = marksFile()
  const before = readFileSync(stuck, 'utf8')
  putBack(backup, place.path)
  const restored = await place.open(GUARDED)
  await expectOver(restored, [ended, live])
  // As if writing had failed: the file says what it said before.
  writeFileSync(stuck, before)
  verifyDatabase()(await restored.state())
  expect(epoch()).toBe(2)
  await place.remove()
})

test('garbage in the files is passed over', async ({ kept }) => {
  const { place, store } = await backedUp()
  for (const text of ['', '\0', 'x'.repeat(10_000), '-1', '1e9', '{"epoch":9}', '0', `${'9'.repeat(40)}\n`]) {
    anotherProcess()
    writeFileSync(kept.file, text)
    writeFileSync(marksFile(), text)
    verifyDatabase()(await store.state())
    expect(epoch()).toBe(1)
  }
  await place.remove()
})

test('all nodes are given one epoch, and one that is too low is refused', { tag: '@v5.0.0-7.4.1' }, ({ kept }) => {
  configure({ SESSION_EPOCH_FILE: kept.file, SESSION_EPOCH: '4' })
  keepEpoch()
  expect(epoch()).toBe(4)
  expect(epochProblem()).toBeNull()
  expect(raiseEpoch()).toBe(5)
  anotherProcess()
  expect(epoch()).toBe(5)
  expect(epochProblem()).toMatch(/^SESSION_EPOCH=4, .* Set SESSION_EPOCH=5 on every node\.$/)
  configure({ SESSION_EPOCH_FILE: kept.file, SESSION_EPOCH: '6' })
  expect([epoch(), epochProblem()]).toEqual([6, null])
})

test('when everybody is ended by hand, nodes that share an epoch keep it together', { tag: '@v5.0.0-7.4.5' }, ({
  kept,
}) => {
  expect(nextGivenEpoch()).toBeNull()
  expect(raiseEpochIfOwn()).toBe(true)
  expect(readFileSync(kept.file, 'utf8')).toBe('2\n')
  configure({ SESSION_EPOCH_FILE: kept.file, SESSION_EPOCH: '4' })
  expect(raiseEpochIfOwn(), 'what is of before goes on').toBe(false)
  expect(nextGivenEpoch()).toBe(5)
  expect([epoch(), readFileSync(kept.file, 'utf8')], 'this one does not go ahead').toEqual([4, '2\n'])
})

test('a file that cannot be written keeps nobody signed in', { tag: '@v5.0.0-7.4.5' }, ({ kept }) => {
  const notAFolder = join(dirname(dirname(kept.file)), 'file')
  writeFileSync(notAFolder, '')
  configure({ SESSION_EPOCH_FILE: join(notAFolder, 'epoch') })
  expect(() => raiseEpoch()).toThrow()
  anotherProcess()
  expect(epoch()).toBe(1)
  expect(raiseEpochIfOwn()).toBe(false)
  expect(epoch(), 'it rises where it can').toBe(2)
})

test('the epoch is made once and never falls', ({ kept }) => {
  expect(existsSync(kept.file)).toBe(false)
  keepEpoch()
  expect(readFileSync(kept.file, 'utf8')).toBe('1\n')
  raiseEpoch()
  keepEpoch()
  expect(readFileSync(kept.file, 'utf8')).toBe('2\n')
  rmSync(kept.file)
  expect(raiseEpoch()).toBe(3)
})

test.describe('Postgres', () => {
  test.use({ dialect: 'postgres' })

  test('a copy that takes the database’s place under a running server revives nothing', {
    tag: '@v5.0.0-7.4.1',
  }, async ({ place, alice }) => {
    const store = await place.open(GUARDED)
    const [ended, live] = [await begin(store, alice), await begin(store, alice)]
    const name = new URL(place.url).pathname.slice(1)
    await administer(place.url, name, [`create database ${name}_copy template ${name}`])
    await store.sessions.signOut(proofOf(ended))
    await recordEnds(store)
    await administer(place.url, name, [
      `alter database ${name} rename to ${name}_before`,
      `alter database ${name}_copy rename to ${name}`,
    ])
    await expect.poll(() => Promise.resolve(store.sessions.check(ended.id)).catch(() => undefined)).toBeDefined()
    expect(epoch()).toBe(2)
    await expectOver(store, [ended, live])
  })
})

for (const dialect of DIALECTS) {
  test.describe(dialect, () => {
    test.use({ dialect })

    test('sessions go on over a restart', async ({ place, alice }) => {
      const store = await place.open(GUARDED)
      const session = await begin(store, alice)
      await store.sessions.signOut(proofOf(await begin(store, alice)))
      await recordEnds(store)
      await store.close()
      anotherProcess()
      const again = await place.open(GUARDED)
      expect(await again.sessions.touch(proofOf(session), { ip: null, place: null }, 0)).toBe('noted')
      expect(epoch()).toBe(1)
    })
  })
}

/** A database with a backup from before an end. */
async function backedUp() {
  const place = sqlitePlace()
  const store = await place.open(GUARDED)
  const userId = await signUp(store)
  const [ended, live] = [await begin(store, userId), await begin(store, userId)]
  const backup = `${place.path}.backup`
  await place.query(`vacuum into '${backup}'`)
  await store.sessions.signOut(proofOf(ended))
  return { place, store, ended, live, backup }
}

async function expectOver(store: Store, sessions: Awaited<ReturnType<typeof begin>>[]): Promise<void> {
  for (const session of sessions) {
    expect((await store.sessions.check(session.id))?.epoch, 'the row is back').toBe(1)
    expect(await store.sessions.touch(proofOf(session), { ip: null, place: null }, 0)).toBe('session-over')
    expect(await store.sessions.list(session.userId)).toEqual([])
  }
}

function putBack(backup: string, path: string): void {
  for (const end of ['-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
  copyFileSync(backup, path)
}

/** Statements of the server's administrator, once nobody is connected to the database. */
async function administer(url: string, name: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url.replace(`/${name}`, '/postgres') })
  await client.connect()
  try {
    for (const statement of statements) {
      for (let attempt = 0; ; attempt++) {
        await client.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname like '${name}%'`)
        const error = await client.query(statement).then(
          () => null,
          (problem) => problem,
        )
        if (!error) break
        if (attempt > 20) throw error
      }
    }
  } finally {
    await client.end()
  }
}

function fileText(): string {
  return existsSync(marksFile()) ? readFileSync(marksFile(), 'utf8') : ''
}

function configure({ SESSION_EPOCH_FILE, SESSION_EPOCH }: Record<string, string>): void {
  for (const [name, value] of Object.entries({ SESSION_EPOCH_FILE, SESSION_EPOCH })) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  delete (globalThis as { signetSettings?: unknown }).signetSettings
  anotherProcess()
}

/** What a process remembers is forgotten. */
function anotherProcess(): void {
  const here = globalThis as { signetMarks?: unknown; signetEpoch?: unknown }
  delete here.signetMarks
  delete here.signetEpoch
}
