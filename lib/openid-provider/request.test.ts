import { expect, test } from '@playwright/test'
import { acrOf, askedBy, authenticationFor, authTimeOf, reachable, shownAt } from './request.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const at = (secondsAgo: number) => new Date(NOW.getTime() - secondsAgo * 1000)
const session = (secondsAgo: number, ...methods: string[]) => ({
  shownAt: at(secondsAgo),
  authentications: methods.map((method) => ({ method, at: at(secondsAgo) })),
})

test('what a request asks for is read to the letter', () => {
  expect(askedBy({})).toEqual({ anew: false, maxAge: null, level: 0 })
  expect(askedBy({ prompt: 'login consent', max_age: '0', acr_values: 'aal3 aal2' })).toEqual({
    anew: true,
    maxAge: 0,
    level: 2,
  })
  expect(askedBy({ prompt: 'relogin', acr_values: 'AAL3 phr' })).toEqual({ anew: false, maxAge: null, level: 0 })
})

for (const [what, parameters, shown, began, answer] of [
  ['nothing asked', {}, session(9999, 'pwd'), null, 'enough'],
  ['younger than the age', { max_age: '60' }, session(59, 'pwd'), null, 'enough'],
  ['just the age', { max_age: '60' }, session(60, 'pwd'), null, 'enough'],
  ['older than the age', { max_age: '60' }, session(61, 'pwd'), null, 'due'],
  ['asked anew', { prompt: 'login' }, session(0, 'pwd'), null, 'due'],
  ['asked anew, shown before the request', { prompt: 'login' }, session(11, 'pwd'), at(10), 'due'],
  ['asked anew, shown since', { prompt: 'login' }, session(10, 'pwd'), at(10), 'enough'],
  ['old, and shown since', { max_age: '5' }, session(10, 'pwd'), at(10), 'enough'],
  ['less than the level', { acr_values: 'aal2' }, session(5, 'pwd'), null, 'due'],
  ['the level', { acr_values: 'aal2' }, session(5, 'pwd', 'otp'), null, 'enough'],
  ['more than the level', { acr_values: 'aal2' }, session(5, 'hwk'), null, 'enough'],
  ['shown since, and less than the level', { acr_values: 'aal3' }, session(5, 'pwd', 'otp'), at(10), 'due'],
] as const) {
  test(`${what}: ${answer}`, () => {
    expect(authenticationFor(askedBy(parameters), shown, 3, began, NOW)).toBe(answer)
  })
}

test('what the account cannot reach is not asked for', () => {
  const asked = askedBy({ acr_values: 'aal3' })
  expect(authenticationFor(asked, session(0, 'pwd', 'otp'), 2, null, NOW)).toBe('unreachable')
})

test('an account reaches what its factors amount to', () => {
  const none = { password: true, totp: null, passkeys: [], recoveryCodes: 0, identities: 0, securityVersion: 0 }
  expect(reachable(none)).toBe(1)
  expect(reachable({ ...none, recoveryCodes: 1 })).toBe(2)
  expect(reachable({ ...none, password: false, recoveryCodes: 1 })).toBe(1)
  expect(reachable({ ...none, identities: 1 })).toBe(2)
  expect(reachable({ ...none, passkeys: [{}] as never })).toBe(3)
})

test('what tokens say is what the session is', () => {
  expect(acrOf(session(0, 'pwd'))).toBe('aal1')
  expect(acrOf(session(0, 'pwd', 'otp'))).toBe('aal2')
  expect(acrOf(session(0, 'swk'))).toBe('aal3')
  expect(authTimeOf({ shownAt: new Date(1500) })).toBe(1)
})

/** What was shown, each so many seconds ago; from when the lifetime counts; whether the account has an app; the answer. */
const SHOWN = [
  ['a provider that limits the session does not back-date what it saw', { fed: 5 }, 3600, false, 5],
  ['who was signed in there all along was so', { fed: 9000 }, 9000, false, 9000],
  ['each of two at its own time', { fed: 9, otp: 5 }, 3600, true, 9],
  ['one of two alone is not all', { fed: 1800, otp: 5 }, 3600, true, 1800],
  ['a second factor that came later is due', { fed: 5 }, 3600, true, 3600],
  ['the word of a provider for two', { fed: 5, mfa: 5 }, 3600, true, 5],
  ['a full proof here after it', { pwd: 10, otp: 5, fed: 3600 }, 5, true, 5],
  ['no provider, and one factor of two', { pwd: 5 }, 3600, false, 3600],
] as const
for (const [what, shown, lifetime, app, ago] of SHOWN) {
  test(`auth_time: ${what}`, { tag: '@v5.0.0-7.6.1' }, () => {
    const authentications = Object.entries(shown).map(([method, seconds]) => ({ method, at: at(seconds) }))
    const session = { authentications, lifetimeFrom: at(lifetime) }
    const factors = { password: false, passkeys: [], recoveryCodes: 0, identities: 1, securityVersion: 0 }
    const totp = app ? ({} as never) : null
    expect(shownAt(session, { ...factors, totp }, 2)).toEqual(at(ago))
  })
}
