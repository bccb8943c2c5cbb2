import { expect } from '@playwright/test'
import type { Store } from '#db/contract.ts'
import { randomId, test } from '#db/testing.ts'
import { signUp } from './sign-up.ts'

const shared = globalThis as { signetStore?: Store }

test.afterEach(() => delete shared.signetStore)

test('all sessions are ended while somebody signs up: there is an account, and they sign in', {
  tag: '@v5.0.0-7.4.5',
}, async ({ place }) => {
  // The store knows already that the epoch has risen, and the sign-up does not yet.
  const store = await place.open({ epoch: () => 1_000_000 })
  shared.signetStore = store
  const email = `${randomId().toLowerCase()}@example.org`
  const browser = { device: { browser: null, os: null, kind: 'desktop', userAgent: null }, browser: randomId() }
  const context = { ...browser, origin: { ip: null, place: null }, cookieHeader: null, sessionText: null }
  const wanted = { name: 'Ada', email, password: 'a gentle otter counts the tides' }
  const done = await signUp(wanted, context as never)
  expect(done).toEqual({ outcome: 'no-session' })
  expect(await store.users.findByEmail(email)).toMatchObject({ name: 'Ada' })
})
