import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CDPSession } from '@playwright/test'
import { isoCBOR } from '@simplewebauthn/server/helpers'
import { Secret, TOTP } from 'otpauth'
import { type Quirks, SoftwareAuthenticator } from '#lib/authentication/model/authenticator.ts'
import { newRecoveryCodes } from '#lib/authentication/recovery-codes.ts'
import { newTotpSecret } from '#lib/authentication/totp.ts'
import { sealSecret } from '#lib/authentication/totp-secret.ts'
import type { Key } from '#lib/keys/ring.ts'
import { sendJson } from './api.ts'
import type { Person } from './person.ts'
import type { RawAnswer } from './raw.ts'
import type { Server } from './server.ts'

/**
 * Authenticators that an account has from the beginning: put into its rows, for chapters that are about using them.
 * How they are added is another chapter's matter.
 */
type Named = Pick<Person, 'email'>

function idOf(server: Server, { email }: Named): string {
  const row = server.db.prepare('select id from users where email = ?').get(email.toLowerCase()) as { id: string }
  return row.id
}

export interface App {
  /** A code of the present time step, or of one before or after it. Each step's code is good once. */
  code(step?: -1 | 0 | 1): string
  /** Six digits that are no code of any step that is good now. */
  wrongCode(): string
}

/** An authenticator app. */
export function giveApp(server: Server, person: Named): App {
  const secret = newTotpSecret()
  const userId = idOf(server, person)
  const [key] = JSON.parse(readFileSync(join(server.dataDir, 'session-keys.json'), 'utf8')).keys as [Key]
  const sealed = sealSecret(secret, userId, { sealing: key, keys: [key], retired: [], version: 1 })
  server.db
    .prepare('insert into totps (user_id, secret, last_step, created_at) values (?, ?, 0, ?)')
    .run(userId, sealed, Date.now())
  const totp = new TOTP({ secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: 30 })
  const code = (step = 0) => totp.generate({ timestamp: Date.now() + step * 30_000 })
  const good = () => [-2, -1, 0, 1, 2].map((step) => code(step))
  const wrongCode = () =>
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((one) => !good().includes(one))
  return { code, wrongCode: () => wrongCode() ?? '' }
}

/** Ten recovery codes, as they are shown. */
export function giveRecoveryCodes(server: Server, person: Named): readonly string[] {
  const { codes, digests } = newRecoveryCodes()
  const insert = server.db.prepare('insert into recovery_codes (user_id, digest, created_at) values (?, ?, ?)')
  for (const digest of digests) insert.run(idOf(server, person), digest, Date.now())
  return codes
}

/** What a virtual authenticator is given, and what the account's row says of it. */
export interface Passkey {
  readonly credentialId: string
  readonly privateKey: string
  readonly userHandle: string
}

export function givePasskey(server: Server, person: Named, name = 'Test passkey'): Passkey {
  const userId = idOf(server, person)
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  const cose = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, bytes(x)],
    [-3, bytes(y)],
  ])
  const credentialId = randomBytes(32)
  insertPasskey(server, userId, credentialId, Buffer.from(isoCBOR.encode(cose)), name)
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64')
  const handle = Buffer.from(userId, 'base64url').toString('base64')
  return { credentialId: credentialId.toString('base64'), privateKey: pkcs8, userHandle: handle }
}

function insertPasskey(server: Server, userId: string, credentialId: Buffer, publicKey: Buffer, name: string): void {
  const sql = `insert into passkeys (id, user_id, credential_id, public_key, counter, backup_eligible, backed_up,
    transports, aaguid, name, created_at) values (?, ?, ?, ?, 0, 0, 0, 'internal', ?, ?, ?)`
  const [id, aaguid] = [randomBytes(16).toString('base64url'), '00000000-0000-0000-0000-000000000000']
  server.db.prepare(sql).run(id, userId, credentialId.toString('base64url'), publicKey, aaguid, name, Date.now())
}

/** A passkey without a browser, for requests made by hand: it signs what it is told to, rightly or wrongly. */
export class SoftPasskey {
  readonly #authenticator: SoftwareAuthenticator
  readonly #origin: string

  private constructor(authenticator: SoftwareAuthenticator, origin: string) {
    this.#authenticator = authenticator
    this.#origin = origin
  }

  static of(server: Server, person: Named): SoftPasskey {
    const authenticator = new SoftwareAuthenticator()
    const id = idOf(server, person)
    authenticator.create({ challenge: '', rp: { id: 'localhost' }, user: { id } })
    insertPasskey(server, id, authenticator.credentialId, authenticator.cosePublicKey(), 'Software passkey')
    return new SoftPasskey(authenticator, server.origin)
  }

  get id(): string {
    return this.#authenticator.id
  }

  /** A whole sign-in, from a browser that had no cookie before. */
  async signIn(server: Server, more: { readonly remember?: boolean } = {}): Promise<RawAnswer> {
    const asked = await sendJson(server, 'POST', '/api/session/challenge', { purpose: 'sign-in' })
    const headers = { cookie: asked.cookies.map(({ name, value }) => `${name}=${value}`).join('; ') }
    const body = { type: 'passkey', response: this.get(asked.json()), ...more }
    return sendJson(server, 'POST', '/api/session/factor', body, { headers })
  }

  get(options: { readonly challenge: string; readonly rpId?: string }, quirks: Quirks = {}) {
    return this.#authenticator.get(options, { origin: this.#origin, ...quirks })
  }
}

/** A person's own authenticator, in Chromium: it verifies its person, and answers at once. */
export class VirtualAuthenticator {
  private readonly cdp: CDPSession
  private readonly id: string

  private constructor(cdp: CDPSession, id: string) {
    this.cdp = cdp
    this.id = id
  }

  static async of({ context, page }: Pick<Person, 'context' | 'page'>): Promise<VirtualAuthenticator> {
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable', { enableUI: false })
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return new VirtualAuthenticator(cdp, authenticatorId)
  }

  async hold({ credentialId, privateKey, userHandle }: Passkey): Promise<void> {
    await this.cdp.send('WebAuthn.addCredential', {
      authenticatorId: this.id,
      credential: { credentialId, privateKey, userHandle, rpId: 'localhost', isResidentCredential: true, signCount: 1 },
    })
  }

  /** Whether the person is there to be asked. */
  async answers(atOnce: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId: this.id, enabled: atOnce })
  }

  /** Whether its person proves to it who they are. */
  async verifies(verified: boolean): Promise<void> {
    await this.cdp.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified: verified })
  }
}

/**
 * Signs in by the button. The page offers passkeys by itself as well: an authenticator that answers at once would have
 * answered that, and one that did not when it was asked never answers that request. So it answers from when the offer
 * has been made.
 */
export async function signInByButton({ page }: Pick<Person, 'page'>, key: VirtualAuthenticator, path = '/sign-in') {
  await key.answers(false)
  await page.addInitScript(() => {
    const get = navigator.credentials.get.bind(navigator.credentials)
    navigator.credentials.get = (options) => {
      Object.assign(window, { passkeysAsked: true })
      return get(options)
    }
  })
  await page.goto(path)
  await page.waitForFunction(() => 'passkeysAsked' in window)
  await key.answers(true)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
}
