/**
 * # Contents
 *
 * What this book is about: the requirements in scope, by section (`requirements.ts`), each shown by at least one test or
 * accounted for in words (`reasons.ts`). A requirement that has neither fails here, and so does an excuse that a test
 * has made needless. `npx playwright test --project=book --grep @v5.0.0-7.4` reads one section aloud.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { REASONS } from './reasons.ts'
import { REQUIREMENTS, SECTIONS } from './requirements.ts'

const HERE = dirname(fileURLToPath(import.meta.url))

/** Ids by the chapters that cite them, read from the chapters' text. */
const cited = new Map<string, Set<string>>()
for (const file of globSync('*.spec.ts', { cwd: HERE })) {
  for (const [, ids = ''] of readFileSync(join(HERE, file), 'utf8').matchAll(/\basvs\(([^)]*)\)/g)) {
    for (const [, id = ''] of ids.matchAll(/'([^']+)'/g)) {
      cited.set(id, (cited.get(id) ?? new Set()).add(file.replace('.spec.ts', '')))
    }
  }
}

for (const { title, requirements } of SECTIONS) {
  test(title, ({ browserName: _ }, info) => {
    const open = Object.keys(requirements).filter((id) => !cited.has(id) && !REASONS[id])
    for (const [id, promise] of Object.entries(requirements)) {
      const where = [...(cited.get(id) ?? [])].sort().join(', ')
      info.annotations.push({ type: id, description: `${promise} ${where ? `(${where})` : REASONS[id]}` })
    }
    expect(open, 'neither a test nor a reason').toEqual([])
  })
}

test('no excuse has outlived its need, and none is for something else', () => {
  const ids = Object.keys(REASONS)
  expect(
    ids.filter((id) => cited.has(id)),
    'a test shows it',
  ).toEqual([])
  expect(
    ids.filter((id) => !REQUIREMENTS.has(id)),
    'not in scope',
  ).toEqual([])
})

test('an excuse that names a document names one that is there', () => {
  const named = Object.values(REASONS).flatMap((reason) => reason.match(/docs\/[\w/.-]*\w/g) ?? [])
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter((path) => !existsSync(join(HERE, '..', path)))).toEqual([])
})

/** Rows of the standards that may not drop out of the scope. */
const OWED = {
  '7.1.': 3,
  '7.2.': 4,
  '7.3.': 2,
  '7.4.': 5,
  '3.3.': 5,
  '9.1.': 3,
  '9.2.': 4,
  '10.3.': 5,
  'ASVS4-3.1.': 1,
  'ASVS4-3.2.': 4,
  'ASVS4-3.3.': 4,
  'ASVS4-3.4.': 5,
  'ASVS4-3.5.': 3,
}

for (const [prefix, rows] of Object.entries(OWED)) {
  test(`all ${rows} rows of ${prefix}* are in scope`, () => {
    expect([...REQUIREMENTS.keys()].filter((id) => id.startsWith(prefix))).toHaveLength(rows)
  })
}
