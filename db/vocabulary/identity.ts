/** Accounts elsewhere that open an account here, and what sessions rest on: types only. */

/** What another provider calls somebody who has an account here. The two together are unique, and never an address. */
export interface Identity {
  /** Public name of the row, ours. */
  readonly id: string
  readonly userId: string
  readonly issuer: string
  readonly subject: string
  /** By which the person recognises it: the address or the name that the provider told when it was linked. */
  readonly label: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

export type NewIdentity = Pick<Identity, 'id' | 'issuer' | 'subject' | 'label'>

/** What a session rests on whose person another provider has signed in. */
export interface Federation {
  readonly issuer: string
  readonly subject: string
  /** The provider's name for its own session; null when it told none. */
  readonly sid: string | null
  /** The ID token, sealed: a hint for signing out there. */
  readonly sealed: string
  /** When it was issued, by the provider's clock: what the provider has ended before, this is not. */
  readonly issuedAt: Date
  /** The session's absolute lifetime counts from here at the latest: no more is allowed. */
  readonly lifetimeFrom: Date
}

/** Another provider's word for a proof of identity in a session that does not rest on it: how long it lets that last. */
export type Limit = Pick<Federation, 'lifetimeFrom'>

/** The same as it is kept: from when its lifetime counts stands with the session. */
export type Resting = Omit<Federation, 'lifetimeFrom'>

/** Whom or what a provider has signed out: the person, one of its sessions, or one of the person's. */
export type SignedOutElsewhere = Pick<Federation, 'issuer'> & {
  readonly subject: string | null
  readonly sid: string | null
  /** By the provider's clock. What was issued later stays. */
  readonly issuedAt: Date
  /** The token that says so: it is good once, and remembered for so many seconds. */
  readonly token: { readonly id: string; readonly lifetime: number }
}
