/** Sessions, their tokens and times, and the proofs that they give: types only. */
import type { Federation } from './identity.ts'

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
  /** Another provider, on which it rested, has signed the person out. */
  | 'provider'
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
  /** What it rests on, where another provider has signed its person in. */
  readonly federation?: Federation | null | undefined
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
