import { expect, test } from '@playwright/test'
import type { EndReason, EventKind } from '#db/contract.ts'
import { EVENT_LABELS, eventSentence, parseEventKind } from '#lib/audit/sentences.ts'

const device = 'Firefox on Linux'
const KINDS = Object.keys(EVENT_LABELS) as EventKind[]

const TOLD: [EventKind, Record<string, string>, string][] = [
  ['account-created', {}, 'Account created'],
  ['signed-in', { method: 'pwd', newDevice: 'true' }, 'Signed in with password from a new device'],
  ['signed-in', { method: 'pwd', newDevice: 'false' }, 'Signed in with password'],
  ['signed-in', { method: 'pwd xyz' }, 'Signed in with password and an unknown method'],
  ['sign-in-failed', {}, 'Sign-in failed: the password was wrong'],
  ['sign-in-failed', { method: 'swk' }, 'Sign-in failed: the passkey was wrong'],
  [
    'sign-in-failed',
    { method: 'hwk', because: 'counter' },
    'Sign-in failed: the passkey’s count of its uses went back, so there may be a copy of it',
  ],
  ['second-factor-failed', { method: 'otp' }, 'Somebody knew the password and failed at the second step'],
  [
    'second-factor-failed',
    { because: 'counter' },
    'Somebody knew the password and failed at the second step: ' +
      'the passkey’s count of its uses went back, so there may be a copy of it',
  ],
  ['reauthentication-failed', { method: 'otp' }, 'Confirming that it is you failed: the authenticator code was wrong'],
  ['reauthenticated', { method: 'pwd' }, 'You confirmed that it is you with password'],
  [
    'session-ended',
    { reason: 'administrator', why: 'phone was stolen' },
    'Session ended: an administrator ended it: phone was stolen',
  ],
  [
    'administered',
    { act: 'sessions-ended', user: 'bob@example.org', reason: 'phone was stolen' },
    'As an administrator you ended sessions of bob@example.org: phone was stolen',
  ],
  ['administered', { act: 'account-deleted', userId: 'x' }, 'As an administrator you deleted the account of somebody'],
  ['session-renamed', { name: 'Kitchen tablet' }, 'Session named “Kitchen tablet”'],
  ['session-renamed', {}, 'The name of a session was taken away'],
  ['profile-changed', { name: 'Alice' }, 'Name changed to “Alice”'],
  ['app-linked', { app: 'Notes' }, 'An application was linked to the account: “Notes”'],
  ['app-disconnected', {}, 'An application was disconnected'],
  [
    'client-removed',
    { name: 'Notes', reason: 'unused' },
    'As an administrator you removed an application: “Notes”: unused',
  ],
  ['identity-linked', { provider: 'Example' }, 'Another account was linked for signing in: “Example”'],
]

for (const [kind, detail, sentence] of TOLD) {
  test(`${kind} ${JSON.stringify(detail)} reads: ${sentence}`, () => {
    expect(eventSentence({ kind, device, detail })).toBe(sentence)
  })
}

const ENDED: Record<EndReason, string> = {
  'signed-out': 'you signed out from Firefox on Linux',
  'signed-in-again': 'you signed in again in the same browser',
  'signed-out-elsewhere': 'you signed out Firefox on Linux from Chrome on Windows',
  'signed-out-everywhere': 'you signed out everywhere from Chrome on Windows',
  idle: 'no activity for too long',
  expired: 'it reached its time limit',
  replayed: 'a copy of its cookie was used',
  limit: 'the limit on sessions was reached',
  administrator: 'an administrator ended it',
  'role-changed': 'the rights of the account changed',
  'password-changed': 'the password was changed',
  'factor-changed': 'the way of signing in was changed',
  'email-changed': 'the email address was changed',
  reset: 'the password was reset',
  reported: 'you reported that it was not you',
  disabled: 'the account was disabled',
  deleted: 'the account was deleted',
  circumstances: 'its cookie turned up in other circumstances',
  provider: 'you were signed out at the provider that signed you in',
  epoch: 'all sessions were ended at once',
}

for (const [reason, end] of Object.entries(ENDED)) {
  test(`a session that ended as ${reason}: ${end}`, () => {
    const event = { kind: 'session-ended', device, detail: { reason, endedBy: 'Chrome on Windows' } } as const
    expect(eventSentence(event)).toBe(`Session ended: ${end}`)
  })
}

test('every kind reads well when nothing is known of it', () => {
  for (const kind of KINDS) {
    expect(eventSentence({ kind, device: null, detail: {} })).toMatch(/^[A-Z][^{}]*[a-z]$/)
    expect(eventSentence({ kind, device: null, detail: {} })).not.toContain('undefined')
  }
})

test('a stored word that is none of the vocabulary is not looked up', () => {
  for (const reason of ['constructor', '__proto__', 'toString', '<script>']) {
    expect(eventSentence({ kind: 'session-ended', device, detail: { reason } })).toBe('Session ended')
    expect(eventSentence({ kind: 'signed-in', device, detail: { method: reason } })).toBe(
      'Signed in with an unknown method',
    )
    expect(parseEventKind(reason)).toBeNull()
  }
  expect(parseEventKind('signed-in')).toBe('signed-in')
})
