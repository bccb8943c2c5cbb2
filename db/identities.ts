import type { Identity, MaybePromise, NewEvent, NewIdentity, Resting, SignedOutElsewhere, User } from './vocabulary.ts'

/**
 * Accounts elsewhere that open an account here. Linking and unlinking are changes of the account (`users.change`); what a
 * session rests on is written with the session (`sessions.begin`, `unlock`, `reauthenticate`) and goes with it.
 */
export interface IdentityStore {
  find(issuer: string, subject: string): MaybePromise<Identity | undefined>
  /** Oldest first. */
  list(userId: string): MaybePromise<readonly Identity[]>
  /** A new account that nothing else opens: no password. The address is one that the provider has seen to be theirs. */
  create(
    user: Pick<User, 'id' | 'name' | 'email'>,
    identity: NewIdentity,
    event: NewEvent,
  ): MaybePromise<User | 'email-taken' | 'identity-taken'>
  /** It has signed somebody in just now. */
  used(id: string): MaybePromise<void>
  /** What a live session rests on; undefined when Signet itself has signed its person in. */
  federation(sessionId: string): MaybePromise<Resting | undefined>
  /**
   * Since when nobody comes back into this account, in this browser, by an older sign-in elsewhere: the newest end that
   * asks for a new one (`asks-anew.ts`), or since when their session in this browser is locked. Null: nothing of the kind.
   */
  askedAnewSince(userId: string, browserDigest: Buffer): MaybePromise<Date | null>
  /**
   * The provider has signed somebody out: ends the sessions that rest on it, locked ones too, as `provider`, and takes
   * away the sign-ins from there that are half done. Answers how many sessions ended; `'again'` when the token came
   * before. In one step: a token that ended nothing because the step failed may be sent again.
   */
  signedOutElsewhere(what: SignedOutElsewhere): MaybePromise<number | 'again'>
}
