import 'server-only'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'
import { environment } from '#lib/config.ts'
import { run } from './process.ts'
import { say } from './terminal.ts'

/** Why there is no browser, and what to do. */
export class NoBrowser extends Error {}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/**
 * Makes sure of a Chromium that starts: the one of `CHROMIUM_PATH`, one on this machine, Playwright's own, or a fresh one.
 * Answers its path; null means Playwright's own.
 */
export async function ensureBrowser(): Promise<string | null> {
  const chosen = environment().CHROMIUM_PATH
  if (chosen) return (await starts(chosen)) ? chosen : refuse(`CHROMIUM_PATH=${chosen} does not start.`)
  const found = await firstThatStarts()
  if (found !== undefined) return found
  for (const install of [installDebianPackage, installPlaywrightsOwn]) {
    if (!(await install())) continue
    const installed = await firstThatStarts()
    if (installed !== undefined) return installed
  }
  return refuse('No Chromium was found, and none could be installed. Install one and set CHROMIUM_PATH.')
}

function refuse(reason: string): never {
  throw new NoBrowser(reason)
}

async function firstThatStarts(): Promise<string | null | undefined> {
  for (const path of installed()) if (await starts(path)) return path
  return (await starts(null)) ? null : undefined
}

function installed(): string[] {
  const folders = (environment().PATH ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).filter((path) => existsSync(path))
}

/** Being there is not enough: libraries may be missing, or it is a stand-in that only tells how to get a browser. */
async function starts(path: string | null): Promise<boolean> {
  if (path === null && !existsSync(chromium.executablePath())) return false
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  try {
    const browser = await chromium.launch({ ...(path && { executablePath: path }), args, timeout: 30_000 })
    await browser.close()
    return true
  } catch {
    return false
  }
}

async function installDebianPackage(): Promise<boolean> {
  if (!existsSync('/etc/debian_version') || /^ID=ubuntu/m.test(readFileSync('/etc/os-release', 'utf8'))) return false
  const apt = process.getuid?.() === 0 ? ['apt-get'] : ['sudo', '-n', 'apt-get']
  say('There is no browser yet: installing the package chromium.')
  const steps = [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]
  for (const step of steps) if (!(await succeeds([...apt, '-qq', ...step]))) return false
  return true
}

async function installPlaywrightsOwn(): Promise<boolean> {
  say("There is no browser yet: installing Playwright's own.")
  return succeeds(['npx', 'playwright', 'install', 'chromium'])
}

async function succeeds([command = '', ...args]: readonly string[]): Promise<boolean> {
  const env = environment({ DEBIAN_FRONTEND: 'noninteractive' })
  return (await run(command, args, { env }).catch(() => 1)) === 0
}
