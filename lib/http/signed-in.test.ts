import { expect } from '@playwright/test'
import type { Store } from '#db/contract.ts'
import { begin, proofOf, test } from '#db/testing.ts'
import { signedInAnswer } from './signed-in.ts'

const NOBODYS = {} as never
const shared = globalThis as { signetStore?: Store }

test.afterEach(() => delete shared.signetStore)

test('a wait that is no way out is told as one', { tag: '@v5.0.0-6.3.1' }, async () => {
  for (const lasting of [true, false]) {
    const answer = await signedInAnswer({ outcome: 'throttled', retryAfter: 9.5, lasting }, NOBODYS)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '10'])
    const body = await answer.json()
    expect([body.code, body.lasting, body.detail]).toEqual(
      lasting
        ? ['too_many_attempts', true, expect.stringContaining('reset your password')]
        : ['too_many_attempts', undefined, undefined],
    )
  }
})

test('a session that was ended in the moment it began is none', { tag: '@v5.0.0-7.4.1' }, async ({ store, alice }) => {
  shared.signetStore = store
  const session = await begin(store, alice)
  await store.sessions.signOut(proofOf(session))
  const signedIn = { outcome: 'signed-in', session, user: await store.users.find(alice), returnTo: '/' } as const
  const answer = await signedInAnswer({ ...signedIn, cookie: {} } as never, NOBODYS)
  expect([answer.status, (await answer.json()).code, answer.headers.has('set-cookie')]).toEqual([
    401,
    'no_session',
    false,
  ])
})
