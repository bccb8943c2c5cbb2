import { expect, test } from '@playwright/test'
import { signedInAnswer } from './signed-in.ts'

const NOBODYS = {} as never

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
