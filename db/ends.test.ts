import { expect, test } from '@playwright/test'
import { endedBecause, endsOf } from './ends.ts'
import { begun, locked } from './live.ts'
import { LOCKING, MINUTE, newSession, RULES } from './testing.ts'
import { type Cause, WHAT_ENDS } from './what-ends.ts'

const NOW = new Date('2026-01-01T12:00:00Z')
const [OWN, NAMED, THIRD] = [one(), one(), one()]

for (const cause of Object.keys(WHAT_ENDS) as Cause[]) {
  const { thisSession, otherSessions, reason } = WHAT_ENDS[cause]
  for (const endOthers of [true, false]) {
    test(`${cause} ends sessions as the table says, the others ${endOthers ? 'too' : 'not'} if one may choose`, () => {
      const scope = { thisSession: OWN.id, target: NAMED.id, endOthers, endedBy: 'Firefox' }
      const ends = endsOf(cause, [OWN, NAMED, THIRD], scope, RULES)
      const others = otherSessions === 'ends' || (otherSessions === 'chosen' && endOthers)
      expect(ends.map(({ session }) => session.id)).toEqual([
        ...(thisSession === 'ends' ? [OWN.id] : []),
        ...(others || otherSessions === 'target' ? [NAMED.id] : []),
        ...(others ? [THIRD.id] : []),
      ])
      for (const { ending } of ends) expect(ending).toMatchObject({ reason, endedBy: 'Firefox' })
    })
  }

  test(`${cause} without a session of its own takes this one for another`, () => {
    const ends = endsOf(cause, [OWN], { thisSession: null, target: null, endedBy: null }, RULES)
    expect(ends).toHaveLength(otherSessions === 'stays' ? 0 : 1)
  })
}

test('a session that had run out ends as what it is, and is not counted', () => {
  const idle = { ...one(), lastActiveAt: new Date(NOW.getTime() - 15 * MINUTE * 1000) }
  const old = { ...one(), epoch: 0 }
  const ends = endsOf('reported', [idle, old, THIRD], { thisSession: null, endedBy: 'Firefox' }, RULES)
  expect(ends.map(({ ending }) => ending)).toEqual([
    { reason: 'idle', endedBy: null },
    { reason: 'epoch', endedBy: null },
    expect.objectContaining({ reason: 'reported', endedBy: 'Firefox' }),
  ])
  expect(endedBecause('reported', ends).map(({ session }) => session.id)).toEqual([THIRD.id])
})

test('a locked session ends like any other', { tag: '@v5.0.0-7.4.3' }, () => {
  const rules = { ...RULES, ...LOCKING }
  const ends = endsOf('password-reset', [locked(one())], { thisSession: null, endedBy: null }, rules)
  expect(ends).toMatchObject([{ ending: { reason: 'reset' } }])
})

function one() {
  return begun(newSession('alice'), NOW)
}
