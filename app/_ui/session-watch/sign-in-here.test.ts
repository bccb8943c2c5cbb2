import { expect, test } from '@playwright/test'
import { CODES_SWITCHED_OFF } from '#lib/authentication/throttle-words.ts'
import { throttledProblem } from '#lib/http/throttled.ts'
import { verifyHere } from './sign-in-here.ts'

const { fetch } = globalThis

test.afterEach(() => {
  globalThis.fetch = fetch
})

test('whose codes are switched off is told the way out, and anybody else how long to wait', async () => {
  const never = () => expect(false).toBe(true)
  const verify = verifyHere({ onSignedIn: never, onFull: never })
  const told = async (throttled: Response) => {
    globalThis.fetch = async () => throttled
    return (await verify({ status: 'idle' } as never, new FormData())).message
  }
  expect(await told(throttledProblem({ retryAfter: 86_400, lasting: true }))).toBe(CODES_SWITCHED_OFF)
  expect(await told(throttledProblem({ retryAfter: 120, lasting: false }))).toBe(
    'Too many attempts. Try again in 2 minutes.',
  )
  expect(await told(new Response('', { status: 429, headers: { 'retry-after': '30' } }))).toContain('30 seconds')
})
