import type {
  Artifact,
  Client,
  Grant,
  GrantCheck,
  LinkedApp,
  LogoutNotice,
  MaybePromise,
  NewArtifact,
  NewEvent,
  NewGrant,
  RecentProof,
  Registrar,
  SessionProof,
  Spent,
} from './vocabulary.ts'

/** Applications. Whoever adds or removes one is looked at again in the same step, and it is written down in an event. */
export interface ClientStore {
  find(id: string): MaybePromise<Client | undefined>
  /** Oldest first. */
  list(): MaybePromise<readonly Client[]>
  add(by: Registrar, client: Omit<Client, 'createdAt'>): MaybePromise<'added' | 'id-taken' | 'session-over'>
  /** Ends all its grants; relying parties are told. @param why the administrator's reason */
  remove(by: Registrar, id: string, why: string | null): MaybePromise<'removed' | 'not-found' | 'session-over'>
}

/** What people have let applications do. */
export interface GrantStore {
  /** The person consents: under their session's lock, with the event. `replaces` goes with its tokens. */
  begin(proof: SessionProof, grant: NewGrant, event: NewEvent): MaybePromise<Grant | 'session-over' | 'unknown-client'>
  /**
   * The grant and the row of its session, whatever their standing; undefined when it has ended or run out. One reading
   * by primary keys: the hot path of signed tokens.
   */
  check(id: string): MaybePromise<GrantCheck | undefined>
  /** The account's grants that have not run out, last used first. */
  list(userId: string): MaybePromise<readonly LinkedApp[]>
  /** It was used just now; written at most once in `atMostEvery` seconds. */
  used(id: string, atMostEvery: number): MaybePromise<void>
  /** Disconnects: grant, tokens and codes are over, and the relying party will be told. */
  end(proof: RecentProof, id: string, event: NewEvent): MaybePromise<'ended' | 'not-found' | 'session-over'>
  /** The same without a person: a token that was used twice, or a revocation by the application itself. */
  endAs(id: string, event: NewEvent): MaybePromise<boolean>
}

/** What the protocol keeps. Rows that have run out are not found, and are swept. */
export interface ArtifactStore {
  /**
   * Writes it, or replaces the one of this kind and digest; one that was used up stays so. False, and nothing is written,
   * when its grant is over.
   */
  save(artifact: NewArtifact): MaybePromise<boolean>
  find(kind: string, digest: Buffer): MaybePromise<Artifact | undefined>
  findByUserCode(kind: string, userCodeDigest: Buffer): MaybePromise<Artifact | undefined>
  /** Of any number of parallel calls one gets `spent`. `grace` in seconds: 0 knows no `again`. */
  spend(kind: string, digest: Buffer, grace: number): MaybePromise<Spent>
  remove(kind: string, digest: Buffer): MaybePromise<void>
  /** True for the first to show it, until it has run out: identifiers that are good once (RFC 9449 §11.1, RFC 8417). */
  once(issuer: string, id: string, lifetime: number): MaybePromise<boolean>
}

/** What one address may take of a claim, so that a long line holds up no other. */
export interface ClaimedLine {
  readonly most: number
  /** Addresses that nothing is claimed for. */
  readonly full: readonly string[]
}

/** Relying parties that wait to be told of an end. Written with the end; leased to one sender at a time. */
export interface LogoutOutbox {
  /** At most `most` that are due, for this caller alone during `lease` seconds. Oldest first. `line` bounds each address. */
  claim(most: number, lease: number, line?: ClaimedLine): MaybePromise<readonly LogoutNotice[]>
  sent(id: number): MaybePromise<void>
  /** Tried again after so many seconds, or given up with null. @param refused it answered, and the answer was no */
  failed(id: number, after: number | null, refused: boolean): MaybePromise<void>
  waiting(): MaybePromise<{ readonly count: number; readonly oldest: Date | null }>
}
