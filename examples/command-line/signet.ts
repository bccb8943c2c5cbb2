import {
  allowInsecureRequests,
  type Configuration,
  type DeviceAuthorizationResponse,
  type DPoPHandle,
  discovery,
  fetchProtectedResource,
  getDPoPHandle,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  randomDPoPKeyPair,
  tokenRevocation,
} from 'openid-client'

/** A session as the API shows it; of its members those that are used here. */
export interface Session {
  readonly id: string
  /** The one in which this program was let in. */
  readonly current: boolean
  readonly lastActiveAt: string
  readonly device: { readonly browser: string | null; readonly os: string | null }
  readonly place: string | null
}

/** Nothing more than is needed: to see the sessions, and to end the one that this program hangs on. */
const SCOPE = 'openid sessions:read sessions:end'

/**
 * All that this program asks of Signet. It has no secret: the person lets it in on a device with a browser (RFC 8628). Its
 * token is bound to a key that never leaves this process (RFC 9449), so a copy of the token opens nothing.
 */
export class Signet {
  private readonly config: Configuration
  private readonly possession: DPoPHandle
  private readonly api: string
  private token = ''
  private refreshToken = ''

  private constructor(config: Configuration, possession: DPoPHandle) {
    this.config = config
    this.possession = possession
    this.api = `${config.serverMetadata().issuer}/api`
  }

  static async discover(issuer: string, clientId: string): Promise<Signet> {
    const execute = issuer.startsWith('http://localhost') ? [allowInsecureRequests] : []
    const metadata = { id_token_signed_response_alg: 'ES256' }
    const config = await discovery(new URL(issuer), clientId, metadata, None(), { execute })
    return new Signet(config, getDPoPHandle(config, await randomDPoPKeyPair('ES256')))
  }

  /** Where the person goes, and the code that they type there. */
  ask(): Promise<DeviceAuthorizationResponse> {
    return initiateDeviceAuthorization(this.config, { scope: SCOPE, resource: this.api })
  }

  /** Resolves once the person has said yes; rejects when they say no, or nothing. */
  async answer(asked: DeviceAuthorizationResponse): Promise<void> {
    const DPoP = this.possession
    const tokens = await pollDeviceAuthorizationGrant(this.config, asked, { resource: this.api }, { DPoP })
    this.token = tokens.access_token
    this.refreshToken = tokens.refresh_token ?? ''
  }

  async sessions(): Promise<readonly Session[]> {
    const answer = await this.call('GET', '/sessions')
    return ((await answer.json()) as { sessions: Session[] }).sessions
  }

  /** `'only-you'`: ending any other session takes the person, and a token is not one. */
  async end(id: string): Promise<'ended' | 'only-you'> {
    const answer = await this.call('DELETE', `/sessions/${id}`)
    if (answer.status === 204) return 'ended'
    const { code } = (await answer.json()) as { code: string }
    if (code === 'reauthentication_required') return 'only-you'
    throw new Error(code)
  }

  /** Gives back what it was let in with: with the refresh token goes everything (RFC 7009 §2.1). */
  leave(): Promise<void> {
    return tokenRevocation(this.config, this.refreshToken)
  }

  private call(method: string, path: string): Promise<Response> {
    const url = new URL(this.api + path)
    return fetchProtectedResource(this.config, this.token, url, method, undefined, undefined, { DPoP: this.possession })
  }
}
