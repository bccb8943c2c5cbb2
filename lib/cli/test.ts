import 'server-only'
import { ensureBrowser, NoBrowser } from './browser.ts'
import { ensureBuild } from './build.ts'
import { playwright, type Tally } from './playwright.ts'
import { nextCommand, nextEnvironment, run } from './process.ts'
import { say } from './terminal.ts'

/**
 * `npm test`: all checks, those that tell most for least waiting first. The last line of all is
 * `N passed, N failed[, N skipped]`, the sum of the runs; a step without tests of its own counts as one failure when
 * it fails.
 */
const NONE: Tally = { passed: 0, failed: 0, skipped: 0 }

let browserPath: string | null = null

const [types, lint, browser] = await Promise.all([
  step('types', checkTypes),
  step('lint', () => tool('biome', 'check')),
  step('browser', findBrowser),
])
// The build checks the types again: where they are wrong it is known to fail.
const build = isFine(types) ? await step('build', ensureBuild) : NONE
const unit = await playwright('unit', { LOG_LEVEL: 'silent' })
const book = [types, build, browser].every(isFine) ? await openBook() : closedBook()
summarise([types, lint, browser, build, unit, book])

async function step(name: string, check: () => Promise<boolean>): Promise<Tally> {
  const fine = await check()
  say(`${name}: ${fine ? 'fine' : 'FAILED'}`)
  return fine ? NONE : { ...NONE, failed: 1 }
}

function isFine({ failed }: Tally): boolean {
  return failed === 0
}

/** A fresh checkout knows the types of its routes only after Next has written them. */
async function checkTypes(): Promise<boolean> {
  const typegen = await run(process.execPath, nextCommand('typegen'), { env: nextEnvironment() })
  return typegen === 0 && tool('tsc', '--noEmit')
}

/** One of the project's tools: npm has put them on the path. */
async function tool(name: string, ...args: string[]): Promise<boolean> {
  return (await run(name, args)) === 0
}

async function findBrowser(): Promise<boolean> {
  try {
    browserPath = await ensureBrowser()
    return true
  } catch (error) {
    if (!(error instanceof NoBrowser)) throw error
    say(error.message)
    return false
  }
}

function openBook(): Promise<Tally> {
  return playwright('book', browserPath === null ? {} : { CHROMIUM_PATH: browserPath })
}

function closedBook(): Tally {
  say('The end-to-end book stays closed: it needs types, a build and a browser.')
  return NONE
}

function summarise(tallies: readonly Tally[]): void {
  const sum = (part: keyof Tally) => tallies.reduce((total, tally) => total + tally[part], 0)
  const skipped = sum('skipped')
  process.exitCode = sum('failed') > 0 ? 1 : 0
  say(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
}
