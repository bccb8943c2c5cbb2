import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from '@playwright/test'
import { createHashing, hashing, THREADS, WAITING } from '#lib/authentication/hashing-threads.ts'

const OPTIONS = { memoryCost: 1024, timeCost: 1 }
const MOST = 2 * THREADS + WAITING

test('threads that cannot start refuse each caller, and nobody waits for ever', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signet-hashing-'))
  const file = join(folder, 'thread.mjs')
  const { make, isFull } = createHashing(file)
  const asked = await Promise.allSettled(Array.from({ length: MOST }, () => make('a password', OPTIONS)))
  expect(asked.map(({ status }) => status)).toEqual(Array(MOST).fill('rejected'))
  expect(isFull()).toBe(false)
  rmSync(folder, { recursive: true })
})

test('what is wrong with one stored hash is told to whoever asked for it, and to nobody else', async () => {
  const { make, check } = createHashing(resolve('lib/authentication/hashing-thread.mjs'))
  const stored = await make('a password', OPTIONS)
  const [broken, right] = await Promise.allSettled([check('no hash at all', 'a password'), check(stored, 'a password')])
  expect([broken.status, right]).toEqual(['rejected', { status: 'fulfilled', value: true }])
})

test('all of the process share one ceiling, however often the module is loaded', () => {
  expect(hashing()).toBe(hashing())
  expect((globalThis as { signetHashing?: unknown }).signetHashing).toBe(hashing())
})
