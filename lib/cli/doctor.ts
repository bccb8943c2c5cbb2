import 'server-only'
import { accessSync, constants, statSync } from 'node:fs'
import { formatDuration } from '#lib/config/duration.ts'
import { environment, parseSettings, type Settings } from '#lib/config.ts'
import { isOpenToOthers, keysFromText, readKeyFile, versionOfFile, WrongKeys } from '#lib/keys/file.ts'
import { keyFileOf } from '#lib/keys/ring.ts'
import { PRESETS } from '#lib/session/policy.ts'
import { closeStore } from '#lib/store.ts'
import { DAY, now, SECOND, secondsBetween } from '#lib/time.ts'
import { loadEnvFiles, openQuietly } from './prepare.ts'
import { say } from './terminal.ts'

interface Finding {
  readonly weight: 'ok' | 'warning' | 'error'
  readonly text: string
}

const ok = (text: string): Finding => ({ weight: 'ok', text })
const warning = (text: string): Finding => ({ weight: 'warning', text })
const error = (text: string): Finding => ({ weight: 'error', text })

/** A key that seals for longer than this should be followed by another. Seconds. */
const OLD_KEY = 90 * DAY
/** The database's clock decides; beyond this, what people read on their clocks looks wrong. Seconds. */
const CLOCK_DIFFERENCE = 5 * SECOND

/** Looks and tells; changes nothing but the schema, as every opening does. 1 when there is an error. */
export async function doctor(): Promise<number> {
  loadEnvFiles()
  const parsed = parseSettings(environment())
  const findings = [ok(`Node ${process.versions.node}`)]
  if ('problems' in parsed) findings.push(...parsed.problems.map(error))
  else
    findings.push(
      ...aboutSettings(parsed.settings),
      ...aboutKeys(parsed.settings),
      ...(await aboutDatabase(parsed.settings)),
    )
  for (const { weight, text } of findings) say(`${weight.padEnd(8)} ${text}`)
  const count = (weight: Finding['weight']) => findings.filter((finding) => finding.weight === weight).length
  say(`Errors: ${count('error')}, warnings: ${count('warning')}`)
  return count('error') > 0 ? 1 : 0
}

function aboutSettings(settings: Settings): Finding[] {
  const { origin, localOrigin, secureOrigin, host, trustedProxies, policy, level } = settings
  const findings = [ok(`level ${level} at ${origin}`)]
  if (!localOrigin && !secureOrigin) {
    findings.push(
      warning(
        `APP_ORIGIN=${origin} is plain http: browsers refuse Secure cookies there, and nobody can sign in. Serve it by https.`,
      ),
    )
  }
  if (secureOrigin && trustedProxies === null) {
    findings.push(
      warning(
        'APP_ORIGIN is https, so a proxy stands in front, and TRUSTED_PROXIES is not set: everybody seems to come from the proxy.',
      ),
    )
  }
  if (localOrigin && !/^(localhost|127\.|::1$)/.test(host)) {
    findings.push(
      warning(`HOST=${host} listens to others, but APP_ORIGIN=${origin} is for this machine only. Set APP_ORIGIN.`),
    )
  }
  const { reauthenticationWindow } = PRESETS[level]
  if (policy.reauthenticationWindow > reauthenticationWindow) {
    findings.push(
      warning(
        `REAUTHENTICATION_WINDOW is longer than level ${level} has it (${formatDuration(reauthenticationWindow)}).`,
      ),
    )
  }
  return [...findings, ...aboutGeoDatabase(settings)]
}

function aboutGeoDatabase({ geoDatabase }: Settings): Finding[] {
  if (geoDatabase === null) return []
  try {
    accessSync(geoDatabase, constants.R_OK)
    return []
  } catch {
    return [error(`GEO_DATABASE=${geoDatabase} cannot be read.`)]
  }
}

function aboutKeys({ keys, dataDir }: Settings): Finding[] {
  const path = keyFileOf(keys)
  if (path !== null && keys.file === null && versionOfFile(path) === undefined) {
    return [ok(`no keys yet; the first start makes ${path}`)]
  }
  try {
    const ring = path === null ? keysFromText(keys.env ?? '', 'SESSION_KEYS') : readKeyFile(path)
    const findings = [ok(`${ring.length} ${ring.length === 1 ? 'key' : 'keys'} from ${path ?? 'SESSION_KEYS'}`)]
    const addedAt = ring[0]?.addedAt
    if (addedAt && secondsBetween(addedAt, now()) > OLD_KEY) {
      findings.push(
        warning(`The newest key is of ${addedAt.toISOString().slice(0, 10)}. Run: npm run signet -- keys rotate`),
      )
    }
    return [...findings, ...aboutPermissions(path, keys.file !== null, dataDir)]
  } catch (problem) {
    if (problem instanceof WrongKeys) return [error(problem.message)]
    throw problem
  }
}

function aboutPermissions(path: string | null, given: boolean, dataDir: string): Finding[] {
  if (path === null) return []
  const findings: Finding[] = []
  if (isOpenToOthers(path)) {
    const text = `The key file ${path} can be read by others. Run: chmod 600 ${path}`
    findings.push(given ? warning(text) : error(text))
  }
  const directory = statSync(dataDir, { throwIfNoEntry: false })
  if (process.platform !== 'win32' && directory && (directory.mode & 0o022) !== 0) {
    findings.push(warning(`${dataDir} can be written by others. Run: chmod 700 ${dataDir}`))
  }
  return findings
}

async function aboutDatabase(settings: Settings): Promise<Finding[]> {
  try {
    const store = await openQuietly()
    await store.ping()
    const theirs = await store.clock()
    const difference = Math.abs(theirs.getTime() - now().getTime()) / 1000
    const findings = [ok(`the ${store.dialect} database answers, and its schema is current`)]
    if (difference > CLOCK_DIFFERENCE) {
      findings.push(
        warning(`The database's clock is ${Math.round(difference)} s away from this machine's. Set both by NTP.`),
      )
    }
    return findings
  } catch (problem) {
    return [error(`The database ${placeOf(settings)} cannot be used: ${rootOf(problem)}`)]
  } finally {
    await closeStore()
  }
}

/** Without user and password. */
function placeOf({ databaseUrl }: Settings): string {
  return databaseUrl.startsWith('file:') ? databaseUrl : `at ${new URL(databaseUrl).host}`
}

function rootOf(problem: unknown): string {
  if (!(problem instanceof Error)) return String(problem)
  return problem.cause === undefined ? problem.message || problem.name : rootOf(problem.cause)
}
