import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Everything that can be asked of the app: pages and methods by the folders that make them, server actions by the
 * manifest of the build. Whatever does not stand in the list below is private, so that what is new is so by itself.
 */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const APP = join(ROOT, 'app')

/** What needs no session, and why. */
const PUBLIC: Readonly<Record<string, string>> = {
  'page /': 'says what Signet is',
  'page /sign-in': 'where a session is earned',
  'page /sign-in/verify': 'the second step of the half that this browser has',
  'page /sign-in/limit': 'the last step of the half that this browser has',
  'page /sign-up': 'an account that does not exist yet has no session',
  'page /forgot-password': 'whoever asks has lost what opens the account',
  'page /reset-password': 'the link in this browser is the proof',
  'page /confirm-email': 'says what is missing; the form needs the link and a session',
  'page /undo-email': 'the notice in this browser is the proof',
  'page /not-me': 'the notice in this browser is the proof',
  'page /deleted': 'says goodbye, and nothing else',
  'page /end-session/[id]': 'asks whoever is signed in; tells everybody else that they are signed out',
  'page /request-problem': 'says what is wrong with a request, and nothing else',
  'POST /sign-out': 'whoever leaves ends up signed out, also when there was nothing to leave',
  'POST /api/account': 'an account that does not exist yet has no session',
  'POST /api/session': 'where a session is earned',
  'DELETE /api/session': 'whoever leaves ends up signed out, also when there was nothing to leave',
  'POST /api/session/factor': 'the second step of the half that this browser has, or a passkey alone',
  'POST /api/session/challenge': 'asks a passkey; says itself who may',
  'POST /api/session/limit': 'the last step of the half that this browser has',
  'GET /.well-known/openid-configuration': 'for applications, which know nothing yet',
  'GET /.well-known/oauth-authorization-server': 'for applications, which know nothing yet',
  'POST /api/federation/[provider]/start': 'leads to a provider; what belongs to a session asks for one',
  'GET /api/federation/[provider]/continue': 'leads on a trip that began in this browser',
  'GET /api/federation/[provider]/callback': 'the end of a trip that began in this browser',
  'POST /api/federation/[provider]/sign-out': 'for whoever has just signed out in this browser',
  'POST /api/federation/[provider]/backchannel-logout': 'its signed token is the proof',
  'GET /api/health': 'for machines that look after the app',
  'GET /api/ready': 'for machines that look after the app',
  'action signInAction': 'where a session is earned',
  'action verifyAction': 'the second step of the half that this browser has',
  'action makeRoomAction': 'the last step of the half that this browser has',
  'action insistAction': 'the last step of the half that this browser has',
  'action signUpAction': 'an account that does not exist yet has no session',
  'action askForResetAction': 'whoever asks has lost what opens the account',
  'action resetPasswordAction': 'the link in this browser is the proof',
  'action confirmEmailAction': 'asks for the link and for a session of the account',
  'action undoEmailAction': 'the notice in this browser is the proof',
  'action reportAction': 'the notice in this browser is the proof',
}

export type Door =
  | { readonly kind: 'page'; readonly name: string; readonly path: string }
  | { readonly kind: 'handler'; readonly name: string; readonly path: string; readonly method: string }
  /** `path`: the page that has it. `file`: where it is written. */
  | {
      readonly kind: 'action'
      readonly name: string
      readonly path: string
      readonly id: string
      readonly file: string
    }

export function isPublic({ name }: Door): boolean {
  return Object.hasOwn(PUBLIC, name)
}

/** Of what stands in the list, what there is no more. */
export function outlived(): string[] {
  const names = new Set(everyDoor().map(({ name }) => name))
  return Object.keys(PUBLIC).filter((name) => !names.has(name))
}

/** An id that is in a path stands as `[id]`. */
export function everyDoor(): Door[] {
  return [...pages(), ...handlers(), ...actions()]
}

function pages(): Door[] {
  return filesIn('page.tsx').map((file) => ({ kind: 'page', name: `page ${urlOf(file)}`, path: urlOf(file) }))
}

/** Methods that a handler's file defines; what `notAllowed` gives it is refused to everybody. */
function handlers(): Door[] {
  return filesIn('route.ts')
    .filter((file) => !file.includes('[...'))
    .flatMap((file) => {
      const methods = [...readFileSync(file, 'utf8').matchAll(/^export (?:const|(?:async )?function) ([A-Z]+)\b/gm)]
      const path = urlOf(file)
      return methods.map(([, method = '']) => ({ kind: 'handler', name: `${method} ${path}`, path, method }) as const)
    })
}

interface Manifest {
  readonly node: Record<string, { filename: string; exportedName: string; workers: Record<string, unknown> }>
}

function actions(): Door[] {
  const { node } = JSON.parse(
    readFileSync(join(ROOT, '.next/server/server-reference-manifest.json'), 'utf8'),
  ) as Manifest
  return Object.entries(node).map(([id, { filename, exportedName, workers }]) => {
    const [page = ''] = Object.keys(workers).sort((a, b) => a.length - b.length)
    return {
      kind: 'action',
      name: `action ${exportedName}`,
      path: urlOf(join(ROOT, page)),
      id,
      file: filename,
    } as const
  })
}

/** Without the groups `(…)`, as Next does. */
function urlOf(file: string): string {
  const folders = relative(APP, dirname(file)).split('/')
  return `/${folders.filter((folder) => !folder.startsWith('(')).join('/')}`
}

/** Folders that begin with `_` are no part of any address. */
function filesIn(name: string): string[] {
  const entries = readdirSync(APP, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.name === name).map(({ parentPath }) => join(parentPath, name))
  return files.filter((file) => !relative(APP, file).startsWith('_'))
}

export function actionNamed(name: string): Extract<Door, { kind: 'action' }> {
  const found = actions().find((door) => door.name === `action ${name}`)
  if (found?.kind !== 'action') throw new Error(`there is no action ${name}`)
  return found
}
