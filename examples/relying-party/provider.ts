import { readFile } from 'node:fs/promises'
import { importJWK } from 'jose'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type ClientAuth,
  ClientSecretPost,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  PrivateKeyJwt,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type TokenEndpointResponse,
  type TokenEndpointResponseHelpers,
} from 'openid-client'

/** What must come back unchanged: kept in the browser's session while the person is away. */
export interface Transaction {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly maxAge: number | undefined
}

export type Tokens = TokenEndpointResponse & TokenEndpointResponseHelpers

interface Settings {
  readonly issuer: string
  readonly clientId: string
  readonly authentication: ClientAuth
  /** Of this app. */
  readonly origin: string
}

/**
 * How this app proves itself: by a key of its own, whose public half is registered, or by a secret that the provider made
 * and knows as well. RFC 7523 §2.2, RFC 6749 §2.3.1
 * @param keyFile a private JWK, as `new-key.ts` makes it
 */
export async function authentication(keyFile: string | undefined, secret = ''): Promise<ClientAuth> {
  if (!keyFile) return ClientSecretPost(secret)
  const jwk = JSON.parse(await readFile(keyFile, 'utf8'))
  return PrivateKeyJwt({ key: (await importJWK(jwk)) as CryptoKey, kid: jwk.kid })
}

/** All that this app asks of the provider. */
export class Provider {
  private readonly config: Configuration
  private readonly origin: string

  private constructor(config: Configuration, origin: string) {
    this.config = config
    this.origin = origin
  }

  static async discover({ issuer, clientId, authentication, origin }: Settings): Promise<Provider> {
    const metadata = { id_token_signed_response_alg: 'ES256' }
    const execute = issuer.startsWith('http://localhost') ? [allowInsecureRequests] : []
    const config = await discovery(new URL(issuer), clientId, metadata, authentication, { execute })
    return new Provider(config, origin)
  }

  get metadata() {
    return this.config.serverMetadata()
  }

  get clientId(): string {
    return this.config.clientMetadata().client_id
  }

  /** Where to send the person. @param wishes such as `prompt`, `max_age`, `acr_values`, `scope` */
  async begin(wishes: Record<string, string>): Promise<{ url: URL; transaction: Transaction }> {
    const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
    const url = buildAuthorizationUrl(this.config, {
      scope: 'openid profile email',
      ...wishes,
      redirect_uri: `${this.origin}/callback`,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url, transaction: { state, nonce, verifier, maxAge: wishes.max_age ? Number(wishes.max_age) : undefined } }
  }

  /** Redeems the answer. Throws unless it is this provider's, to this very request, in time. */
  finish(answer: URL, { state, nonce, verifier, maxAge }: Transaction): Promise<Tokens> {
    return authorizationCodeGrant(this.config, answer, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      ...(maxAge !== undefined && { maxAge }),
    })
  }

  /** Who it is, as the provider knows them now. */
  userInfo(tokens: Tokens) {
    return fetchUserInfo(this.config, tokens.access_token, tokens.claims()?.sub ?? '')
  }

  refresh({ refresh_token }: Tokens): Promise<Tokens> {
    return refreshTokenGrant(this.config, refresh_token ?? '')
  }

  /** Where the person signs out at the provider as well, and comes back from. */
  endSession({ id_token }: Tokens): URL {
    return buildEndSessionUrl(this.config, {
      id_token_hint: id_token ?? '',
      post_logout_redirect_uri: `${this.origin}/`,
      state: randomState(),
    })
  }
}
