import type { Factors, User } from '#db/contract.ts'
import type { Asked } from '#lib/authentication/asked.ts'

/** What the parts of the page share. */
export interface SecurityView {
  readonly user: User
  readonly factors: Factors
  readonly now: Date
  readonly formToken: string
  /** What every change here takes beside its own fields. */
  readonly asked: Asked
  /** The dialog that the server draws open: `app`, or a passkey's id. */
  readonly opened: string | null
}
