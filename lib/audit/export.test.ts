import { expect, test } from '@playwright/test'
import type { SecurityEvent } from '#db/contract.ts'
import { csv, exported } from './export.ts'

const event: SecurityEvent = {
  seq: 1,
  at: new Date('2026-11-21T10:00:00Z'),
  kind: 'profile-changed',
  userId: 'user',
  sessionId: '-session',
  device: '=HYPERLINK("evil")',
  ip: null,
  place: 'Lyon, France',
  detail: { name: 'Ada "the first"' },
}

const whole = (ip: string) => ip

test('an event is a line with its time, its sentence and where it came from', () => {
  expect(exported(event, whole)).toMatchObject({
    at: '2026-11-21T10:00:00.000Z',
    event: 'profile-changed',
    address: null,
  })
  expect(csv([exported(event, whole)]).split('\r\n')).toHaveLength(3)
})

test('no cell is a formula, and no quotation mark ends one', () => {
  const [, line] = csv([exported(event, whole)]).split('\r\n')
  expect(line).toContain(`"'=HYPERLINK(""evil"")"`)
  expect(line).toContain(`"'-session"`)
  expect(line).toContain('""the first""')
})
