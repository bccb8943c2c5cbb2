import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Server, Settings } from './server.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** `npm run signet -- …` beside the running server. Answers what it said; rejects when it fails. */
export function signet(server: Server, ...args: readonly string[]): Promise<string> {
  return signetWith({}, server, ...args)
}

/** The same with other settings, which it does not learn from the server. */
export async function signetWith(
  settings: Settings,
  { dataDir, origin }: Server,
  ...args: readonly string[]
): Promise<string> {
  const run = ['--conditions=react-server', 'lib/cli/run.cjs', 'signet', ...args]
  const own = { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, APP_ORIGIN: origin, NODE_ENV: 'production' as const }
  const env = { ...own, ...settings }
  const { stdout } = await promisify(execFile)(process.execPath, run, { cwd: ROOT, env })
  return stdout
}
