import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { say } from '#lib/cli/terminal.ts'
import { now } from '#lib/time.ts'
import type { Spread } from './statistics.ts'

/** What a chapter of the benchmarks found. Tables are printed as Markdown, so that they can go into a page as they are. */
export interface Chapter {
  readonly title: string
  readonly notes: readonly string[]
  readonly tables: readonly Table[]
  readonly goals: readonly Goal[]
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A goal is compared and printed, and never fails the run: figures belong to the machine that they were taken on. */
export interface Goal {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly atMost?: number
  readonly atLeast?: number
}

export function isMet({ value, atMost, atLeast }: Goal): boolean {
  return (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)
}

export function print({ title, notes, tables, goals }: Chapter): void {
  say(`\n## ${title}\n`)
  for (const { columns, rows } of tables) {
    const line = (cells: readonly string[]) => say(`| ${cells.join(' | ')} |`)
    line(columns)
    line(columns.map((_, i) => (i === 0 ? '---' : '--:')))
    for (const row of rows) line(row)
    say()
  }
  for (const note of notes) say(`- ${note}`)
  for (const goal of goals) say(`- ${isMet(goal) ? 'met' : 'MISSED'}: ${sentence(goal)}`)
}

function sentence({ what, value, unit, atMost, atLeast }: Goal): string {
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`
  return `${what}: ${[figure(value), unit].join(' ').trimEnd()} (goal: ${bound})`
}

/** @returns where the results were written */
export function keep(chapters: Readonly<Record<string, Chapter>>, quick: boolean): string {
  const folder = 'bench-results'
  mkdirSync(folder, { recursive: true })
  const at = now().toISOString()
  const path = join(folder, `${at.replace(/[:.]/g, '-')}.json`)
  writeFileSync(path, `${JSON.stringify({ at, quick, machine: machine(), chapters }, null, 2)}\n`)
  return path
}

export function machine() {
  const [first] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return { processor: first?.model.trim() ?? 'unknown', cores: cpus().length, memoryGiB: memory, node: process.version }
}

/** Three digits that count, and no fraction of what is large. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

export function withRange({ median, least, most }: Spread): string {
  return `${figure(median)} (${figure(least)}–${figure(most)})`
}
