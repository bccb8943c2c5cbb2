import 'server-only'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nextCommand, nextEnvironment, run } from './process.ts'
import { SOURCE_FILES, SOURCE_FOLDERS } from './sources.ts'
import { say } from './terminal.ts'

const BUILD_ID = '.next/BUILD_ID'
/** What the build was made of. Written after it, so an interrupted build has none. */
const STAMP = '.next/signet-sources'

/** Builds when there is no build, or when it is older than its sources or made of others. Answers whether there is one now. */
export async function ensureBuild(): Promise<boolean> {
  const sources = sourceFiles()
  if (isCurrent(sources)) return true
  say('Building; the first time this takes about half a minute.')
  const digest = digestOf(sources)
  const hadCache = existsSync('.next')
  if (await build(digest)) return true
  if (!hadCache) return false
  // A crash of the bundler is cached: the same build fails again until the cache is gone.
  say('The build has failed. Once more, from nothing.')
  rmSync('.next', { recursive: true, force: true })
  return build(digest)
}

async function build(digest: string): Promise<boolean> {
  rmSync(STAMP, { force: true })
  const code = await run(process.execPath, nextCommand('build'), { env: nextEnvironment() })
  if (code === 0) writeFileSync(STAMP, digest)
  return code === 0
}

function isCurrent(sources: readonly string[]): boolean {
  const built = statSync(BUILD_ID, { throwIfNoEntry: false })
  if (!built || !existsSync(STAMP)) return false
  if (sources.some((path) => statSync(path).mtimeMs > built.mtimeMs)) return false
  return readFileSync(STAMP, 'utf8') === digestOf(sources)
}

/** A checkout of something older has older files: times alone do not tell. */
function digestOf(sources: readonly string[]): string {
  const digest = createHash('sha256')
  for (const path of sources) digest.update(`${path}\0${statSync(path).size}\0`).update(readFileSync(path))
  return digest.digest('hex')
}

/** All that goes into the build, in a fixed order: not the tests, nor the commands. */
function sourceFiles(): string[] {
  const inFolders = SOURCE_FOLDERS.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  const files = SOURCE_FILES.filter((file) => existsSync(file))
  return [...inFolders, ...files].filter((path) => !/\.test\.tsx?$|^lib.cli./.test(path)).sort()
}
