import { expect, test } from '@playwright/test'
import type { EventKind } from '#db/contract.ts'
import { tellsByMail } from './notices.ts'

const event = (kind: EventKind, detail: Record<string, string> = {}, userId: string | null = 'u') =>
  ({ kind, userId, sessionId: null, device: null, ip: null, place: null, detail }) as const

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
    expect(tellsByMail(event(kind, detail))).toBe(told)
  })
}

test('nobody is told of what happened at an address without an account', () => {
  expect(tellsByMail(event('reset-requested', {}, 'u'))).toBe(true)
  expect(tellsByMail(event('reset-requested', {}, null))).toBe(false)
})
