import { expect, test } from '@playwright/test'
import { type Family, spentAs } from './spending.ts'

const NOW = new Date('2026-01-01T12:00:00Z')
const GRACE = 30

function family(secondsAgo: number | null, other: Partial<Family> = {}): Family {
  const consumedAt = secondsAgo === null ? null : new Date(NOW.getTime() - secondsAgo * 1000)
  return { consumedAt, hasShownSibling: false, hasShownSuccessor: false, ...other }
}

const CASES: [string, Family, number, string][] = [
  ['unused', family(null), GRACE, 'spent'],
  ['unused, and another of its place was shown', family(null, { hasShownSibling: true }), GRACE, 'reused'],
  ['used just now', family(0), GRACE, 'again'],
  ['used, and the grace is not over', family(29.999), GRACE, 'again'],
  ['used, and the grace is over', family(30), GRACE, 'reused'],
  ['used in the grace, and what took its place was shown', family(1, { hasShownSuccessor: true }), GRACE, 'reused'],
  ['used just now, without a grace', family(0), 0, 'reused'],
  ['used while this one waited, without a grace', family(-0.05), 0, 'reused'],
  ['used by a database whose clock is ahead', family(-1), GRACE, 'again'],
]

for (const [what, of, grace, spent] of CASES) {
  test(`${what}, grace ${grace}: ${spent}`, { tag: '@v5.0.0-10.4.5' }, () => {
    expect(spentAs(of, grace, NOW)).toBe(spent)
  })
}
