import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The routes that there are, read from the folders that make them: a new one is in every test that goes through all. */
const APP = join(dirname(dirname(fileURLToPath(import.meta.url))), 'app')

/** An id of nobody and nothing, where a path takes one. */
export const SOME_ID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Pages behind sign-in that everybody has. */
export function privatePages(): string[] {
  return pagesBehindSignIn().filter((path) => !path.startsWith('/admin/'))
}

/** Pages that there are for administrators alone. */
export function administrationPages(): string[] {
  return pagesBehindSignIn().filter((path) => path.startsWith('/admin/'))
}

function pagesBehindSignIn(): string[] {
  const folder = join(APP, '(account)')
  return filesIn(folder, 'page.tsx').map((file) => `/${relative(folder, dirname(file))}`.replace(/\[\w+\]/, SOME_ID))
}

export interface ApiRoute {
  readonly method: string
  readonly path: string
}

/** What may be asked of the API by anybody: there is no session to have. */
const FOR_ANYBODY = [
  'POST /api/account',
  'POST /api/session',
  'DELETE /api/session',
  'POST /api/session/factor',
  'POST /api/session/challenge',
  'POST /api/session/limit',
  ...['POST start', 'GET continue', 'GET callback', 'POST sign-out', 'POST backchannel-logout'].map((each) =>
    each.replace(' ', ` /api/federation/${SOME_ID}/`),
  ),
  'GET /api/health',
  'GET /api/ready',
]

/** Methods of the API that need a session. An id stands where a path takes one. */
export function privateApi(): ApiRoute[] {
  return filesIn(join(APP, 'api'), 'route.ts')
    .filter((file) => !file.includes('[...'))
    .flatMap((file) => {
      const path = `/${relative(APP, dirname(file))}`.replace(/\[\w+\]/, SOME_ID)
      const methods = [...readFileSync(file, 'utf8').matchAll(/^export const ([A-Z]+) =/gm)]
      return methods.map(([, method = '']) => ({ method, path }))
    })
    .filter(({ method, path }) => !FOR_ANYBODY.includes(`${method} ${path}`))
}

function filesIn(folder: string, name: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.name === name).map(({ parentPath }) => join(parentPath, name))
}
