import { expect, test } from '@playwright/test'
import { randomId } from '#lib/random.ts'
import { parseSessionId } from './lineage.ts'

test('a session’s public id picks its events, and nothing else picks any', () => {
  const id = randomId()
  expect(parseSessionId(id)).toBe(id)
  for (const odd of [
    undefined,
    null,
    '',
    [id],
    `${id} `,
    `${id}\n`,
    id.slice(1),
    "' or 1=1 --",
    { toString: () => id },
  ]) {
    expect(parseSessionId(odd), String(odd)).toBeNull()
  }
})
