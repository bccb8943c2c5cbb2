import 'server-only'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Store, StoreOptions } from './contract.ts'

/**
 * Opens the store that the address names: `postgres://…`, or a file, as `file:data/signet.db` or a bare path. Tables
 * are made or brought up to date. A database that cannot be reached is no error here: calls answer
 * `StoreUnavailable` until it can.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (/^postgres(ql)?:\/\//.test(options.url)) {
    const { openPostgres } = await import('./postgres/open.ts')
    return openPostgres(options)
  }
  // The driver's binary would end the process without a word on an older Node.
  if (Number.parseInt(process.versions.node, 10) < 22) {
    throw new Error(`Node 22.13 or newer is needed, this is ${process.versions.node}. Start Signet by npm.`)
  }
  const { openSqlite } = await import('./sqlite/open.ts')
  return openSqlite(pathOf(options.url), options)
}

function pathOf(url: string): string {
  if (url.startsWith('file://')) return fileURLToPath(url)
  // The file is found where Signet runs; a build has nothing to look for.
  return resolve(/* turbopackIgnore: true */ process.cwd(), url.replace(/^file:/, ''))
}
