import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { createKeyFile, isOpenToOthers, replaceKeyFile, WrongKeys } from './file.ts'
import { openRing } from './ring.ts'
import { rotate } from './rotate.ts'

const SECRETS = [
  'q7Vt2mXw9LzRb4KdYh6NcPf8SgJ3aTeU',
  'Zk5Hn8Dw2Qx7Bv4Mj9Lp3Ry6Tc1Gs0Fa',
  'uE4rW9oPq2Zs7Dx1Gc6Vb3Nm8Lk5Jh0Y',
]
const DAY = 86_400

/** A clock that the test turns. */
class Clock {
  at = new Date('2026-01-01T00:00:00Z')
  readonly read = () => this.at
  forward(seconds: number): void {
    this.at = new Date(this.at.getTime() + seconds * 1000)
  }
}

const test = base.extend<{ dir: string; clock: Clock }>({
  dir: async ({ browserName: _ }, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'signet-keys-'))
    await use(dir)
    rmSync(dir, { recursive: true })
  },
  clock: async ({ browserName: _ }, use) => use(new Clock()),
})

const fromEnv = (env: string) => ({ env, file: null, dataDir: '/nowhere' })
const ids = ({ keys }: { readonly keys: readonly { readonly id: string }[] }) => keys.map((key) => key.id)

test('of the keys in the environment the first seals and all open', () => {
  const { sealing, keys, version } = openRing(fromEnv(`b:${SECRETS[0]},a:${SECRETS[1]}`), () => new Date())()
  expect(sealing.id).toBe('b')
  expect(ids({ keys })).toEqual(['b', 'a'])
  expect(version).toBe(1)
})

test('the first start makes a file that nobody else can read; the second finds the same key', ({ dir, clock }) => {
  const source = { env: null, file: null, dataDir: join(dir, 'data') }
  const { sealing } = openRing(source, clock.read)()
  expect(sealing.secret).toMatch(/^[\w-]{43}$/)
  expect(statSync(join(dir, 'data')).mode & 0o777).toBe(0o700)
  expect(statSync(join(dir, 'data', 'session-keys.json')).mode & 0o777).toBe(0o600)
  expect(openRing(source, clock.read)().sealing).toEqual(sealing)
})

test('two processes that start at once agree on one key', ({ dir, clock }) => {
  const path = join(dir, 'session-keys.json')
  createKeyFile(path, clock.at)
  const first = readFileSync(path, 'utf8')
  createKeyFile(path, clock.at)
  expect(readFileSync(path, 'utf8')).toBe(first)
})

test('an own file that others can read is refused, with the remedy', ({ dir, clock }) => {
  const path = join(dir, 'session-keys.json')
  createKeyFile(path, clock.at)
  chmodSync(path, 0o640)
  expect(isOpenToOthers(path)).toBe(true)
  expect(() => openRing({ env: null, file: null, dataDir: dir }, clock.read)).toThrow(`Run: chmod 600 ${path}`)
  chmodSync(path, 0o600)
  expect(openRing({ env: null, file: null, dataDir: dir }, clock.read)().keys).toHaveLength(1)
})

test('a rotated key opens within a second, seals after a minute and lets its predecessor open for 30 days', ({
  dir,
  clock,
}) => {
  const read = openRing({ env: null, file: null, dataDir: dir }, clock.read)
  expect(read().sealing.id).toBe('k1')

  rotate(join(dir, 'session-keys.json'), clock.at)
  clock.forward(0.999)
  expect(ids(read()), 'not looked at again before a second has passed').toEqual(['k1'])
  clock.forward(0.001)
  expect(ids(read())).toEqual(['k2', 'k1'])
  expect(read()).toMatchObject({ sealing: { id: 'k1' }, version: 2 })

  clock.forward(58)
  expect(read().sealing.id, '59 seconds after the rotation').toBe('k1')
  clock.forward(1)
  expect(read(), 'a minute after the rotation').toMatchObject({ sealing: { id: 'k2' }, version: 3 })

  clock.forward(30 * DAY - 1)
  expect(ids(read()), 'a second before it retires').toEqual(['k2', 'k1'])
  clock.forward(1)
  expect(ids(read())).toEqual(['k2'])
  expect(read().version).toBe(4)
})

test('a rotation keeps what has retired apart and never uses an id again', ({ dir, clock }) => {
  const path = join(dir, 'session-keys.json')
  createKeyFile(path, clock.at)
  expect(rotate(path, clock.at).added.id).toBe('k2')
  clock.forward(10 * DAY)
  expect(ids({ keys: rotate(path, clock.at).retiring })).toEqual(['k2', 'k1'])
  clock.forward(21 * DAY)
  const rotation = rotate(path, clock.at)
  expect(ids({ keys: rotation.retired })).toEqual(['k1'])
  expect(rotation.added.id).toBe('k4')
  const ring = openRing({ env: null, file: null, dataDir: dir }, clock.read)()
  expect(ids(ring), 'a retired key opens no session').toEqual(['k4', 'k3', 'k2'])
  expect(ids({ keys: ring.retired })).toEqual(['k1'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a key that appears in a given file opens before it seals', ({ dir, clock }) => {
  const file = join(dir, 'keys')
  writeFileSync(file, `a:${SECRETS[0]}\n`)
  const read = openRing({ env: null, file, dataDir: dir }, clock.read)
  expect(read().sealing.id).toBe('a')
  writeFileSync(file, `b:${SECRETS[1]}\na:${SECRETS[0]}\n`)
  clock.forward(1)
  expect(read()).toMatchObject({ sealing: { id: 'a' }, keys: [{ id: 'b' }, { id: 'a' }] })
  clock.forward(60)
  expect(read().sealing.id).toBe('b')
  writeFileSync(file, `b:${SECRETS[1]}\n`)
  clock.forward(1)
  expect(ids(read()), 'a key that is taken out no longer opens').toEqual(['b'])
})

test('a file that becomes unusable changes nothing', ({ dir, clock }) => {
  const file = join(dir, 'keys')
  writeFileSync(file, `a:${SECRETS[0]}`)
  const read = openRing({ env: null, file, dataDir: dir }, clock.read)
  const before = read()
  for (const text of ['', '{', 'b:short', `{"keys":[{"id":"x","secret":"${'x'.repeat(40)}"}]}`]) {
    writeFileSync(file, text)
    clock.forward(2)
    expect(read(), text).toBe(before)
  }
  rmSync(file)
  clock.forward(2)
  expect(read()).toBe(before)
  writeFileSync(file, `c:${SECRETS[2]}`)
  clock.forward(2)
  expect(ids(read()), 'and is taken up again once it is right').toEqual(['c'])
})

test('a given file that is absent or wrong is refused at start, and no secret is told', ({ dir, clock }) => {
  const file = join(dir, 'keys')
  const open = () => openRing({ env: null, file, dataDir: dir }, clock.read)
  expect(open).toThrow(WrongKeys)
  writeFileSync(file, `{"keys":[{"id":"a","secret":${SECRETS[0]}}]}`)
  expect(open).toThrow(/is not a JSON object/)
  expect(open).not.toThrow(SECRETS[0])
})

test('when every key has retired the newest one serves on', ({ dir, clock }) => {
  const file = join(dir, 'keys.json')
  const retired = { addedAt: null, sealsFrom: null, retiresAt: new Date('2025-01-01T00:00:00Z') }
  replaceKeyFile(file, [
    { id: 'k2', secret: SECRETS[0] ?? '', ...retired },
    { id: 'k1', secret: SECRETS[1] ?? '', ...retired },
  ])
  expect(ids(openRing({ env: null, file, dataDir: dir }, clock.read)())).toEqual(['k2'])
})

test('a clock that is set back does not stop the checks', ({ dir, clock }) => {
  const file = join(dir, 'keys')
  writeFileSync(file, `a:${SECRETS[0]}`)
  const read = openRing({ env: null, file, dataDir: dir }, clock.read)
  writeFileSync(file, `b:${SECRETS[1]}`)
  clock.forward(-DAY)
  expect(ids(read())).toEqual(['b'])
})
