import { expect, test } from '@playwright/test'
import type { EventKind, NewEvent, User } from './contract.ts'
import { ceilingsOf, recipients } from './notices.ts'

const NOW = new Date('2026-01-02T12:00:00Z')
const LATER = new Date('2026-01-02T12:00:01Z')
const ALICE = {
  id: 'u',
  email: 'alice@example.org',
  deletedAt: null,
  formerEmail: null,
  formerEmailUntil: null,
} as User
const MOVED = { ...ALICE, formerEmail: 'old@example.org', formerEmailUntil: LATER }

const eventOf = (kind: EventKind, detail: Record<string, string> = {}): NewEvent => ({
  kind,
  userId: 'u',
  sessionId: null,
  device: null,
  ip: null,
  place: null,
  detail,
})

const CASES: [EventKind, Record<string, string>, boolean][] = [
  ['signed-in', { newDevice: 'true' }, true],
  ['signed-in', { newDevice: 'true', first: 'true' }, false],
  ['signed-in', { newDevice: 'false' }, false],
  ['signed-in', {}, false],
  ['session-ended', { reason: 'limit' }, true],
  ['session-ended', { reason: 'administrator' }, true],
  ['session-ended', { reason: 'signed-out' }, false],
  ['session-ended', { reason: 'idle' }, false],
  ['circumstances-changed', { done: 'noted' }, false],
  ['circumstances-changed', { done: 'ended' }, true],
  ['sign-in-failed', {}, false],
  ['second-factor-failed', {}, true],
  ['administered', {}, false],
]

for (const [kind, detail, told] of CASES) {
  test(`${kind} ${JSON.stringify(detail)} is ${told ? 'told' : 'not told'} by mail`, () => {
    expect(recipients(eventOf(kind, detail), ALICE, NOW)).toEqual(told ? [ALICE.email] : [])
  })
}

test('nobody is told of what happened at an address without an account, or at one that is deleted', () => {
  expect(recipients(eventOf('reset-requested'), undefined, NOW)).toEqual([])
  expect(recipients(eventOf('password-changed'), { ...ALICE, deletedAt: NOW }, NOW)).toEqual([])
})

test('a former address is told as well, until its time is over', () => {
  expect(recipients(eventOf('password-changed'), MOVED, NOW)).toEqual([ALICE.email, 'old@example.org'])
  expect(recipients(eventOf('password-changed'), MOVED, LATER)).toEqual([ALICE.email])
})

test('a link goes where it belongs and nowhere else', () => {
  expect(recipients(eventOf('reset-requested'), MOVED, NOW)).toEqual([ALICE.email])
  expect(recipients(eventOf('email-change-requested', { to: 'new@example.org' }), MOVED, NOW)).toEqual([
    'new@example.org',
  ])
  expect(recipients(eventOf('email-change-requested'), MOVED, NOW)).toEqual([])
})

test('evictions by the limit are told up to a ceiling, and what an administrator ends each time', () => {
  const of = (reason: string) => ceilingsOf(eventOf('session-ended', { reason }), ALICE.email)
  expect(of('limit').map(({ most }) => most)).toEqual([5, 20])
  expect(of('administrator')).toEqual([])
})

test('a change of address is told at both', () => {
  expect(recipients(eventOf('email-changed', { to: 'new@example.org' }), ALICE, NOW)).toEqual([
    ALICE.email,
    'new@example.org',
  ])
})
