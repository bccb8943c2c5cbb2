import { cpSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '#lib/cli/process.ts'
import { say } from '#lib/cli/terminal.ts'
import { copyApp, place } from './copy.ts'
import { nextBinary, nextEnv } from './server.ts'

/** Routes of the copy; the one of `direct` is `none` without the proxy. */
export const ROUTES = { none: '/api/bench/none', check: '/api/bench/check', direct: '/api/bench/direct' } as const

/** Builds the app with the routes of the benchmarks in `folder`, unless it stands there already. */
export async function buildApp(folder: string): Promise<void> {
  if (existsSync(join(folder, '.next/BUILD_ID'))) return
  say(`building a copy of the app in ${folder}`)
  copyApp(folder)
  place('bench/pages/none.ts', join(folder, 'app', ROUTES.none, 'route.ts'))
  place('bench/pages/none.ts', join(folder, 'app', ROUTES.direct, 'route.ts'))
  place('bench/pages/check.ts', join(folder, 'app', ROUTES.check, 'route.ts'))
  withoutTypeCheck(folder)
  passBy(join(folder, 'proxy.ts'), ROUTES.direct)
  await build(folder)
}

/** An app with nothing in it, of the same Next and React. */
export async function buildBaseline(folder: string): Promise<void> {
  cpSync('bench/pages/baseline', folder, { recursive: true })
  copyApp(folder, ['package.json', 'package-lock.json', 'tsconfig.json'])
  await build(folder)
}

async function build(folder: string): Promise<void> {
  const code = await run(process.execPath, [nextBinary(folder), 'build'], {
    cwd: folder,
    env: nextEnv(),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (code !== 0) throw new Error(`the build in ${folder} has failed`)
}

/** Types are for `npm test`; here they would only make everybody wait. */
function withoutTypeCheck(folder: string): void {
  const path = join(folder, 'next.config.ts')
  renameSync(path, join(folder, 'next.config.product.ts'))
  writeFileSync(
    path,
    "import config from './next.config.product.ts'\nexport default { ...config, typescript: { ignoreBuildErrors: true } }\n",
  )
}

/** Lets one path of the copy go past the proxy: the difference to its twin is what the proxy costs. */
function passBy(proxy: string, path: string): void {
  const source = readFileSync(proxy, 'utf8')
  const changed = source.replace('(?!_next/static/', `(?!${path.slice(1)}|_next/static/`)
  if (changed === source) throw new Error('the matcher in proxy.ts is not the one that the benchmarks know')
  writeFileSync(proxy, changed)
}
