/** What happened, as it is written down: types only. */

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
  | 'app-linked'
  | 'app-disconnected'
  | 'app-token-reused'
  | 'client-added'
  | 'client-removed'
  | 'identity-linked'
  | 'identity-unlinked'

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
