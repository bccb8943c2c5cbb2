import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { Page, Response } from '@playwright/test'
import { type Chapter, figure } from '../report.ts'
import { buildBaseline } from '../stage/app.ts'
import { launch, signIn } from '../stage/browser.ts'
import { newPlace, temporary } from '../stage/place.ts'
import { benchSettings, freePort, startServer } from '../stage/server.ts'

/**
 * How much of its own the app sends to be run by the browser. A browser opens the page and an app with nothing in it,
 * built by the same Next; every script that either loads is counted, compressed.
 */
interface Weight {
  readonly files: number
  readonly bytes: number
}

const PUBLIC = ['/', '/sign-up', '/sign-in']
const PRIVATE = ['/account', '/account/activity', '/account/sessions']

export async function measureWeight(folder: string): Promise<Chapter> {
  const baseline = await weighBaseline()
  const place = await newPlace({ people: 20 })
  const server = await startServer(folder, place.env)
  const browser = await launch()
  try {
    const page = await (await browser.newContext()).newPage()
    const found = new Map<string, Weight>()
    for (const path of PUBLIC) found.set(path, await weigh(page, server.origin + path))
    await signIn(page, server.origin, place.people[0]?.email ?? '')
    for (const path of PRIVATE) found.set(path, await weigh(page, server.origin + path))
    return chapter(baseline, found)
  } finally {
    await browser.close()
    await server.stop()
  }
}

async function weighBaseline(): Promise<Weight> {
  const folder = temporary('baseline')
  await buildBaseline(folder)
  const server = await startServer(folder, benchSettings(folder, await freePort()), '/')
  const browser = await launch()
  try {
    return await weigh(await browser.newPage(), server.origin)
  } finally {
    await browser.close()
    await server.stop()
  }
}

/** All scripts of one visit with an empty cache, those that the page fetches later included. */
async function weigh(page: Page, url: string): Promise<Weight> {
  const client = await page.context().newCDPSession(page)
  await client.send('Network.clearBrowserCache')
  const scripts = new Set<string>()
  const note = (response: Response) => {
    if (response.request().resourceType() === 'script') scripts.add(response.url())
  }
  page.on('response', note)
  await page.goto(url, { waitUntil: 'load' })
  if (page.url().replace(/\/$/, '') !== url.replace(/\/$/, '')) throw new Error(`${url} leads to ${page.url()}`)
  await untilStill(() => scripts.size)
  page.off('response', note)
  // Asked for once more: the browser drops what it loaded as soon as the page goes on to another.
  const bodies = await Promise.all([...scripts].map(async (script) => (await page.request.get(script)).body()))
  return { files: bodies.length, bytes: bodies.reduce((sum, body) => sum + gzipSync(body).length, 0) }
}

/** An open event stream keeps the network busy for good, so scripts alone are waited for. */
async function untilStill(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await pause(1500)
  }
}

function chapter(baseline: Weight, found: ReadonlyMap<string, Weight>): Chapter {
  const kilo = (bytes: number) => bytes / 1000
  const own = (weight: Weight | undefined) => kilo((weight?.bytes ?? Number.NaN) - baseline.bytes)
  const rows = [...found].map(([path, weight]) => [
    path,
    figure(kilo(weight.bytes)),
    String(weight.files),
    figure(own(weight)),
  ])
  return {
    title: 'Client code',
    tables: [
      {
        columns: ['page', 'scripts, kB', 'files', 'above the empty app, kB'],
        rows: [['an app with nothing in it', figure(kilo(baseline.bytes)), String(baseline.files), '–'], ...rows],
      },
    ],
    notes: ['kB are 1,000 bytes after gzip. Each page is opened in a browser with an empty cache.'],
    goals: [
      { what: 'own code on Active sessions', value: own(found.get('/account/sessions')), unit: 'kB', atMost: 15 },
    ],
  }
}
