/** Applications that people link to their account, and what they hold: types only. */
import type { AdministratorProof, RecentProof, SessionCheck } from './session.ts'

/** Who adds and removes applications: an administrator, or the command line, which the shell proves. */
export type Registrar = 'shell' | (AdministratorProof & RecentProof)

/** A public key of an application: ES256 with an EC key, EdDSA with an OKP key. RFC 7517, RFC 7518 §6.2, RFC 8037. */
export interface ClientKey {
  readonly kty: 'EC' | 'OKP'
  readonly crv: 'P-256' | 'Ed25519'
  readonly x: string
  readonly y?: string
  /** By what its application calls it, if it does. */
  readonly kid?: string
}

/** An application that may ask for a grant. RFC 6749 §2, OpenID Connect Registration §2. */
export interface Client {
  /** `client_id`: public. */
  readonly id: string
  readonly name: string
  /** SHA-256 of its secret; null for one that proves itself by a key, or by PKCE alone. */
  readonly secretDigest: Buffer | null
  /** Of the private keys that it proves itself by in place of a secret, none of which is known here; empty for none. */
  readonly publicKeys: readonly ClientKey[]
  /** Compared exactly, character by character. */
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly backchannelLogoutUri: string | null
  /** The most it may ask for, with a space between them. */
  readonly scope: string
  /** May it ask on a device without a browser? RFC 8628. */
  readonly device: boolean
  readonly createdAt: Date
}

/**
 * What a person has let an application do, in one lineage: session, grant, refresh token, access token. Whatever ends
 * an upper one ends all below it in the same step.
 */
export interface Grant {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  /** The session that it hangs on; null once that has ended and the grant outlives it (`offline_access`). */
  readonly sessionId: string | null
  /** The session in which it was made, also when that is over: the `sid` that the relying party knows it by. */
  readonly madeIn: string
  /** With a space between them. */
  readonly scope: string
  /** The person consented that it outlives the session: `offline_access`. */
  readonly offline: boolean
  /** When and how the person had shown who they are: tokens tell it, and no refresh moves it. */
  readonly authenticatedAt: Date
  readonly methods: string
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  readonly epoch: number
}

export type NewGrant = Pick<Grant, 'id' | 'clientId' | 'scope' | 'offline' | 'authenticatedAt' | 'methods'> & {
  /** Seconds. */
  readonly lifetime: number
  /** An older grant of this application in the same session, whose place it takes; its tokens end with it. */
  readonly replaces?: string | null
}

/** A grant, the session that it hangs on if there is one, and the database's time: one reading. */
export interface GrantCheck {
  readonly grant: Grant
  readonly session: SessionCheck | null
  readonly now: Date
}

/** A grant with its application's name, for the person. */
export interface LinkedApp extends Grant {
  readonly clientName: string
}

/**
 * What the protocol keeps between two requests: codes, refresh tokens, opaque access tokens, device codes, pushed
 * requests, interactions. The row holds no secret in the clear: `digest` is the SHA-256 of the value, `sealed` what
 * belongs to it, sealed with the app's keys.
 */
export interface Artifact {
  /** `AuthorizationCode`, `RefreshToken`, … */
  readonly kind: string
  readonly digest: Buffer
  readonly sealed: string
  /** Ends with this grant, whatever ends that. */
  readonly grantId: string | null
  /** Whose it is, as far as that is known: half-done things without a grant end where the account's half-states do. */
  readonly userId: string | null
  /** SHA-256 of a device's user code. */
  readonly userCodeDigest: Buffer | null
  readonly consumedAt: Date | null
  readonly expiresAt: Date
}

export type NewArtifact = Omit<Artifact, 'consumedAt' | 'expiresAt'> & {
  /** Of a refresh token: the digest of the one that it takes the place of. */
  readonly replaces: Buffer | null
  /** Seconds. */
  readonly lifetime: number
}

/**
 * - `spent`: this call used it up.
 * - `again`: it was used up within the grace, and nothing that took its place has been shown yet: an answer was lost, or
 *   two calls crossed. Another may be made in its place. Of all that were made the first one shown stays.
 * - `reused`: it was used up before, or another that was made in the same place has been shown. Somebody else has it too.
 */
export type Spent = 'spent' | 'again' | 'reused' | 'unknown'

/** One relying party to be told that a session has ended. OpenID Connect Back-Channel Logout 1.0. */
export interface LogoutNotice {
  readonly id: number
  readonly clientId: string
  readonly uri: string
  readonly userId: string
  /** Our public session id, the `sid` of the ID tokens. */
  readonly sessionId: string
  /** How often it was put off: each by itself, or with the rest of its line. */
  readonly failures: number
  /** How often it was asked, and the answer was no. */
  readonly refusals: number
  readonly createdAt: Date
}
