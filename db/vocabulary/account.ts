/** Accounts, what opens them, what is half done about them, and how they change: types only. */
import type { NewIdentity } from './identity.ts'
import type { AdministratorProof, FullProof, RecentProof, SessionCheck, SessionProof } from './session.ts'

export interface User {
  readonly id: string
  readonly name: string
  /** NFC, lower case; unique. */
  readonly email: string
  /** A PHC string; null when no password opens the account until a mailed reset. */
  readonly passwordHash: string | null
  /** Wrong passwords since the last right one. */
  readonly passwordFailures: number
  readonly administrator: boolean
  /** Grows with every change of an authenticator: what began before it, in whatever tab, ends nowhere. */
  readonly securityVersion: number
  readonly disabledAt: Date | null
  readonly deletedAt: Date | null
  /** Where notices go as well until `formerEmailUntil`, so that whoever takes an account over cannot hush it up. */
  readonly formerEmail: string | null
  readonly formerEmailUntil: Date | null
  /** Until then the address cannot be changed: it was changed or taken back lately, and the old address may undo it. */
  readonly emailHeldUntil: Date | null
  readonly createdAt: Date
}

/** An authenticator app, confirmed. RFC 6238. */
export interface Totp {
  readonly userId: string
  /** The shared secret, sealed by `lib/authentication/totp-secret.ts`. */
  readonly secret: string
  /** The time step of the last accepted code: none up to it is ever accepted again. */
  readonly lastStep: number
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** A passkey. WebAuthn Level 3 §4, credential record. */
export interface Passkey {
  /** Public name of the row, ours. */
  readonly id: string
  readonly userId: string
  /** base64url, as the browser names it; unique. */
  readonly credentialId: string
  /** COSE key. */
  readonly publicKey: Buffer
  readonly counter: number
  /** May leave the device (synchronised) or not. */
  readonly backupEligible: boolean
  readonly backedUp: boolean
  /** Space-separated, as the browser told: `internal hybrid`. */
  readonly transports: string
  readonly aaguid: string
  readonly name: string
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** What an account can be opened with. */
export interface Factors {
  readonly password: boolean
  readonly totp: Totp | null
  /** Oldest first. */
  readonly passkeys: readonly Passkey[]
  /** Unused recovery codes. */
  readonly recoveryCodes: number
  /** Accounts elsewhere that open it. */
  readonly identities: number
  readonly securityVersion: number
}

/** One use of a factor that must not be used twice. */
export type Spend =
  /** `resealed`: the secret under the present key, when the key that sealed it is about to retire. */
  | { readonly factor: 'totp'; readonly step: number; readonly resealed?: string }
  | { readonly factor: 'recovery-code'; readonly digest: Buffer }
  | { readonly factor: 'passkey'; readonly id: string; readonly counter: number; readonly backedUp: boolean }

/**
 * What is half done, and opens nothing but its own next step.
 *
 * - `sign-in`: the first factor was right, the second is due. `challenge`: a passkey is asked to sign. `totp`: an
 *   authenticator app is being added. All bound to the browser by `__Host-sign-in`, whose secret `secretDigest` hashes.
 * - `act`: a passkey has confirmed one act of one session, which is due next (level 3).
 * - `application`: what an application has asked of this browser, and its person has yet to answer. Bound like the former.
 * - `federation`: on the way to another provider and back. Bound like the former.
 * - `signed-out`: somebody has just signed out here who may still be signed in there. That a provider has to ask is bound
 *   to the browser by `__Host-browser`; which one it was, like the former.
 * - `signed-out-elsewhere`: what a provider has signed out just now (`signed-out-elsewhere.ts`). Of no browser.
 * - `reset`, `email`: a mailed link, whose token `secretDigest` hashes. A newer one of an account replaces the older.
 */
export type PendingKind =
  | 'sign-in'
  | 'challenge'
  | 'totp'
  | 'act'
  | 'application'
  | 'federation'
  | 'signed-out'
  | 'signed-out-elsewhere'
  | 'reset'
  | 'email'

export interface NewPending {
  readonly id: string
  readonly kind: PendingKind
  /** SHA-256 of the browser's secret or of the link's token. */
  readonly secretDigest: Buffer
  /** Null: of nobody, so that an unknown address is answered in the same time. */
  readonly userId: string | null
  readonly sessionId: string | null
  /** The account's at the beginning: when it has grown since, this is void. */
  readonly securityVersion: number
  readonly detail: Readonly<Record<string, string>>
  /** Seconds. */
  readonly lifetime: number
}

export interface Pending extends Omit<NewPending, 'lifetime'> {
  readonly createdAt: Date
  readonly expiresAt: Date
}

/** By what right an account is changed. */
export type Authority =
  /** Its own person. `digest` is of the new token that this session goes on with, where the change asks for one. */
  | { readonly by: 'person'; readonly proof: FullProof; readonly digest: Buffer }
  /** Whoever had the token of a mailed link: it is used up with the change. */
  | { readonly by: 'link'; readonly pendingId: string; readonly proof?: SessionProof }
  /** Whoever had a notice that was mailed about this user's event of the number `event`. Each notice is good once. */
  | { readonly by: 'notice'; readonly userId: string; readonly event: number }
  | { readonly by: 'administrator'; readonly proof: AdministratorProof & RecentProof; readonly userId: string }
  /** The command line: the shell proves it. */
  | { readonly by: 'shell'; readonly userId: string }

export type NewPasskey = Omit<Passkey, 'userId' | 'createdAt' | 'lastUsedAt'>

/** `endOthers` is what the person chose; it counts where the table says `chosen`. */
export type AccountChange =
  | { readonly kind: 'password-changed'; readonly passwordHash: string; readonly endOthers: boolean }
  | { readonly kind: 'password-reset'; readonly passwordHash: string }
  | { readonly kind: 'totp-added'; readonly secret: string; readonly step: number; readonly endOthers: boolean }
  | { readonly kind: 'totp-removed'; readonly endOthers: boolean }
  | { readonly kind: 'passkey-added'; readonly passkey: NewPasskey; readonly endOthers: boolean }
  /** `keepOne`: the last one stays (level 3 knows no other way in). */
  | { readonly kind: 'passkey-removed'; readonly id: string; readonly keepOne: boolean; readonly endOthers: boolean }
  | { readonly kind: 'passkey-renamed'; readonly id: string; readonly name: string }
  | { readonly kind: 'recovery-codes-replaced'; readonly digests: readonly Buffer[]; readonly endOthers: boolean }
  | { readonly kind: 'identity-linked'; readonly identity: NewIdentity; readonly endOthers: boolean }
  | { readonly kind: 'identity-unlinked'; readonly id: string; readonly endOthers: boolean }
  /** The new address stands in the link's half-state. */
  | { readonly kind: 'email-changed' }
  | { readonly kind: 'email-restored'; readonly from: string; readonly to: string }
  /**
   * Of somebody who has lost theirs: the authenticator app, the passkeys and the recovery codes go. The password stays,
   * and so do accounts elsewhere: whoever has those has not lost them.
   */
  | { readonly kind: 'factors-removed' }
  /** "This wasn't me": everything ends, and no password opens the account until a mailed reset. */
  | { readonly kind: 'reported' }
  | { readonly kind: 'account-disabled' }
  | { readonly kind: 'account-enabled' }
  | { readonly kind: 'account-deleted' }
  | { readonly kind: 'administrator-granted' }
  | { readonly kind: 'administrator-withdrawn' }
  /** By an administrator: one session of the user, or all with null. */
  | { readonly kind: 'sessions-ended'; readonly sessionId: string | null }

export type Changed =
  | {
      readonly outcome: 'changed'
      readonly user: User
      /** This session under its new token, where the change renewed it. */
      readonly session: SessionCheck | null
      /** How many sessions ended. */
      readonly ended: number
    }
  /** The authority no longer holds. */
  | { readonly outcome: 'session-over' | 'superseded' | 'void' }
  /** There is no such user, passkey, session; or the address belongs to another account by now. */
  | { readonly outcome: 'not-found' | 'email-taken' }
  /** An administrator asked for what is so already: nothing ends, and nobody is told. */
  | { readonly outcome: 'unchanged' }
  /** It had to stay: there is no other way in. */
  | { readonly outcome: 'last-passkey' | 'last-identity' }
  /** This passkey, or this account elsewhere, opens an account already. */
  | { readonly outcome: 'passkey-taken' | 'identity-taken' }
  /** Nobody would be left to administer; only the command line could grant it again, and only it may go so far. */
  | { readonly outcome: 'last-administrator' }
