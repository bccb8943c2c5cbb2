/** The words that the stores and everything above them speak in: types only. What a store promises is in `contract.ts`. */

export type MaybePromise<T> = T | Promise<T>

declare const proven: unique symbol
declare const recent: unique symbol
declare const full: unique symbol
declare const administrator: unique symbol

/**
 * Evidence that a request came with a session that stood. Made only in `lib/session/current.ts`; whoever
 * wants to reach anything behind sign-in must hold one, so forgetting the check does not compile.
 */
export interface SessionProof {
  readonly [proven]: true
  readonly sessionId: string
  readonly userId: string
  /** Generation of the token that the request showed. */
  readonly generation: number
  /** Database time at which the session was found standing. */
  readonly now: Date
  readonly session: SessionCheck
}

/** A session proof whose person has shown who they are within the step-up window, under the newest token. */
export interface RecentProof extends SessionProof {
  readonly [recent]: true
}

/** A recent proof with every factor that the account has: what changing an authenticator needs (policy, table 2a). */
export interface FullProof extends RecentProof {
  readonly [full]: true
}

/**
 * A session proof of somebody whom the row of the account calls an administrator, read for this very request. It is
 * enough to look; acting takes a recent one as well.
 */
export interface AdministratorProof extends SessionProof {
  readonly [administrator]: true
}

/** One proof of identity: an RFC 8176 method name (`pwd`, `otp`, `hwk`, …) and when it was given. */
export interface Authentication {
  readonly method: string
  readonly at: Date
}

/** What standing is computed from. */
export interface SessionTimes {
  readonly beganAt: Date
  /** The absolute lifetime counts from here: the last full-level authentication. */
  readonly lifetimeFrom: Date
  readonly lastActiveAt: Date
  readonly remembered: boolean
  /** Since when only the unlock step opens it (level 2 after inactivity); null while it is not locked. */
  readonly lockedAt: Date | null
}

/** A token that has been offered to the browser and not been shown by it yet. */
export interface Successor {
  readonly generation: number
  readonly digest: Buffer
  /** The successor token, encrypted under a key derived from its predecessor. */
  readonly wrapped: Buffer
  readonly offeredAt: Date
}

/** The token before the present one. */
export interface Predecessor {
  readonly generation: number
  /** Null when an authentication retired it: such a token is never served. */
  readonly digest: Buffer | null
  readonly retiredAt: Date
  readonly retiredBy: 'renewal' | 'authentication'
}

/** The part of a session's row that deciding needs: read by primary key at every request, without a join. */
export interface SessionCheck extends SessionTimes {
  readonly id: string
  readonly userId: string
  /** Database time of this reading. */
  readonly now: Date
  readonly generation: number
  /** SHA-256 of the present token, 32 bytes. */
  readonly digest: Buffer
  /** When the present token was made. */
  readonly renewedAt: Date
  readonly successor: Successor | null
  readonly predecessor: Predecessor | null
  /** The epoch in which it began: a session of an earlier one is over, whatever its row says. */
  readonly epoch: number
  /** Newest last. */
  readonly authentications: readonly Authentication[]
}

export type DeviceKind = 'desktop' | 'phone' | 'tablet' | 'bot' | 'unknown'

/** What is known of the device, from the request that it sent; null is "unknown" and is shown in words. */
export interface Device {
  readonly browser: string | null
  readonly os: string | null
  readonly kind: DeviceKind
  /** The raw `User-Agent`, at most 512 characters. */
  readonly userAgent: string | null
}

/** Where a request came from. `place` is approximate and null when the address tells nothing. */
export interface Origin {
  readonly ip: string | null
  readonly place: string | null
}

/** With what and where from a session is used. */
export interface Circumstances extends Device, Origin {}

/** A live session as the person sees it. */
export interface Session extends SessionTimes, Device, Origin {
  readonly id: string
  readonly userId: string
  /** The person's own name for it. */
  readonly name: string | null
  readonly authentications: readonly Authentication[]
  readonly renewedAt: Date
}

/** Stored reasons are finer than the six that are shown; `lib/session/reasons.ts` maps them. */
export type EndReason =
  | 'signed-out'
  | 'signed-in-again'
  | 'signed-out-elsewhere'
  | 'signed-out-everywhere'
  | 'idle'
  | 'expired'
  | 'replayed'
  | 'limit'
  | 'administrator'
  | 'role-changed'
  | 'password-changed'
  | 'factor-changed'
  | 'email-changed'
  | 'reset'
  | 'reported'
  | 'disabled'
  | 'deleted'
  | 'circumstances'
  | 'epoch'

/** What is kept of a session for 28 days after its end. It holds no digest: nothing can be opened with it. */
export interface EndedSession extends Device, Origin {
  readonly id: string
  readonly userId: string
  readonly name: string | null
  readonly beganAt: Date
  readonly lastActiveAt: Date
  readonly endedAt: Date
  readonly reason: EndReason
  /** The device from which it was ended ("Firefox on Linux"), or null when nobody's device did. */
  readonly endedBy: string | null
}

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
 * - `reset`, `email`: a mailed link, whose token `secretDigest` hashes. A newer one of an account replaces the older.
 */
export type PendingKind = 'sign-in' | 'challenge' | 'totp' | 'reset' | 'email'

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

/** The closed vocabulary of security events; `lib/audit/` has a sentence for each. */
export type EventKind =
  | 'account-created'
  | 'signed-in'
  | 'sign-in-failed'
  | 'sign-in-throttled'
  | 'second-factor-failed'
  | 'password-switched-off'
  | 'reauthenticated'
  | 'reauthentication-failed'
  | 'session-ended'
  | 'session-locked'
  | 'session-unlocked'
  | 'session-renamed'
  | 'session-replayed'
  | 'ended-session-used'
  | 'circumstances-changed'
  | 'profile-changed'
  | 'password-changed'
  | 'reset-requested'
  | 'password-reset'
  | 'totp-added'
  | 'totp-removed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'passkey-renamed'
  | 'recovery-codes-replaced'
  | 'recovery-code-used'
  | 'factors-removed'
  | 'email-change-requested'
  | 'email-changed'
  | 'email-restored'
  | 'reported'
  | 'account-disabled'
  | 'account-enabled'
  | 'account-deleted'
  | 'administrator-granted'
  | 'administrator-withdrawn'
  | 'administered'

export interface NewEvent {
  readonly kind: EventKind
  /** Null: somebody tried an address that has no account. It is in nobody's list, and gone after 28 days. */
  readonly userId: string | null
  readonly sessionId: string | null
  /** "Firefox on Linux", or null when unknown. */
  readonly device: string | null
  readonly ip: string | null
  readonly place: string | null
  /** Values that the event's sentence needs, for example `{ reason: 'idle' }`. Never a secret. */
  readonly detail: Readonly<Record<string, string>>
  /** A secret that only its mail may tell (a link's token), sealed. Stands in the outbox until it is sent, never in the event. */
  readonly sealed?: string
}

export interface SecurityEvent extends Omit<NewEvent, 'sealed'> {
  /** Grows with time; pages are cut by it. */
  readonly seq: number
  readonly at: Date
}

export interface NewSession extends Device, Origin {
  readonly id: string
  readonly userId: string
  readonly digest: Buffer
  readonly remembered: boolean
  /** `at` is missing for what was shown just now. */
  readonly authentications: readonly { readonly method: string; readonly at?: Date }[]
  /** The account's when its first factor was checked; if it has grown since, nothing begins. */
  readonly securityVersion: number
  readonly epoch: number
  /** SHA-256 of the `__Host-browser` value. A user has at most one live session for each browser. */
  readonly browserDigest: Buffer
  /** The session whose cookie came with the sign-in; it ends as `signed-in-again`, whoever's it was. */
  readonly replaces: string | null
}

export interface SessionLimit {
  readonly most: number | null
  readonly action: 'end-oldest' | 'refuse' | 'ask'
  /** Sessions that the person chose to end for the new one; if there is no room even so, none of them ends. */
  readonly chosen?: readonly string[]
}

export type Begun =
  | {
      readonly outcome: 'begun'
      readonly session: SessionCheck
      readonly endedByLimit: number
      readonly newDevice: boolean
    }
  | { readonly outcome: 'limit-reached' }
  /** The account was disabled, deleted, or an authenticator changed, since the first factor was checked. */
  | { readonly outcome: 'refused' }

/** Who or what ended a session, for its record. */
export interface Ending {
  readonly reason: EndReason
  readonly endedBy: string | null
  /** What an administrator gave as the reason, for the person to read. */
  readonly why?: string | undefined
}

/** Which database this is, and how many sessions it knows to have ended: what a restored backup gives itself away by. */
export interface DatabaseState {
  /** Random, made with the tables: a backup has the same, a new database another. */
  readonly id: string
  /** Number of the last end. It never falls, unless an older copy has taken the database's place. */
  readonly lastEnd: number
  /** The same among the records that there still are, so that its end is committed for certain; 0 when there are none. */
  readonly lastRecord: number
}

/** Something happened to a session that its open pages must learn within a second. */
export type SessionChange =
  | { readonly type: 'ended'; readonly sessionId: string; readonly reason: EndReason; readonly at: Date }
  | { readonly type: 'locked'; readonly sessionId: string; readonly at: Date }
  | { readonly type: 'timeouts'; readonly sessionId: string }

/** `locked`: only the unlock step opens it. */
export type Standing = 'active' | 'locked' | 'inactive' | 'lifetime-exceeded'

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
  /** The new address stands in the link's half-state. */
  | { readonly kind: 'email-changed' }
  | { readonly kind: 'email-restored'; readonly from: string; readonly to: string }
  /** Of somebody who has lost theirs: the authenticator app, the passkeys and the recovery codes go, the password stays. */
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
  /** It had to stay: there is no other way in. */
  | { readonly outcome: 'last-passkey' }
  /** This passkey opens an account already. */
  | { readonly outcome: 'passkey-taken' }
  /** Nobody would be left to administer; only the command line could grant it again, and only it may go so far. */
  | { readonly outcome: 'last-administrator' }
