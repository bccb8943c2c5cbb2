import 'server-only'
import { hash } from 'node:crypto'
import type { NewEvent, Pending, SessionProof, User } from '#db/contract.ts'
import { sealForMail } from '#lib/mail/links.ts'
import { LINK_LIFETIME } from '#lib/mail/words.ts'
import { randomId, randomSecret } from '#lib/random.ts'
import { store } from '#lib/store.ts'

/**
 * Links with a random token: for a new password, and for a new address. The row keeps the token's digest; the token
 * itself stands sealed in the outbox until its mail is sent, and then in the mail alone. It works once, for ten minutes,
 * and the latest of an account and kind takes the place of those before.
 * @see ASVS v5.0.0-6.5.1, 6.5.5; docs/decisions/0029
 */
type LinkKind = Extract<Pending['kind'], 'reset' | 'email'>

interface Wanted {
  readonly kind: LinkKind
  /** Null: nobody's, so that an unknown address takes the same time. */
  readonly user: User | null
  /** Of the session that asks, compared again as the link is made. */
  readonly proof?: SessionProof
  readonly detail?: Readonly<Record<string, string>>
  /** Nobody gets the link: its mail, if there is one, goes without. */
  readonly withheld?: boolean
}

export async function mailLink(wanted: Wanted, event: NewEvent): Promise<'mailed' | 'session-over'> {
  const { kind, user, proof, detail = {}, withheld = false } = wanted
  const token = randomSecret().toString('base64url')
  const sealed = sealForMail(token)
  const link = {
    id: randomId(),
    kind,
    secretDigest: digestOf(token),
    userId: user?.id ?? null,
    sessionId: proof?.sessionId ?? null,
    securityVersion: user?.securityVersion ?? 0,
    detail,
    lifetime: LINK_LIFETIME,
  }
  const told = withheld ? event : { ...event, sealed }
  const begun = await (proof ? store().pending.beginBy(proof, link, told) : store().pending.begin(link, told))
  return begun === 'session-over' ? begun : 'mailed'
}

export interface StandingLink {
  readonly pending: Pending
  readonly user: User
}

/** What a token opens at this moment, or null. That it does is decided again, and for good, by the change itself. */
export async function linkOf(kind: LinkKind, token: string | null): Promise<StandingLink | null> {
  if (token === null) return null
  const pending = await store().pending.find(kind, digestOf(token))
  if (!pending?.userId) return null
  const user = await store().users.find(pending.userId)
  if (!user || user.disabledAt || user.deletedAt || user.securityVersion !== pending.securityVersion) return null
  return { pending, user }
}

/** Of the text: another way to write the same bytes is another token. */
function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}
