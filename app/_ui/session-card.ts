import type { DeviceKind } from '#db/contract.ts'
import { methodWords } from '#lib/authentication/method-words.ts'

interface DeviceDetails {
  readonly browser: string | null
  readonly os: string | null
  readonly kind: DeviceKind
  readonly userAgent: string | null
}

/** A live session, ready to be shown. Instants are dates; what is unknown is null and said in words. */
export interface SessionCard {
  readonly id: string
  /** "Firefox on Linux", or "Unknown browser". */
  readonly title: string
  /** The person's own name for it. */
  readonly name: string | null
  /** Unlike that of any other session of the account: "Firefox on Linux, approximately Lyon". */
  readonly label: string
  readonly device: DeviceDetails
  /** A country or city; approximate. */
  readonly place: string | null
  /** Shortened ("203.0.113.x"), or "Address unknown". */
  readonly address: string
  /** Only after a fresh proof of identity. */
  readonly fullAddress: string | null
  /** RFC 8176 names, in the order in which they were used. */
  readonly methods: readonly string[]
  readonly assuranceLevel: 1 | 2 | 3
  readonly signedInAt: Date
  readonly lastActiveAt: Date
  /** When its cookie got its present secret. */
  readonly renewedAt: Date
  /** The absolute lifetime's end. */
  readonly endsAt: Date
  /** How long nobody has used it, in whole days, once that is long for this deployment; else null. Seconds. */
  readonly unusedFor: number | null
  readonly current: boolean
  /** Only one factor and its own browser open it again. */
  readonly locked: boolean
  readonly isNew: boolean
}

/** The record of a session that is over. */
export interface EndedCard {
  readonly id: string
  readonly title: string
  readonly name: string | null
  readonly device: DeviceDetails
  readonly place: string | null
  readonly address: string
  /** A phrase that follows the device: "You signed out", "Ended from Firefox on Linux". */
  readonly reason: string
  readonly signedInAt: Date
  readonly endedAt: Date
}

/** What the person calls it: their own name for it, else what it is. */
export function sessionName(session: { readonly name: string | null; readonly title: string }): string {
  return session.name ?? session.title
}

/** Tells sessions apart in the names of buttons; those that look alike are numbered: "…, 1 of 2". In the same order. */
export function sessionLabels(sessions: readonly Pick<SessionCard, 'name' | 'title' | 'place'>[]): readonly string[] {
  const labels = sessions.map((session) => `${sessionName(session)}, ${placeWords(session.place)}`)
  const count = (label: string, upTo = labels.length) => labels.slice(0, upTo).filter((other) => other === label).length
  return labels.map((label, i) => (count(label) === 1 ? label : `${label}, ${count(label, i + 1)} of ${count(label)}`))
}

export function placeWords(place: string | null): string {
  return place ? `approximately ${place}` : 'place unknown'
}

/** How the person showed who they are: "Password", "Password + passkey". */
export function methodsWords(methods: readonly string[]): string {
  const words = methods.map(methodWords).join(' + ')
  return words ? words[0]?.toUpperCase() + words.slice(1) : 'Method unknown'
}
