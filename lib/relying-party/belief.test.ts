import { expect, test } from '@playwright/test'
import { HOUR, secondsAfter } from '#lib/time.ts'
import { lifetimeFrom, methodsOf } from './belief.ts'
import { problemSentence } from './problems.ts'

const WORK = { twoFactors: { acr: ['gold'], amr: ['mfa'] } } as unknown as Parameters<typeof methodsOf>[0]
const NOW = new Date('2026-01-01T12:00:00Z')
const ago = (seconds: number) => secondsAfter(NOW, -seconds)
const POLICY = { ordinary: { inactivityTimeout: 900, absoluteLifetime: 8 * HOUR } }

const SAID: readonly [string | null, readonly string[], readonly string[]][] = [
  [null, [], ['fed']],
  ['silver', ['pwd'], ['fed']],
  ['GOLD', ['MFA'], ['fed']],
  ['gold', [], ['fed', 'mfa']],
  [null, ['pwd', 'mfa'], ['fed', 'mfa']],
  // A provider's passkey is none of ours.
  ['phr', ['hwk', 'swk'], ['fed']],
]
for (const [acr, amr, methods] of SAID) {
  test(`acr ${acr}, amr ${amr.join(' ')}: ${methods.join(' ')}`, { tag: '@v5.0.0-6.8.4' }, () => {
    expect(methodsOf(WORK, { acr, amr })).toEqual(methods)
    expect(methodsOf({ ...WORK, twoFactors: { acr: [], amr: [] } }, { acr, amr })).toEqual(['fed'])
  })
}

/** Hours since the authentication; what is configured; hours until the provider's own end; hours that are left. */
const LASTS: readonly [number, number | null, number | null, number | null][] = [
  [0, null, null, 8],
  [3, null, null, 5],
  [8, null, null, null],
  [0, 1, null, 1],
  [1, 1, null, null],
  [0, 12, null, 8],
  [0, null, 2, 2],
  [3, 6, 1, 1],
  [3, 6, 9, 3],
  [0, null, -1, null],
  [0, null, 0, null],
]
for (const [since, configured, until, left] of LASTS) {
  test(`signed in ${since} h ago, ${configured ?? 'no'} h configured, ${until ?? 'no'} h said: ${left ?? 'no'} h left`, {
    tag: '@v5.0.0-7.6.1',
  }, () => {
    const assertion = {
      authenticatedAt: ago(since * HOUR),
      sessionExpiry: until === null ? null : secondsAfter(NOW, until * HOUR),
    }
    const provider = { sessionLifetime: configured === null ? null : configured * HOUR }
    const from = lifetimeFrom(provider, assertion, POLICY, NOW)
    expect(from && secondsAfter(from, 8 * HOUR)).toEqual(left === null ? null : secondsAfter(NOW, left * HOUR))
  })
}

test('a problem chooses among our own sentences, and the name is the deployment’s', { tag: '@v5.0.0-3.7.2' }, () => {
  expect(problemSentence('unreachable', 'Work')).toMatch(/^Work cannot be reached/)
  for (const text of ['toString', '__proto__', '<b>', '', undefined, ['unreachable']]) {
    expect(problemSentence(text, 'Work')).toBeNull()
  }
})
