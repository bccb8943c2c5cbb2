import { copyFileSync, cpSync, existsSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { SOURCE_FILES, SOURCE_FOLDERS } from '#lib/cli/sources.ts'

/**
 * A copy of the app to measure, so that routes which only the benchmarks need are never part of the product.
 * `node_modules` is linked file by file: the bundler refuses a link to a folder outside of the app.
 */
const SOURCES = [...SOURCE_FOLDERS, ...SOURCE_FILES]

export function copyApp(to: string, sources: readonly string[] = SOURCES): void {
  mkdirSync(to, { recursive: true })
  for (const source of sources) cpSync(source, join(to, source), { recursive: true })
  if (!existsSync(join(to, 'node_modules'))) linkTree('node_modules', join(to, 'node_modules'))
}

export function place(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}

function linkTree(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkTree(source, target)
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else linkOrCopy(source, target)
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target)
  } catch (error) {
    // The temporary folder may be on another file system.
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    copyFileSync(source, target)
  }
}
