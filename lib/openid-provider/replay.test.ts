import { expect } from '@playwright/test'
import { test } from '#db/testing.ts'
import { randomId } from '#lib/random.ts'
import { openidProvider } from './provider.ts'

process.env.SESSION_KEYS ||= 'replay:Wq7Zt2mXv9LcRb4KdYh6NsPf8GgJ3aTeU'

/** Proofs of possession as the protocol library sees them, in a store of this test's own. */
test.beforeEach(({ store }) => {
  Object.assign(globalThis, { signetStore: store })
})
test.afterEach(() => {
  Object.assign(globalThis, { signetStore: undefined })
})

/** How far the library lets a proof's clock be from ours, either way. Seconds. */
const WINDOW = 300
const until = () => Math.floor(Date.now() / 1000) + WINDOW

test('a proof of possession is good once, for as long as its instant is near', {
  tag: '@v5.0.0-10.3.5',
}, async ({ place }) => {
  const { ReplayDetection } = openidProvider()
  const id = randomId()
  expect(await ReplayDetection.unique('app', id, until())).toBe(true)
  // It may have come as much too early.
  for (const seconds of [WINDOW, WINDOW]) {
    await place.ageLinked(seconds)
    expect(await ReplayDetection.unique('app', id, until()), `after ${seconds} more`).toBe(false)
  }
})

test('what names a proof is as long as its maker likes, and is kept in little', {
  tag: '@v5.0.0-10.3.5',
}, async ({ place }) => {
  const { ReplayDetection } = openidProvider()
  const id = 'x'.repeat(8000)
  expect(await ReplayDetection.unique('app', id, until())).toBe(true)
  expect(await ReplayDetection.unique('app', id, until())).toBe(false)
  expect(await ReplayDetection.unique('app', `${id}y`, until())).toBe(true)
  for (const row of await place.query('select * from once_ids')) expect(JSON.stringify(row).length).toBeLessThan(300)
})
