import type { AdministratorProof, EndReason, MaybePromise, Session, User } from './vocabulary.ts'

export interface UserQuery {
  /** Part of a name or of an address, the letters a to z in either case; empty for all. */
  readonly search: string
  /** Only users whose address sorts after this one. */
  readonly after: string | null
  readonly most: number
}

export interface UserSummary
  extends Pick<User, 'id' | 'name' | 'email' | 'administrator' | 'disabledAt' | 'createdAt'> {
  /** Live sessions, locked ones too. */
  readonly sessions: number
  /** Of the live sessions the latest. */
  readonly lastActiveAt: Date | null
}

/** One hour of the last 24. */
export interface HourFigures {
  /** Its end. */
  readonly at: Date
  /** Sessions that were live at its end. */
  readonly live: number
  readonly began: number
  readonly ended: number
}

export interface SessionFigures {
  readonly users: number
  readonly sessions: number
  /** People with at least one. */
  readonly people: number
  readonly locked: number
  /** Began in the last 24 hours. */
  readonly began: number
  /** Ended in the last 24 hours, by reason. */
  readonly ended: Readonly<Partial<Record<EndReason, number>>>
  /** The last 24 hours, oldest first. */
  readonly hours: readonly HourFigures[]
}

/** Who looks: an administrator, or the command line, which the shell proves. */
export type Onlooker = AdministratorProof | 'shell'

/**
 * What administrators look at; what they change goes through `users.change`. The row of their account is read again by
 * each of these: a role that was withdrawn shows nothing from then on, whatever proof there is.
 */
export interface Administration {
  /** By address. Deleted accounts are not among them. */
  users(by: Onlooker, query: UserQuery): MaybePromise<readonly UserSummary[] | 'not-administrator'>
  user(by: Onlooker, id: string): MaybePromise<User | undefined | 'not-administrator'>
  /** Everybody's sessions, the newest first. */
  sessions(
    by: Onlooker,
    most: number,
  ): MaybePromise<readonly (Session & { readonly email: string })[] | 'not-administrator'>
  /** Counted in small steps, so that nobody waits; the counts may be some milliseconds apart. */
  figures(by: Onlooker): MaybePromise<SessionFigures | 'not-administrator'>
}
