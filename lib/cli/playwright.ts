import 'server-only'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { environment } from '#lib/config.ts'
import { run } from './process.ts'

/** How many tests came out how. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Runs one of Playwright's projects: its own list and summary for the reader, its JSON report for the tally. */
export async function playwright(project: string, extra: Readonly<Record<string, string>> = {}): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'signet-test-'))
  const report = join(folder, 'report.json')
  try {
    const env = environment({
      NODE_OPTIONS: `${environment().NODE_OPTIONS ?? ''} --conditions=react-server`.trim(),
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      // What a test writes down of its database is nothing for the data of whoever runs it.
      DATA_DIR: join(folder, 'data'),
      ...extra,
    })
    const code = await run('playwright', ['test', `--project=${project}`, '--reporter=list,json'], { env })
    return tallyOf(code, report)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A run that failed without a failed test (it could not be read, or a worker died) counts as one failure. */
function tallyOf(code: number, report: string): Tally {
  const stats = statsOf(report)
  const failed = stats.unexpected + stats.flaky
  return { passed: stats.expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: stats.skipped }
}

function statsOf(report: string) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).stats
  } catch {
    return { expected: 0, unexpected: 1, flaky: 0, skipped: 0 }
  }
}
