import type { Session, User } from '#db/contract.ts'
import { assuranceLevel, authenticatedAt } from '#lib/authentication/assurance.ts'
import { shortenAddress } from '#lib/device/address.ts'
import { deadlines, type SessionPolicy } from './policy.ts'

/** A session as the API shows it. Times are ISO 8601 in UTC; `id` gives access to nothing. */
export interface SessionView {
  readonly id: string
  readonly current: boolean
  readonly createdAt: string
  readonly lastActiveAt: string
  readonly idleExpiresAt: string
  readonly expiresAt: string
  readonly authenticatedAt: string
  readonly assuranceLevel: number
  readonly methods: readonly string[]
  readonly device: { readonly browser: string | null; readonly os: string | null; readonly kind: string }
  readonly ip: string | null
  readonly place: string | null
}

/** @param fullAddress only for a fresh proof of identity; otherwise the address is shortened */
export function sessionView(
  session: Session,
  viewer: { readonly sessionId: string | null; readonly policy: SessionPolicy; readonly fullAddress: boolean },
): SessionView {
  const { idleExpiresAt, expiresAt } = deadlines(session, viewer.policy)
  return {
    id: session.id,
    current: session.id === viewer.sessionId,
    createdAt: session.beganAt.toISOString(),
    lastActiveAt: session.lastActiveAt.toISOString(),
    idleExpiresAt: idleExpiresAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    authenticatedAt: authenticatedAt(session.authentications).toISOString(),
    assuranceLevel: assuranceLevel(session.authentications),
    methods: [...new Set(session.authentications.map(({ method }) => method))],
    device: { browser: session.browser, os: session.os, kind: session.kind },
    ip: session.ip && (viewer.fullAddress ? session.ip : shortenAddress(session.ip)),
    place: session.place,
  }
}

export interface UserView {
  readonly id: string
  readonly name: string
  readonly email: string
}

export function userView({ id, name, email }: User): UserView {
  return { id, name, email }
}
