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
import type { Administration } from './administration.ts'
import type { ArtifactStore, ClientStore, GrantStore, LogoutOutbox } from './grants.ts'
import type { IdentityStore } from './identities.ts'
import type {
  AccountChange,
  AdministratorProof,
  Authority,
  Begun,
  Changed,
  Circumstances,
  DatabaseState,
  EndedSession,
  Ending,
  EventKind,
  Factors,
  Federation,
  Limit,
  MaybePromise,
  NewEvent,
  NewPending,
  NewSession,
  Origin,
  Passkey,
  Pending,
  PendingKind,
  RecentProof,
  SecurityEvent,
  Session,
  SessionChange,
  SessionCheck,
  SessionLimit,
  SessionProof,
  SessionTimes,
  Spend,
  Standing,
  Successor,
  User,
} from './vocabulary.ts'
import type { Found } from './what-ends.ts'

export type * from './administration.ts'
export type * from './grants.ts'
export type * from './identities.ts'
export type * from './vocabulary.ts'

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
  /** The epoch in force, kept outside the database: sessions of an earlier one are over. */
  readonly epoch: () => number
  /**
   * Called before a database is read that was not in use: at the first opening, when another file or server has taken
   * its place, and when others have changed it. What it answers is called with what was found there.
   */
  readonly verify?: () => (found: DatabaseState) => void
  readonly log: (message: string, details: Record<string, unknown>) => void
}

/** Who opens a locked session again, with what, and where. */
export interface Unlocking {
  readonly userId: string
  readonly method: string
  readonly digest: Buffer
  readonly securityVersion: number
  /** From here on it counts again. */
  readonly limit: SessionLimit
  readonly in: Circumstances
  /** What it rests on from now, where another provider has signed the person in. */
  readonly federation?: Federation | null | undefined
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

  /** Locks a session that is inactive, if it is still as `seen`: from here only `unlock` opens it. */
  lock(seen: SessionCheck): MaybePromise<boolean>
  /**
   * Opens a locked session again, under a new token: one factor has just been shown, and `generation` is of the token
   * that came along. It goes on `in` these circumstances, and counts to the limit from here: the oldest ends for it.
   * `undefined` unless it is locked, of this user, within its lifetime, that token is present or its successor, and
   * there is room.
   */
  unlock(id: string, generation: number, by: Unlocking, event: NewEvent): MaybePromise<SessionCheck | undefined>

  /**
   * The session goes on in other circumstances: the event is noted, and what is `done` about it is done in the same
   * step. `noted` writes `to` down, so that it is noted once; a locked session learns where it is when it is unlocked.
   * Where inactivity does not lock, `locked` ends it.
   */
  changeCircumstances(
    proof: SessionProof,
    to: Circumstances,
    done: 'noted' | 'locked' | 'ended',
    event: NewEvent,
  ): MaybePromise<'done' | 'session-over'>

  /** Notes deliberate activity and where it came from, unless the last note is younger than `atMostEvery` seconds. */
  touch(proof: SessionProof, origin: Origin, atMostEvery: number): MaybePromise<'noted' | 'not-due' | 'session-over'>
  /**
   * Records a new proof of identity under a new token, whose generation is above every one handed out before.
   * The old token is retired by authentication: never served again. `full` moves the absolute lifetime, no further than
   * the provider lets it that said so. `federation` says what the session rests on from then; a limit alone leaves that
   * as it is. `methods` are all that were shown in this one act, with a space between them.
   * `'superseded'` unless the proof's token is the newest handed out: with an offer under way, the browser could end
   * up with either token.
   */
  reauthenticate(
    proof: SessionProof,
    digest: Buffer,
    methods: string,
    full: boolean,
    event: NewEvent,
    federation?: Federation | Limit | null,
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
   * whose person signs out with a token that an authentication has just retired, or lets an application do it, whatever
   * happened meanwhile.
   */
  endAs(seen: SessionCheck, cause: Found, endedBy?: string | null): MaybePromise<boolean>
  rename(proof: RecentProof, id: string, name: string | null): MaybePromise<'renamed' | 'not-found' | 'session-over'>

  /** Whether somebody has signed in to this account in this browser before; false for an unknown user. */
  knowsBrowser(userId: string, browserDigest: Buffer): MaybePromise<boolean>
  /** The user's standing and locked sessions, newest activity first. */
  list(userId: string): MaybePromise<readonly Session[]>
  /** The user's records of ended sessions, newest end first. */
  listEnded(userId: string, most: number): MaybePromise<readonly EndedSession[]>

  /**
   * Administration from the command line: no session proves it, the shell does. Answers how many ended. With a `target`
   * that session alone, and half-states as ever. For everybody it goes in steps of some hundred, so that nobody waits; a session that begins meanwhile is spared.
   */
  endForUser(userId: string, by: Omit<Ending, 'reason'> & { readonly target?: string }): MaybePromise<number>
  endForEverybody(by: Omit<Ending, 'reason'>): MaybePromise<number>

  /** Ends at most `most` sessions that have run out, or locks them where inactivity does that. Answers how many. */
  sweep(most: number): MaybePromise<number>
  /**
   * Deletes at most `most` of what is older than the store's clock less 28 days: records of ended sessions, and events
   * that are nobody's; and half-states whose time has passed. Answers how many.
   */
  purge(most: number): MaybePromise<number>

  /** Calls `listener` for every change of a session, from this process or another, within a second. */
  watch(listener: (change: SessionChange) => void): () => void
}

export interface UserStore {
  /** `'email-taken'` when the address has an account already. */
  create(user: NewUser, event: NewEvent): MaybePromise<User | 'email-taken'>
  find(id: string): MaybePromise<User | undefined>
  findByEmail(email: string): MaybePromise<User | undefined>
  /** Replaces a password hash by one with newer parameters, if it is still `from`. */
  rehash(id: string, from: string, to: string): MaybePromise<void>
  /** Counts a wrong password; the one that reaches `most` switches the password off. A right one starts anew. */
  passwordTried(id: string | null, right: boolean, most: number, event: NewEvent): MaybePromise<void>
  rename(proof: SessionProof, name: string, event: NewEvent): MaybePromise<'renamed' | 'session-over'>

  /** What the account can be opened with; undefined for an unknown user. */
  factors(id: string): MaybePromise<Factors | undefined>
  /** The passkey with this credential id, whoever's it is. */
  passkey(credentialId: string): MaybePromise<Passkey | undefined>
  /**
   * Uses a factor up. True for exactly one of any number of parallel calls: a code's step only grows, a recovery code
   * has one use, a signature counter never goes back. The event, if any, is noted when it was.
   */
  spend(userId: string, spend: Spend, event: NewEvent | null): MaybePromise<boolean>

  /**
   * Changes an account and ends what the change must end (`what-ends.ts`), in one step. The authority is checked
   * again under the lock; when it no longer holds, nothing has changed.
   */
  change(authority: Authority, change: AccountChange, event: NewEvent): MaybePromise<Changed>
}

export type NewUser = Pick<User, 'id' | 'name' | 'email'> & { readonly passwordHash: string }

/** Half-finished things. They are no sessions: nothing but their own next step asks for them. */
export interface PendingStore {
  /**
   * Writes one down. A new link of an account takes the place of an older one of its kind. The event goes with it, and
   * with the event its mail.
   */
  begin(pending: NewPending, event: NewEvent | null): MaybePromise<Pending>
  /** The same from a session, which is compared again: what an ended one had under way begins nothing. */
  beginBy(proof: SessionProof, pending: NewPending, event: NewEvent | null): MaybePromise<Pending | 'session-over'>
  /** The newest of this secret and kind that has not run out; with `id`, that very one. */
  find(kind: PendingKind, secretDigest: Buffer, id?: string): MaybePromise<Pending | undefined>
  /** Takes it away for good. Of any number of parallel calls one gets it. */
  take(id: string): MaybePromise<Pending | undefined>
}

/** A mail that is due. Who gets which is decided when its event is noted; the text is made when it is sent. */
export interface Mail {
  readonly id: number
  readonly to: string
  readonly event: SecurityEvent
  readonly user: Pick<User, 'id' | 'name' | 'email'>
  readonly sealed: string | null
  /** How often sending has failed. */
  readonly failures: number
}

/** Mails that wait. They are written with their events, so none is lost; each is leased to one sender at a time. */
export interface Outbox {
  /** At most `most` that are due, for this caller alone during `lease` seconds. Oldest first. */
  claim(most: number, lease: number): MaybePromise<readonly Mail[]>
  /** It has been accepted: it goes. */
  sent(id: number): MaybePromise<void>
  /** It has not: tried again after so many seconds, or given up with null. */
  failed(id: number, after: number | null): MaybePromise<void>
  /** How many wait, and since when the oldest does. */
  waiting(): MaybePromise<{ readonly count: number; readonly oldest: Date | null }>
}

export interface EventQuery {
  readonly userId: string
  /** All kinds when empty. */
  readonly kinds: readonly EventKind[]
  /** Only those of this session; all when it is left away. */
  readonly sessionId?: string | null
  /** Only events with a smaller `seq`; null begins with the newest. */
  readonly before: number | null
  readonly most: number
}

export interface EventStore {
  append(event: NewEvent): MaybePromise<void>
  /** What an administrator is about to do, noted if they still may: session and role are compared again. */
  appendBy(proof: AdministratorProof & RecentProof, event: NewEvent): MaybePromise<'appended' | 'session-over'>
  /** By its number, whoever's it is: for the links of notices. */
  find(seq: number): MaybePromise<SecurityEvent | undefined>
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
  readonly pending: PendingStore
  readonly outbox: Outbox
  readonly clients: ClientStore
  readonly grants: GrantStore
  readonly artifacts: ArtifactStore
  readonly logouts: LogoutOutbox
  readonly identities: IdentityStore
  readonly administration: Administration
  limiter(options: LimiterOptions): Limiter
  /** Throws `StoreUnavailable` unless a read and the schema are all right; with `'write'`, unless writes are taken too. */
  ping(access?: 'read' | 'write'): MaybePromise<void>
  /** Which database this is, and how many ends it knows of. */
  state(): MaybePromise<DatabaseState>
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
