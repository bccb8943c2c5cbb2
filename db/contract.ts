/**
 * What a store promises. Two stores keep these promises, SQLite and Postgres; `contract.test.ts` runs the
 * same examples against both. Read this page to know what Signet needs of a database.
 *
 * 1. A method is one atomic step. No transaction leaves `db/`: what belongs together is one method.
 * 2. The row decides. Nothing read from it is remembered between two calls.
 * 3. Ending is monotonic. Once a method that ends a session has answered, no method and no later call
 *    brings that session back, on this process or another one, now or after a power loss.
 * 4. A changing method takes a proof, locks the session's row first and compares id, user, generation and
 *    standing again. If the session is over it answers `'session-over'` and has changed nothing.
 * 5. `now` comes from the store (`check`), so that every node decides by one clock: Postgres by the
 *    database's statement time, SQLite by the clock handed in.
 * 6. An outage is thrown as `StoreUnavailable`; everything else that a caller can expect is returned.
 *
 * A method may answer at once or by a promise (`MaybePromise`): SQLite is synchronous, and a session check
 * that awaits nothing is several times cheaper.
 */

export type MaybePromise<T> = T | Promise<T>

declare const proven: unique symbol
declare const recent: unique symbol

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
  readonly passwordHash: string
  readonly administrator: boolean
  readonly createdAt: Date
}

/** The closed vocabulary of security events; `lib/audit/` has a sentence for each. */
export type EventKind =
  | 'account-created'
  | 'signed-in'
  | 'sign-in-failed'
  | 'sign-in-throttled'
  | 'reauthenticated'
  | 'reauthentication-failed'
  | 'session-ended'
  | 'session-renamed'
  | 'session-replayed'
  | 'ended-session-used'
  | 'profile-changed'
  | 'administrator-granted'

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
}

export interface SecurityEvent extends NewEvent {
  /** Grows with time; pages are cut by it. */
  readonly seq: number
  readonly at: Date
}

export interface NewSession extends Device, Origin {
  readonly id: string
  readonly userId: string
  readonly digest: Buffer
  readonly remembered: boolean
  readonly authentications: readonly { readonly method: string }[]
  /** SHA-256 of the `__Host-browser` value. A user has at most one live session for each browser. */
  readonly browserDigest: Buffer
  /** The session whose cookie came with the sign-in; it ends as `signed-in-again`, whoever's it was. */
  readonly replaces: string | null
}

export interface SessionLimit {
  readonly most: number | null
  readonly action: 'end-oldest' | 'refuse' | 'ask'
}

export type Begun =
  | {
      readonly outcome: 'begun'
      readonly session: SessionCheck
      readonly endedByLimit: number
      readonly newDevice: boolean
    }
  | { readonly outcome: 'limit-reached' }

/** Who or what ended a session, for its record. */
export interface Ending {
  readonly reason: EndReason
  readonly endedBy: string | null
}

/** Something happened to a session that its open pages must learn within a second. */
export type SessionChange =
  | { readonly type: 'ended'; readonly sessionId: string; readonly reason: EndReason; readonly at: Date }
  | { readonly type: 'timeouts'; readonly sessionId: string }

export type Standing = 'active' | 'inactive' | 'lifetime-exceeded'

/** What a store is opened with. Rules come in from outside, so that they stand in one place. */
export interface StoreOptions {
  readonly url: string
  /** The clock of an embedded store. Postgres asks the database instead. */
  readonly clock: () => Date
  /** `lib/session/policy.ts`: may a session with these times be used at `now`? */
  readonly standing: (times: SessionTimes, now: Date) => Standing
  /**
   * Shortest time after which a session of this kind may have run out; the sweep looks at nothing younger. By kind,
   * so that a million remembered sessions are not looked at each time for one that is not. Seconds.
   */
  readonly shortestInactivity: (remembered: boolean) => number
  readonly shortestLifetime: (remembered: boolean) => number
  /** Seconds for which a retired token may still be presented by a request in flight. */
  readonly renewalGrace: number
  readonly log: (message: string, details: Record<string, unknown>) => void
}

export interface SessionStore {
  /** The row by its public id, whatever its standing; undefined when there is none. The hot path. */
  check(id: string): MaybePromise<SessionCheck | undefined>
  /** A live session as the person sees it, whatever its standing. By primary key. */
  find(id: string): MaybePromise<Session | undefined>
  /** The record of an ended session, for 28 days. */
  ended(id: string): MaybePromise<EndedSession | undefined>

  /**
   * Begins a session. In one step: ends `replaces`, ends the user's other session in the same browser
   * (`signed-in-again`), holds the limit (only standing sessions count; the oldest by last activity ends first,
   * as `limit`), writes the row and the events. Parallel calls for one user are serialised.
   */
  begin(session: NewSession, limit: SessionLimit): MaybePromise<Begun>

  /**
   * Offers a successor for the token of `generation`. A compare-and-set: it is written only when that token is
   * still the present one and there is no successor, or the one there is was offered before `lapsedBefore`.
   * Answers the successor now in the row, own or another's, or undefined when the token is no longer present.
   */
  offer(
    id: string,
    generation: number,
    successor: Omit<Successor, 'offeredAt'>,
    lapsedBefore: Date,
  ): MaybePromise<Successor | undefined>
  /**
   * The browser has shown the successor whose own generation is `generation`: it becomes the present token and its
   * predecessor is retired. Answers false when the row does not have that successor (any more).
   */
  confirm(id: string, generation: number): MaybePromise<boolean>

  /** Notes deliberate activity and where it came from, unless the last note is younger than `atMostEvery` seconds. */
  touch(proof: SessionProof, origin: Origin, atMostEvery: number): MaybePromise<'noted' | 'not-due' | 'session-over'>
  /**
   * Records a new proof of identity under a new token, whose generation is above every one handed out before.
   * The old token is retired by authentication: never served again. `full` moves the absolute lifetime.
   * `'superseded'` unless the proof's token is the newest handed out: with an offer under way, the browser could end
   * up with either token.
   */
  reauthenticate(
    proof: SessionProof,
    digest: Buffer,
    method: string,
    full: boolean,
    event: NewEvent,
  ): MaybePromise<SessionCheck | 'session-over' | 'superseded'>

  /** The person signs out here. Idempotent. */
  signOut(proof: SessionProof): MaybePromise<void>
  /** Ends one other session of the same user. `'not-found'` alike for unknown, foreign and already ended ids. */
  end(proof: RecentProof, id: string, endedBy: string | null): MaybePromise<'ended' | 'not-found' | 'session-over'>
  /** Ends all of the user's sessions but this one; answers those that it ended. */
  endOthers(proof: RecentProof, endedBy: string | null): MaybePromise<readonly EndedSession[] | 'session-over'>
  /** Ends all of the user's sessions, this one too. */
  endAll(proof: RecentProof, endedBy: string | null): MaybePromise<readonly EndedSession[] | 'session-over'>

  /**
   * Ends a session that has run out, if it is still as `seen` (nobody was active meanwhile); one that was replayed, or
   * whose person signs out with a token that an authentication has just retired, whatever happened meanwhile.
   */
  endAs(seen: SessionCheck, reason: 'idle' | 'expired' | 'replayed' | 'signed-out'): MaybePromise<boolean>
  rename(proof: RecentProof, id: string, name: string | null): MaybePromise<'renamed' | 'not-found' | 'session-over'>

  /** Whether somebody has signed in to this account in this browser before; false for an unknown user. */
  knowsBrowser(userId: string, browserDigest: Buffer): MaybePromise<boolean>
  /** The user's standing sessions, newest activity first. */
  list(userId: string): MaybePromise<readonly Session[]>
  /** The user's records of ended sessions, newest end first. */
  listEnded(userId: string, most: number): MaybePromise<readonly EndedSession[]>

  /**
   * Administration from the command line: no session proves it, the shell does. Answers how many ended. For
   * everybody it goes in steps of some hundred, so that nobody waits; a session that begins meanwhile is spared.
   */
  endForUser(userId: string, ending: Ending): MaybePromise<number>
  endForEverybody(ending: Ending): MaybePromise<number>

  /** Ends at most `most` sessions that have run out. Answers how many. */
  sweep(most: number): MaybePromise<number>
  /**
   * Deletes at most `most` of what is older than the store's clock less 28 days: records of ended sessions, and events
   * that are nobody's. Answers how many.
   */
  purge(most: number): MaybePromise<number>

  /** Calls `listener` for every change of a session, from this process or another, within a second. */
  watch(listener: (change: SessionChange) => void): () => void
}

export interface UserStore {
  /** `'email-taken'` when the address has an account already. */
  create(user: Omit<User, 'createdAt' | 'administrator'>, event: NewEvent): MaybePromise<User | 'email-taken'>
  find(id: string): MaybePromise<User | undefined>
  findByEmail(email: string): MaybePromise<User | undefined>
  /** Replaces a password hash by one with newer parameters, if it is still `from`. */
  rehash(id: string, from: string, to: string): MaybePromise<void>
  rename(proof: SessionProof, name: string, event: NewEvent): MaybePromise<'renamed' | 'session-over'>
  /** Ends the user's sessions as well: a token from before must not carry the new right (ASVS v4.0.3-3.2.1). */
  grantAdministrator(email: string): MaybePromise<'granted' | 'not-found'>
}

export interface EventQuery {
  readonly userId: string
  /** All kinds when empty. */
  readonly kinds: readonly EventKind[]
  /** Only events with a smaller `seq`; null begins with the newest. */
  readonly before: number | null
  readonly most: number
}

export interface EventStore {
  append(event: NewEvent): MaybePromise<void>
  list(query: EventQuery): MaybePromise<readonly SecurityEvent[]>
}

/** A ceiling on attempts, kept in the database so that all processes share it. */
export interface Limiter {
  /**
   * Takes one attempt. It counts as a failure until it is given back, so that parallel calls never get more than the
   * ceiling together. The first call too many begins a block; later ones change nothing, so that it ends by itself
   * however hard somebody knocks. `retryAfter` in whole seconds: the longest it can take.
   */
  take(key: string): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly retryAfter: number }>
  /**
   * Gives one attempt back (a right password is no attack). A block falls with it, since there was room after all:
   * then the window ends when it would have. Blocks of failures alone stay, for nobody gives those back.
   */
  giveBack(key: string): Promise<void>
}

export interface LimiterOptions {
  readonly name: string
  /** Attempts allowed in `seconds`; one more blocks for `blockSeconds`. */
  readonly attempts: number
  readonly seconds: number
  readonly blockSeconds: number
}

export interface Store {
  readonly dialect: 'sqlite' | 'postgres'
  readonly sessions: SessionStore
  readonly users: UserStore
  readonly events: EventStore
  limiter(options: LimiterOptions): Limiter
  /** Throws `StoreUnavailable` unless a read and the schema are all right; with `'write'`, unless writes are taken too. */
  ping(access?: 'read' | 'write'): MaybePromise<void>
  /** The database's clock, for comparing it with this machine's. */
  clock(): MaybePromise<Date>
  close(): MaybePromise<void>
}

/** The database cannot be reached, read or written. Callers answer 503; the cause goes to the log. */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable'
  constructor(cause: unknown) {
    super('the session store is unavailable', { cause })
    this.name = 'StoreUnavailable'
  }
}
