import { chmodSync, copyFileSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from '@playwright/test'
import Database from 'better-sqlite3'
import { StoreUnavailable } from '../contract.ts'
import { startPeer } from '../testing/peer.ts'
import { sqlitePlace } from '../testing/place.ts'
import { begin, NO_LIMIT, newSession, proofOf, signUp, test as stores } from '../testing.ts'
import { openFile, withSync } from './connection.ts'

/** What can happen to a file, beside what the contract says of every store. */
const test = stores.extend<{ file: string }>({
  place: async ({ dialect: _ }, use) => {
    const place = sqlitePlace()
    await use(place)
    await place.remove()
  },
  file: async ({ place }, use) => use(place.url.slice('file:'.length)),
})

test('an acknowledged step is on the disk: the log is written through at every commit', ({ file }) => {
  const { client } = openFile(file)
  expect(client.pragma('journal_mode', { simple: true })).toBe('wal')
  // 2 is FULL.
  expect(client.pragma('synchronous', { simple: true })).toBe(2)
  expect(client.pragma('foreign_keys', { simple: true })).toBe(1)
  client.close()
})

test('a light write lets the next one be written through again, also when it fails', ({ file }) => {
  const { client } = openFile(file)
  const sync = () => client.pragma('synchronous', { simple: true })
  expect(withSync(client, 'NORMAL', sync)).toBe(1)
  expect(sync()).toBe(2)
  const failing = () => {
    throw new Error('no')
  }
  expect(() => withSync(client, 'NORMAL', failing)).toThrow('no')
  expect(sync()).toBe(2)
  client.close()
})

test('the file and its directory are their owner’s alone', async ({ place, file }) => {
  await begin(await place.open(), await signUp(await place.open()))
  for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
})

test('no empty database takes the place of one that vanished', async ({ store, alice, place, file }) => {
  await place.takeAway()
  for (let call = 0; call < 3; call++) {
    await expect(async () => begin(store, alice)).rejects.toThrow(StoreUnavailable)
    await expect(async () => store.ping()).rejects.toThrow(StoreUnavailable)
  }
  expect(existsSync(file)).toBe(false)
})

test('a file put in the place of the database is used, and keeps its own content', async ({
  store,
  alice,
  place,
  file,
}) => {
  const kept = await begin(store, alice)
  const client = new Database(file)
  client.pragma('wal_checkpoint(truncate)')
  client.close()
  copyFileSync(file, `${file}.backup`)
  for (let index = 0; index < 50; index++) await begin(store, alice)
  renameSync(`${file}.backup`, file)
  expect(await store.sessions.listEnded(alice, 1)).toEqual([])
  await store.sessions.signOut(proofOf(kept))
  expect(await store.sessions.ended(kept.id)).toMatchObject({ reason: 'signed-out' })
  expect(await place.query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }])
  expect(await store.sessions.list(alice)).toEqual([])
})

test('what is no database is an outage, and over when a database is there again', async ({
  store,
  alice,
  place,
  file,
}) => {
  await place.takeAway()
  writeFileSync(file, 'no database'.repeat(1000))
  await expect(async () => begin(store, alice)).rejects.toThrow(StoreUnavailable)
  await expect(async () => store.users.find(alice)).rejects.toThrow(StoreUnavailable)
  await place.bringBack()
  expect(await store.users.find(alice)).toMatchObject({ id: alice })
})

test('a database locked for too long is an outage, and over with the lock', async ({ store, alice, file }) => {
  const client = new Database(file)
  client.exec('begin immediate')
  await expect(async () => begin(store, alice)).rejects.toThrow(StoreUnavailable)
  expect(await store.users.find(alice)).toMatchObject({ id: alice })
  client.exec('rollback')
  client.close()
  expect(await begin(store, alice)).toMatchObject({ generation: 1 })
})

test('a read-only database changes nothing, and is written again once it may be', async ({
  store,
  alice,
  file,
  place,
}) => {
  test.skip(process.getuid?.() !== 0, 'needs another user’s rights to take away')
  await store.close()
  openToAll(file)
  const other = await startPeer(place.url, 65534)
  chmodSync(file, 0o444)
  chmodSync(dirname(file), 0o555)
  const reader = await startPeer(place.url, 65534)
  const wanted = newSession(alice)
  await expect(reader.call('sessions.begin', wanted, NO_LIMIT)).rejects.toThrow(StoreUnavailable)
  await expect(reader.call('ping')).rejects.toThrow(StoreUnavailable)
  openToAll(file)
  expect(await reader.call('sessions.check', wanted.id)).toBeUndefined()
  expect(await reader.call('sessions.begin', wanted, NO_LIMIT)).toMatchObject({ outcome: 'begun' })
  await reader.close()
  await other.close()
})

function openToAll(file: string): void {
  chmodSync(dirname(dirname(file)), 0o777)
  chmodSync(dirname(file), 0o777)
  for (const name of [file, `${file}-wal`, `${file}-shm`]) if (existsSync(name)) chmodSync(name, 0o666)
}
