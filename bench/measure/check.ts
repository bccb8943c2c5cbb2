import type { CheckInput, CheckResult } from '../in-process/check.ts'
import type { SignedIn } from '../in-process/people.ts'
import type { Statements } from '../in-process/statements.ts'
import { type Chapter, figure, type Goal, withRange } from '../report.ts'
import { runChild } from '../stage/child.ts'
import { newPlace } from '../stage/place.ts'

/** The check in one process, and how it and the store's other steps grow with the number of rows. */
export interface CheckExtent {
  readonly sizes: readonly number[]
  readonly passes: number
}

interface Sized {
  readonly rows: number
  readonly check: CheckResult
  readonly statements: Statements
}

/** The goals are set at this size; larger ones are compared with it. */
const REFERENCE = 100_000

export async function measureCheck({ sizes, passes }: CheckExtent): Promise<Chapter> {
  const found: Sized[] = []
  for (const rows of sizes) found.push(await measureAt(rows, passes))
  return {
    title: 'The check in one process',
    tables: [checkTable(found), statementTable(found)],
    notes: [
      `µs, from cookie text to proof. Range over ${passes} passes in brackets. “Seen before”: 2,000 cookies in turn, or 9,500, ` +
        'nearly all that the memory of opened seals holds. “New”: 12,000 in turn, each forgotten before it comes again.',
      'Rows of the cookies lie scattered among those of others. The second table has medians, with p99 in brackets.',
    ],
    goals: goals(found),
  }
}

async function measureAt(rows: number, passes: number): Promise<Sized> {
  const { env, people, crowd } = await newPlace({ rows, people: 2000, crowd: 10_000 })
  const check = await runChild<CheckInput, CheckResult>('check', env, { people: [...people, ...crowd], passes })
  const input = { people }
  const statements = await runChild<{ people: readonly SignedIn[] }, Statements>('statements', env, input)
  return { rows, check, statements }
}

function checkTable(found: readonly Sized[]) {
  const rows: [string, keyof CheckResult][] = [
    ['seen before, 2,000 cookies', 'seen'],
    ['seen before, 9,500 cookies', 'seenMany'],
    ['new', 'unseen'],
    ['of that the row alone', 'row'],
  ]
  return {
    columns: ['', ...found.map(({ rows }) => `${rows.toLocaleString('en')} rows`)],
    rows: rows.map(([label, key]) => [label, ...found.map(({ check }) => withRange(check[key].p50))]),
  }
}

function statementTable(found: readonly Sized[]) {
  const names = Object.keys(found[0]?.statements ?? {})
  const cell = ({ statements }: Sized, name: string) => {
    const [p50, p99] = statements[name] ?? [Number.NaN, Number.NaN]
    return `${figure(p50)} (${figure(p99)})`
  }
  return {
    columns: ['', ...found.map(({ rows }) => `${rows.toLocaleString('en')} rows`)],
    rows: names.map((name) => [name, ...found.map((sized) => cell(sized, name))]),
  }
}

function goals(found: readonly Sized[]): Goal[] {
  const reference = found.find(({ rows }) => rows === REFERENCE)
  if (!reference) return []
  const { seen, unseen } = reference.check
  const larger = found.filter(({ rows }) => rows > REFERENCE)
  return [
    { what: 'a cookie seen before', value: seen.p50.median, unit: 'µs', atMost: 12 },
    { what: 'a new cookie', value: unseen.p50.median, unit: 'µs', atMost: 200 },
    ...larger.map(({ rows, check }) => ({
      what: `${rows.toLocaleString('en')} rows beside 100,000, a cookie seen before`,
      value: check.seen.p50.median / seen.p50.median,
      unit: '×',
      atMost: 1.5,
    })),
    ...larger.map(({ rows, check }) => ({
      what: `${rows.toLocaleString('en')} rows beside 100,000, a new cookie`,
      value: check.unseen.p50.median / unseen.p50.median,
      unit: '×',
      atMost: 1.5,
    })),
  ]
}
