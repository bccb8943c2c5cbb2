import { expect, test } from '@playwright/test'
import type { Predecessor, SessionCheck, Successor } from '#db/contract.ts'
import { secondsAfter } from '#lib/time.ts'
import { type Recognition, recognise } from './recognition.ts'

const GRACE = 30
const now = new Date('2026-11-21T10:00:00Z')
const digest = (mark: number) => Buffer.alloc(32, mark)

/** A row whose present token is of generation 5. */
function row(successor: Partial<Successor> | null, predecessor: Partial<Predecessor> | null): SessionCheck {
  return {
    id: 'id',
    userId: 'user',
    now,
    generation: 5,
    digest: digest(5),
    beganAt: now,
    lifetimeFrom: now,
    lastActiveAt: now,
    renewedAt: now,
    remembered: false,
    lockedAt: null,
    epoch: 1,
    authentications: [],
    successor: successor && { generation: 7, digest: digest(7), wrapped: digest(0), offeredAt: now, ...successor },
    predecessor: predecessor && {
      generation: 3,
      digest: digest(3),
      retiredAt: now,
      retiredBy: 'renewal',
      ...predecessor,
    },
  }
}

const retired = (ago: number, by: 'renewal' | 'authentication' = 'renewal') => ({
  retiredAt: secondsAfter(now, -ago),
  retiredBy: by,
  digest: by === 'renewal' ? digest(3) : null,
})

const CASES: readonly [string, SessionCheck, number, number, Recognition][] = [
  ['the present token', row(null, null), 5, 5, 'present'],
  ['the present token while a successor is offered', row({}, null), 5, 5, 'present'],
  ['another token of the present generation', row(null, null), 5, 6, 'unknown'],
  ['the successor, shown for the first time', row({}, null), 7, 7, 'successor'],
  ['another token of the successor’s generation', row({}, null), 7, 6, 'unknown'],
  ['an offer that was replaced', row({}, null), 6, 6, 'replayed'],
  ['a generation that was never handed out', row({}, null), 8, 8, 'unknown'],
  ['a generation that a restored backup has forgotten', row(null, null), 6, 6, 'unknown'],
  ['the predecessor, a second before the grace is over', row(null, retired(29)), 3, 3, 'predecessor'],
  ['the predecessor, when the grace is over', row(null, retired(30)), 3, 3, 'replayed'],
  ['the predecessor’s generation with another token', row(null, retired(1)), 3, 4, 'unknown'],
  ['a token before the predecessor, within the grace', row(null, retired(1)), 2, 2, 'replayed'],
  ['an old token of a session never renewed since', row(null, null), 4, 4, 'replayed'],
  ['a token retired by an authentication, within the grace', row(null, retired(29, 'authentication')), 3, 3, 'retired'],
  ['any older one within that grace: it may be in flight', row(null, retired(29, 'authentication')), 1, 1, 'retired'],
  ['a token retired by an authentication, after the grace', row(null, retired(30, 'authentication')), 3, 3, 'replayed'],
]

for (const [what, session, generation, mark, recognition] of CASES) {
  test(`${what} is ${recognition}`, () => {
    expect(recognise(session, { generation, digest: digest(mark) }, GRACE)).toBe(recognition)
  })
}
