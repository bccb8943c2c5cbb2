import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { openRing } from '#lib/keys/ring.ts'
import { openSigningKeys, type SigningAlgorithm, type SigningKeys } from '#lib/keys/signing.ts'
import type { Person } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { Row } from './rows.ts'
import type { Server } from './server.ts'

/**
 * Access tokens made by hand, with the server's own keys where that is the point: what nobody outside can make, and what
 * attackers would. A token that is issued by the app itself is had by signing in through an application (chapter 16).
 */
export interface LinkedApp {
  readonly grantId: string
  readonly clientId: string
  readonly userId: string
  /** The session in which it was linked. */
  readonly sessionId: string
  readonly scope: string
}

interface Linking {
  readonly scope?: string
  readonly offline?: boolean
  /** Seconds since the grant was made. */
  readonly age?: number
  readonly name?: string
  /** This browser's, unless given. */
  readonly session?: Pick<Row, 'id' | 'user_id'>
}

const EVERYTHING = 'openid profile email sessions:read sessions:end'

/** What consent writes down, for this browser's session. */
export async function linkApp(
  server: Server,
  person: Person,
  { scope = EVERYTHING, offline = false, age = 0, name = 'Command line', session }: Linking = {},
): Promise<LinkedApp> {
  const { id: sessionId, user_id: userId } = session ?? (await person.row())
  const [grantId, clientId] = [random(), `app-${random()}`]
  const at = Date.now() - age * 1000
  const { epoch } = server.db.prepare('select epoch from sessions where id = ?').get(sessionId) as { epoch: number }
  insert(server, 'clients', {
    id: clientId,
    name,
    redirect_uris: '[]',
    post_logout_redirect_uris: '[]',
    scope,
    device: 1,
    created_at: at,
  })
  insert(server, 'grants', {
    id: grantId,
    user_id: userId,
    client_id: clientId,
    session_id: sessionId,
    made_in: sessionId,
    scope,
    offline: offline ? 1 : 0,
    authenticated_at: at,
    methods: 'pwd',
    created_at: at,
    last_used_at: at,
    expires_at: at + 12 * 3_600_000,
    epoch,
  })
  return { grantId, clientId, userId, sessionId, scope }
}

function insert(server: Server, table: string, row: Readonly<Record<string, unknown>>): void {
  const names = Object.keys(row)
  const places = names.map((name) => `:${name}`)
  server.db.prepare(`insert into ${table} (${names.join(', ')}) values (${places.join(', ')})`).run(row)
}

/** The keys that this server signs with. */
export function keysOf({ dataDir, origin }: Pick<Server, 'dataDir' | 'origin'>): SigningKeys {
  const clock = () => new Date()
  return openSigningKeys(openRing({ env: null, file: null, dataDir }, clock), clock, origin)()
}

type Part = Readonly<Record<string, unknown>>

/** How a token differs from a good one; `undefined` takes a member away. */
export interface Difference {
  readonly alg?: SigningAlgorithm
  readonly header?: Part
  readonly claims?: Part
}

/** What the app would issue for this grant now, but for the difference. Signed with the server's key in any case. */
export function mint(server: Server, app: LinkedApp, { alg = 'ES256', header, claims }: Difference = {}): string {
  const { kid, privateKey } = keysOf(server).current(alg)
  return signed(
    { alg, typ: 'at+jwt', kid, ...header },
    { ...claimsOf(server, app), ...claims },
    signerOf(alg, privateKey),
  )
}

export function claimsOf({ origin }: Server, { userId, clientId, grantId, sessionId, scope }: LinkedApp): Part {
  const now = Math.floor(Date.now() / 1000)
  return {
    iss: origin,
    aud: `${origin}/api`,
    sub: userId,
    client_id: clientId,
    gid: grantId,
    sid: sessionId,
    scope,
    jti: random(),
    iat: now,
    exp: now + 300,
    auth_time: now,
    acr: 'aal1',
  }
}

type Signer = (data: Buffer) => Buffer | string

/** RFC 7515 §7.1, by hand: a library would refuse to make most of what is tried here. */
export function signed(header: Part, claims: Part, signer: Signer): string {
  const data = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = signer(Buffer.from(data))
  return `${data}.${typeof signature === 'string' ? signature : signature.toString('base64url')}`
}

export function signerOf(alg: string, key: KeyObject): Signer {
  if (alg.startsWith('Ed')) return (data) => sign(null, data, key)
  return (data) => sign(`sha${alg.slice(2)}`, data, { key, dsaEncoding: 'ieee-p1363' })
}

interface Asking {
  readonly scheme?: string
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** A request as an application makes it: a token, no cookie, no `Origin`. */
export function ask(
  server: Server,
  token: string,
  { scheme = 'Bearer', method = 'GET', path = '/api/session', headers }: Asking = {},
): Promise<RawAnswer> {
  return server.request({ method, path, headers: { authorization: `${scheme} ${token}`, ...headers } })
}

/** A key of an application, and the proofs that it makes with it. RFC 9449. */
export interface Holder {
  readonly jkt: string
  readonly jwk: JWK
  proof(of: { readonly token: string; readonly path?: string; readonly method?: string }, other?: Difference): string
}

export async function holder(server: Server, alg: 'ES256' | 'EdDSA' | 'Ed25519' = 'ES256'): Promise<Holder> {
  const { privateKey, publicKey } =
    alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519')
  const jwk = publicKey.export({ format: 'jwk' }) as JWK
  return {
    jkt: await calculateJwkThumbprint(jwk),
    jwk,
    proof({ token, path = '/api/session', method = 'GET' }, { header, claims } = {}) {
      const ath = createHash('sha256').update(token).digest('base64url')
      const body = { jti: random(), htm: method, htu: server.origin + path, iat: Math.floor(Date.now() / 1000), ath }
      const head = { typ: 'dpop+jwt', alg, jwk, ...header }
      return signed(head, { ...body, ...claims }, signerOf(alg, privateKey))
    },
  }
}

export function random(): string {
  return randomBytes(16).toString('base64url')
}
