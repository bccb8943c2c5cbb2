import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ClientKey } from './client-key.ts'
import type { Guard } from './guard.ts'
import { freePort, type Server } from './server.ts'

/** Applications that people let in: registered in the server's own database, and run as processes of their own. */
export interface App {
  readonly id: string
  /** Null for a public client, and for one with a key. */
  readonly secret: string | null
  /** A fresh proof of its key for this server, if it has one. */
  readonly assertion: (() => Promise<string>) | null
  readonly name: string
  readonly redirectUri: string
}

interface NewApp {
  readonly name?: string
  readonly redirectUri?: string
  readonly postLogoutRedirectUri?: string
  readonly backchannelLogoutUri?: string
  readonly scope?: string
  readonly isPublic?: boolean
  /** It proves itself by this key in place of a secret. */
  readonly key?: ClientKey
  readonly device?: boolean
}

export const EVERYTHING = 'openid profile email offline_access sessions:read sessions:end'

/** Where browsers are sent back to when a test plays the application itself: it says nothing, and sets nothing. */
const shore = createServer((_, response) => response.setHeader('content-type', 'text/html').end(BACK))
const BACK = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Back</title></html>'
await once(shore.listen(0, '127.0.0.1').unref(), 'listening')
export const SHORE = `http://127.0.0.1:${(shore.address() as AddressInfo).port}`

export function register(server: Server, wanted: NewApp = {}): App {
  const { name = 'Pocket Calendar', redirectUri = `${SHORE}/callback`, scope = EVERYTHING, isPublic = false } = wanted
  const id = `app-${randomBytes(8).toString('hex')}`
  const { key } = wanted
  const secret = isPublic || key ? null : randomBytes(32).toString('base64url')
  server.db
    .prepare(
      `insert into clients (id, name, secret_digest, public_keys, redirect_uris, post_logout_redirect_uris,
         backchannel_logout_uri, scope, device, created_at)
       values (:id, :name, :digest, :publicKeys, :redirectUris, :postLogout, :backchannel, :scope, :device, :now)`,
    )
    .run({
      id,
      name,
      digest: secret && createHash('sha256').update(secret).digest(),
      publicKeys: JSON.stringify(key ? [key.jwk] : []),
      redirectUris: JSON.stringify([redirectUri]),
      postLogout: JSON.stringify(wanted.postLogoutRedirectUri ? [wanted.postLogoutRedirectUri] : []),
      backchannel: wanted.backchannelLogoutUri ?? null,
      scope,
      device: wanted.device ? 1 : 0,
      now: Date.now(),
    })
  const assertion = key ? () => key.assertion(id, server.origin) : null
  return { id, secret, assertion, name, redirectUri }
}
/** For the guard: a test that sends browsers there means it. */
export const AT_SHORE = new RegExp(`leaves the origin: ${SHORE}/`)

export interface RelyingParty {
  readonly origin: string
  readonly app: App
  readonly stop: () => Promise<void>
}

const EXAMPLE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples/relying-party')

/** The example as it stands, in a process of its own, registered with this server: by a secret, or by a key that it made. */
export async function startRelyingParty(server: Server, guard: Guard, by = 'secret'): Promise<RelyingParty> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const keyFile = join(server.dataDir, `key-${port}.json`)
  const app = register(server, {
    ...(by === 'key' && { key: await newKey(keyFile) }),
    redirectUri: `${origin}/callback`,
    postLogoutRedirectUri: `${origin}/`,
    backchannelLogoutUri: `${origin}/backchannel-logout`,
  })
  const proof = app.secret === null ? { CLIENT_KEY: keyFile } : { CLIENT_SECRET: app.secret }
  const settings = { ISSUER: server.origin, CLIENT_ID: app.id, PORT: String(port), ...proof }
  const child = spawn(process.execPath, [join(EXAMPLE, 'server.ts')], { env: { ...process.env, ...settings } })
  await ready(child)
  // It is another site, with a cookie of its own.
  guard.allow(new RegExp(`leaves the origin: ${origin}/`), /^cookie: .*\bexample\b/)
  return { origin, app, stop: () => ended(child) }
}

/** As the example's own page of instructions says. */
async function newKey(file: string): Promise<ClientKey> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(EXAMPLE, 'new-key.ts'), file])
  return {
    jwk: JSON.parse(stdout),
    assertion: () => Promise.reject(new Error('the application has its key for itself')),
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr?.on('data', (part: Buffer) => {
      said += part.toString('utf8')
      if (said.includes('Ready at')) resolve()
    })
    child.once('exit', (code) => reject(new Error(`the relying party ended with ${code}:\n${said}`)))
  })
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill()
  })
}
