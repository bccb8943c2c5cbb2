import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ensureBrowser } from '#lib/cli/browser.ts'
import { run } from '#lib/cli/process.ts'
import { say } from '#lib/cli/terminal.ts'
import type { Chapter } from '../report.ts'
import { newPlace, PASSWORD, temporary } from '../stage/place.ts'
import { nextEnv, type Server, startServer } from '../stage/server.ts'
import { median } from '../statistics.ts'

/**
 * Lighthouse with its own defaults: a simulated mid-range telephone on a slow network. It is installed into the temporary
 * folder of the run and is no dependency: its hundred packages are needed by nobody else.
 */
const VERSION = '13.5.0'
const TELEPHONE =
  'Mozilla/5.0 (Linux; Android 11; moto g power (2022)) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36'
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const
type Scores = Record<(typeof CATEGORIES)[number], number>

interface Visit {
  readonly name: string
  readonly path: string
  readonly signedIn: boolean
}

const VISITS: readonly Visit[] = [
  { name: 'sign-in', path: '/sign-in', signedIn: false },
  { name: 'Active sessions', path: '/account/sessions', signedIn: true },
]

export async function measureLighthouse(folder: string, { runs }: { readonly runs: number }): Promise<Chapter> {
  const tools = await install()
  const place = await newPlace({ rows: 0, people: 20 })
  const server = await startServer(folder, place.env)
  try {
    const found = new Map<string, Scores>()
    for (const visit of VISITS) {
      const cookie = visit.signedIn ? await begin(server, place.people[0]?.email ?? '') : null
      const all: Scores[] = []
      while (all.length < runs) all.push(await audit(tools, server, visit.path, cookie))
      found.set(visit.name, medians(all))
    }
    return chapter(found, runs)
  } finally {
    await server.stop()
  }
}

/** Lighthouse's own telephone signs in: a session that another kind of browser shows is locked. Answers its `Cookie`. */
async function begin({ origin }: Server, email: string): Promise<string> {
  const answer = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/json', 'user-agent': TELEPHONE },
    body: JSON.stringify({ email, password: PASSWORD }),
  })
  if (answer.status !== 201) throw new Error(`signing in was answered with ${answer.status}`)
  const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  return cookies.join('; ')
}

async function install(): Promise<string> {
  const folder = temporary('lighthouse')
  say(`installing Lighthouse ${VERSION} in ${folder}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `lighthouse@${VERSION}`]
  const code = await run('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  if (code !== 0) throw new Error('Lighthouse could not be installed')
  return folder
}

async function audit(tools: string, { origin }: Server, path: string, cookie: string | null): Promise<Scores> {
  const report = join(tools, 'report.json')
  const headers = join(tools, 'headers.json')
  writeFileSync(headers, JSON.stringify(cookie === null ? {} : { Cookie: cookie }))
  const sandbox = process.getuid?.() === 0 ? ' --no-sandbox' : ''
  const args = [
    join(tools, 'node_modules/lighthouse/cli/index.js'),
    origin + path,
    '--quiet',
    '--output=json',
    `--output-path=${report}`,
    `--extra-headers=${headers}`,
    `--only-categories=${CATEGORIES.join()}`,
    `--chrome-flags=--headless=new${sandbox}`,
  ]
  const browser = (await ensureBrowser()) ?? chromium.executablePath()
  const code = await run(process.execPath, args, {
    cwd: tools,
    env: nextEnv({ CHROME_PATH: browser }),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (code !== 0) throw new Error(`Lighthouse ended with ${code} at ${path}`)
  return scoresIn(report, path)
}

interface Report {
  readonly finalDisplayedUrl: string
  readonly categories: Record<string, { readonly score: number }>
  readonly audits: Record<
    string,
    { readonly score: number | null; readonly title: string; readonly scoreDisplayMode: string }
  >
}

function scoresIn(report: string, path: string): Scores {
  const { finalDisplayedUrl, categories } = JSON.parse(readFileSync(report, 'utf8')) as Report
  if (!finalDisplayedUrl.includes(path)) throw new Error(`Lighthouse was sent from ${path} to ${finalDisplayedUrl}`)
  return Object.fromEntries(
    CATEGORIES.map((name) => [name, Math.round((categories[name]?.score ?? 0) * 100)]),
  ) as Scores
}

function medians(all: readonly Scores[]): Scores {
  return Object.fromEntries(CATEGORIES.map((name) => [name, median(all.map((one) => one[name]))])) as Scores
}

function chapter(found: ReadonlyMap<string, Scores>, runs: number): Chapter {
  return {
    title: 'Lighthouse',
    tables: [
      {
        columns: ['page', ...CATEGORIES],
        rows: [...found].map(([name, scores]) => [name, ...CATEGORIES.map((category) => String(scores[category]))]),
      },
    ],
    notes: [`Lighthouse ${VERSION}, its defaults (a simulated telephone); median of ${runs} runs.`],
    goals: [...found].flatMap(([page, scores]) =>
      CATEGORIES.map((name) => ({
        what: `${name} of ${page}`,
        value: scores[name],
        unit: '',
        atLeast: name === 'performance' ? 95 : 100,
      })),
    ),
  }
}
