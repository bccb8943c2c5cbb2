import 'server-only'
import { sign, verify } from 'node:crypto'
import { statSync } from 'node:fs'
import type { KeySettings, Settings } from '#lib/config.ts'
import { isOpenToOthers, keysFromText, readKeyFile, versionOfFile, WrongKeys } from '#lib/keys/file.ts'
import { keyFileOf, openRing } from '#lib/keys/ring.ts'
import { openSigningKeys, SIGNING_ALGORITHMS } from '#lib/keys/signing.ts'
import { DAY, now, secondsBetween } from '#lib/time.ts'
import { error, type Finding, ok, warning } from './finding.ts'

/** A key that seals for longer than this should be followed by another. Seconds. */
const OLD_KEY = 90 * DAY
const PROBE = Buffer.from('signet doctor')

/** @see ASVS v5.0.0-13.3.4 */
export function aboutKeys({ keys, dataDir, origin }: Settings): Finding[] {
  const path = keyFileOf(keys)
  if (path !== null && keys.file === null && versionOfFile(path) === undefined) {
    return [ok(`no keys yet; the first start makes ${path}`)]
  }
  try {
    const ring = path === null ? keysFromText(keys.env ?? '', 'SESSION_KEYS') : readKeyFile(path)
    const findings = [ok(`${ring.length} ${ring.length === 1 ? 'key' : 'keys'} from ${path ?? 'SESSION_KEYS'}`)]
    if (ring.length === 1) findings.push(warning(`There is one key only: it has never been rotated. ${rotating(path)}`))
    const addedAt = ring[0]?.addedAt ?? writtenAt(path)
    if (addedAt && secondsBetween(addedAt, now()) > OLD_KEY) {
      findings.push(warning(`The newest key is of ${addedAt.toISOString().slice(0, 10)}. ${rotating(path)}`))
    }
    return [...findings, aboutSigning(keys, origin), ...aboutPermissions(path, keys.file !== null, dataDir)]
  } catch (problem) {
    if (problem instanceof WrongKeys) return [error(problem.message)]
    throw problem
  }
}

/** By signing something: keys that cannot be used are found here and not by a relying party. */
function aboutSigning(source: KeySettings, origin: string): Finding {
  const { publicJwks, current } = openSigningKeys(openRing(source, now), now, origin)()
  const works = SIGNING_ALGORITHMS.map(current).every(({ alg, privateKey, publicKey }) => {
    const hash = alg === 'ES256' ? 'sha256' : null
    return verify(hash, PROBE, publicKey, sign(hash, PROBE, privateKey))
  })
  const { kid } = current('ES256')
  if (!works) return error('The signing keys do not verify what they sign.')
  return ok(
    `${publicJwks.keys.length} signing keys (${SIGNING_ALGORITHMS.join(', ')}) from the same ring; ${kid} signs`,
  )
}

/** The form `id:secret` knows no dates: then the newest key is as old as its file. */
function writtenAt(path: string | null): Date | null {
  const found = path === null ? undefined : statSync(path, { throwIfNoEntry: false })
  return found?.mtime ?? null
}

function rotating(path: string | null): string {
  return path === null
    ? 'docs/deploy.md tells how to replace keys of SESSION_KEYS.'
    : 'Run: npm run signet -- keys rotate'
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
