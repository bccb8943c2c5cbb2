import { expect, test } from '@playwright/test'
import type { EndReason } from '#db/contract.ts'
import { PRESETS } from '#lib/session/policy.ts'
import {
  endPhrase,
  lockedSentence,
  parseShownReason,
  reasonSentence,
  SHOWN_REASONS,
  shownReason,
} from '#lib/session/reasons.ts'
import { secondsAfter } from '#lib/time.ts'

const level1 = { ...PRESETS[1], idleWarning: 120 }
const level2 = { ...PRESETS[2], idleWarning: 120 }

/** Stored reason, what `?reason=` says, the row's phrase without and with a device that ended it. */
const REASONS: [EndReason, string, string, string][] = [
  ['signed-out', 'signed-out', 'You signed out', 'You signed out'],
  [
    'signed-in-again',
    'signed-out',
    'You signed in again in the same browser',
    'You signed in again in the same browser',
  ],
  ['signed-out-elsewhere', 'revoked', 'Ended from another device', 'Ended from Firefox on Linux'],
  ['signed-out-everywhere', 'revoked', 'You signed out everywhere', 'You signed out everywhere, from Firefox on Linux'],
  ['idle', 'idle', 'No activity for 15 minutes', 'No activity for 15 minutes'],
  ['expired', 'expired', 'Reached its 8-hour limit', 'Reached its 8-hour limit'],
  ['replayed', 'replayed', 'A copy of its cookie was used', 'A copy of its cookie was used'],
  ['limit', 'revoked', 'Session limit reached', 'Session limit reached'],
  ['administrator', 'revoked', 'Ended by an administrator', 'Ended by an administrator'],
  ['password-changed', 'password-changed', 'The password was changed', 'The password was changed'],
  ['reset', 'password-changed', 'The password was reset', 'The password was reset'],
  ['factor-changed', 'revoked', 'The way of signing in was changed', 'The way of signing in was changed'],
  ['reported', 'revoked', 'You reported that it was not you', 'You reported that it was not you'],
  ['epoch', 'revoked', 'All sessions were ended at once', 'All sessions were ended at once'],
]

for (const [reason, shown, alone, withDevice] of REASONS) {
  test(`an end as ${reason} is shown as ${shown}: ${withDevice}`, () => {
    expect(shownReason(reason)).toBe(shown)
    expect(endPhrase({ reason, endedBy: null }, level2)).toBe(alone)
    expect(endPhrase({ reason, endedBy: 'Firefox on Linux' }, level2)).toBe(withDevice)
  })
}

test('no number is claimed where sessions may have been remembered', () => {
  expect(endPhrase({ reason: 'idle', endedBy: null }, level1)).toBe('No activity for too long')
  expect(endPhrase({ reason: 'expired', endedBy: null }, level1)).toBe('Reached its time limit')
})

test('every shown reason has a sentence of its own', () => {
  expect(new Set(SHOWN_REASONS.map(reasonSentence)).size).toBe(SHOWN_REASONS.length)
})

for (const text of [null, undefined, '', 'IDLE', 'limit', '__proto__', 'constructor', '<script>', 'idle,expired']) {
  test(`?reason=${text} chooses no sentence`, () => {
    expect(parseShownReason(text)).toBeNull()
  })
}

test('the six of the surface are understood', () => {
  for (const reason of SHOWN_REASONS) expect(parseShownReason(reason)).toBe(reason)
})

test('a session that was locked before its time was not locked by inactivity', () => {
  const policy = { ...PRESETS[2], idleWarning: 120 }
  const lastActiveAt = new Date('2026-01-01T12:00:00Z')
  const times = { beganAt: lastActiveAt, lifetimeFrom: lastActiveAt, lastActiveAt, remembered: false }
  const after = (seconds: number) => lockedSentence({ ...times, lockedAt: secondsAfter(lastActiveAt, seconds) }, policy)
  expect(after(15 * 60)).toContain('because nothing happened here for a while')
  expect(after(15 * 60 - 1)).toContain('because it went on with another browser or on another system')
  expect(lockedSentence({ ...times, lockedAt: null }, policy)).toContain('because nothing happened here')
})
