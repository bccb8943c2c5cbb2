import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/** An authenticator in software, for tests: makes passkeys and signs with them as WebAuthn says, or wrongly as told. */

export type Algorithm = 'ES256' | 'EdDSA' | 'RS256' | 'ES384'

/** What a test can have it do otherwise than it should. */
export interface Quirks {
  readonly origin?: string
  readonly rpId?: string
  readonly type?: string
  readonly crossOrigin?: boolean
  readonly challenge?: string
  readonly userVerified?: boolean
  readonly userPresent?: boolean
  readonly backupEligible?: boolean
  readonly backedUp?: boolean
  readonly counter?: number
  readonly userHandle?: string | null
  readonly format?: string
  readonly statement?: Map<string, unknown>
  readonly transports?: readonly string[]
}

interface Created {
  readonly challenge: string
  readonly rp: { readonly id?: string }
  readonly user: { readonly id: string }
}

const ORIGIN = 'http://localhost:3000'
const b64 = (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('base64url')
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()

export class SoftwareAuthenticator {
  readonly credentialId = randomBytes(32)
  readonly aaguid: Buffer
  private readonly algorithm: Algorithm
  private readonly privateKey: KeyObject
  private readonly publicKey: KeyObject
  private readonly synchronised: boolean
  private userHandle = ''
  /** Synchronised passkeys do not count. */
  counter: number

  constructor({ algorithm = 'ES256' as Algorithm, synchronised = false, aaguid = '0'.repeat(32) } = {}) {
    this.algorithm = algorithm
    this.synchronised = synchronised
    this.aaguid = Buffer.from(aaguid.replaceAll('-', ''), 'hex')
    this.counter = synchronised ? 0 : 1
    const { privateKey, publicKey } = keyPair(algorithm)
    this.privateKey = privateKey
    this.publicKey = publicKey
  }

  get id(): string {
    return b64(this.credentialId)
  }

  /** The answer to options of registration. */
  create({ challenge, rp, user }: Created, quirks: Quirks = {}) {
    this.userHandle = user.id
    const length = Buffer.alloc(2)
    length.writeUInt16BE(this.credentialId.length)
    const attested = [this.aaguid, length, this.credentialId, Buffer.from(isoCBOR.encode(this.coseKey()))]
    const authData = Buffer.concat([this.authData(rp.id ?? '', quirks, 0x40), ...attested])
    const { format = 'none', statement = new Map() } = quirks
    const object = new Map<string, unknown>([
      ['fmt', format],
      ['attStmt', statement],
      ['authData', new Uint8Array(authData)],
    ])
    const attestationObject = b64(isoCBOR.encode(object as Parameters<typeof isoCBOR.encode>[0]))
    const clientDataJSON = b64(clientData('webauthn.create', challenge, quirks))
    const { transports = this.synchronised ? ['internal', 'hybrid'] : ['usb'] } = quirks
    return this.answer({ clientDataJSON, attestationObject, transports })
  }

  /** The answer to options of authentication. */
  get({ challenge, rpId }: { readonly challenge: string; readonly rpId?: string }, quirks: Quirks = {}) {
    if (!this.synchronised) this.counter++
    const authData = this.authData(rpId ?? '', quirks, 0)
    const client = clientData('webauthn.get', challenge, quirks)
    const signature = signed(this.algorithm, this.privateKey, Buffer.concat([authData, sha256(client)]))
    const { userHandle = this.userHandle } = quirks
    const response = { clientDataJSON: b64(client), authenticatorData: b64(authData), signature: b64(signature) }
    return this.answer({ ...response, ...(userHandle !== null && { userHandle }) })
  }

  private answer<T>(response: T) {
    return { id: this.id, rawId: this.id, type: 'public-key', clientExtensionResults: {}, response }
  }

  private authData(rpId: string, quirks: Quirks, more: number): Buffer {
    const { userPresent = true, userVerified = true, backupEligible = this.synchronised } = quirks
    const { backedUp = this.synchronised, counter = this.counter } = quirks
    const bits = [userPresent, false, userVerified, backupEligible, backedUp]
    const flags = bits.reduce((sum, bit, i) => sum | (bit ? 1 << i : 0), more)
    const tail = Buffer.alloc(5)
    tail[0] = flags
    tail.writeUInt32BE(counter, 1)
    return Buffer.concat([sha256(quirks.rpId ?? rpId), tail])
  }

  /** As a credential record keeps it. */
  cosePublicKey(): Buffer {
    return Buffer.from(isoCBOR.encode(this.coseKey()))
  }

  /** RFC 9052 §7: 1 kty, 3 alg, then by type of key. */
  private coseKey(): Map<number, number | Uint8Array> {
    const { x = '', y = '', n = '', e = '' } = this.publicKey.export({ format: 'jwk' }) as Record<string, string>
    const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
    const rest: Record<Algorithm, [number, number | Uint8Array][]> = {
      ES256: [
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ],
      ES384: [
        [1, 2],
        [3, -35],
        [-1, 2],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ],
      EdDSA: [
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytes(x)],
      ],
      RS256: [
        [1, 3],
        [3, -257],
        [-1, bytes(n)],
        [-2, bytes(e)],
      ],
    }
    return new Map(rest[this.algorithm])
  }
}

function clientData(type: string, challenge: string, quirks: Quirks): string {
  const { origin = ORIGIN, crossOrigin = false } = quirks
  return JSON.stringify({ type: quirks.type ?? type, challenge: quirks.challenge ?? challenge, origin, crossOrigin })
}

function keyPair(algorithm: Algorithm) {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519')
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  return generateKeyPairSync('ec', { namedCurve: algorithm === 'ES256' ? 'P-256' : 'P-384' })
}

function signed(algorithm: Algorithm, key: KeyObject, bytes: Buffer): Buffer {
  if (algorithm === 'EdDSA') return sign(null, bytes, key)
  return sign(algorithm === 'ES384' ? 'sha384' : 'sha256', bytes, key)
}
