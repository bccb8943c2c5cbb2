import 'server-only'
import type {
  Artifact,
  Authentication,
  Client,
  EndedSession,
  Grant,
  LogoutNotice,
  Passkey,
  Pending,
  SecurityEvent,
  SessionCheck,
  Totp,
  User,
} from '../contract.ts'
import type { LiveSession } from '../live.ts'
import type {
  artifacts,
  clients,
  endedSessions,
  events,
  grants,
  logouts,
  passkeys,
  pending,
  sessions,
  totps,
  users,
} from './schema.ts'

/** Between rows and what the contract speaks of. */
export type SessionRow = typeof sessions.$inferSelect
export type EndedRow = typeof endedSessions.$inferSelect
export type EventRow = typeof events.$inferSelect
export type UserRow = typeof users.$inferSelect

/** A blob, or its hexadecimal digits (the check reads those). */
type Bytes = Buffer | string

function bytes(value: Bytes): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'hex') : value
}

/** The part of the row that the check reads; `queries.ts` selects its columns in this order. */
export type CheckValues = readonly [
  id: string,
  userId: string,
  generation: number,
  digest: Bytes,
  beganAt: number,
  lifetimeFrom: number,
  lastActiveAt: number,
  renewedAt: number,
  remembered: number,
  lockedAt: number | null,
  epoch: number,
  authentications: string,
  successorGeneration: number | null,
  successorDigest: Buffer | null,
  successorWrapped: Buffer | null,
  successorOfferedAt: number | null,
  predecessorGeneration: number | null,
  predecessorDigest: Bytes | null,
  predecessorRetiredAt: number | null,
  predecessorRetiredBy: 'renewal' | 'authentication' | null,
]

/** Runs at every request: one object, and dates made from the integers. */
export function checkFrom(v: CheckValues, now: Date): SessionCheck {
  return {
    id: v[0],
    userId: v[1],
    now,
    generation: v[2],
    digest: bytes(v[3]),
    beganAt: new Date(v[4]),
    lifetimeFrom: new Date(v[5]),
    lastActiveAt: new Date(v[6]),
    renewedAt: new Date(v[7]),
    remembered: v[8] === 1,
    lockedAt: instant(v[9]),
    epoch: v[10],
    authentications: authenticationsFrom(v[11]),
    successor: v[12] === null ? null : successorFrom(v[12], v[13], v[14], v[15]),
    predecessor: v[16] === null ? null : predecessorFrom(v[16], v[17], v[18], v[19]),
  }
}

function successorFrom(generation: number, digest: Buffer | null, wrapped: Buffer | null, offeredAt: number | null) {
  if (!digest || !wrapped || offeredAt === null) throw new Error('half a successor in a session row')
  return { generation, digest, wrapped, offeredAt: new Date(offeredAt) }
}

function predecessorFrom(
  generation: number,
  digest: Bytes | null,
  retiredAt: number | null,
  retiredBy: 'renewal' | 'authentication' | null,
) {
  if (retiredAt === null || retiredBy === null) throw new Error('half a predecessor in a session row')
  return { generation, digest: digest === null ? null : bytes(digest), retiredAt: new Date(retiredAt), retiredBy }
}

function authenticationsFrom(text: string): Authentication[] {
  return (JSON.parse(text) as [string, number][]).map(([method, at]) => ({ method, at: new Date(at) }))
}

/** The whole row, in the order of the table: what the check reads, then what is known of the device. */
export type LiveValues = readonly [
  ...CheckValues,
  browserDigest: Buffer,
  name: string | null,
  browser: string | null,
  os: string | null,
  kind: SessionRow['kind'],
  userAgent: string | null,
  ip: string | null,
  place: string | null,
]

export function liveFrom(values: LiveValues, now: Date): LiveSession {
  const [browserDigest, name, browser, os, kind, userAgent, ip, place] = values.slice(20) as unknown as DeviceValues
  const check = checkFrom(values as unknown as CheckValues, now)
  return { ...check, browserDigest, name, browser, os, kind, userAgent, ip, place }
}

type DeviceValues = LiveValues extends readonly [...CheckValues, ...infer Rest] ? Rest : never

export function rowFrom(session: LiveSession): SessionRow {
  const { id, userId, name, browser, os, kind, userAgent, ip, place, browserDigest, ...rest } = session
  const { generation, digest, successor, predecessor } = rest
  return {
    ...{ id, userId, name, browser, os, kind, userAgent, ip, place, browserDigest, generation, digest },
    beganAt: rest.beganAt.getTime(),
    lifetimeFrom: rest.lifetimeFrom.getTime(),
    lastActiveAt: rest.lastActiveAt.getTime(),
    renewedAt: rest.renewedAt.getTime(),
    remembered: rest.remembered ? 1 : 0,
    lockedAt: rest.lockedAt?.getTime() ?? null,
    epoch: rest.epoch,
    authentications: JSON.stringify(rest.authentications.map(({ method, at }) => [method, at.getTime()])),
    successorGeneration: successor?.generation ?? null,
    successorDigest: successor?.digest ?? null,
    successorWrapped: successor?.wrapped ?? null,
    successorOfferedAt: successor?.offeredAt.getTime() ?? null,
    predecessorGeneration: predecessor?.generation ?? null,
    predecessorDigest: predecessor?.digest ?? null,
    predecessorRetiredAt: predecessor?.retiredAt.getTime() ?? null,
    predecessorRetiredBy: predecessor?.retiredBy ?? null,
  }
}

export function endedFrom({ seq: _, ...row }: EndedRow): EndedSession {
  const times = { beganAt: new Date(row.beganAt), lastActiveAt: new Date(row.lastActiveAt) }
  return { ...row, ...times, endedAt: new Date(row.endedAt) }
}

export function eventFrom(row: EventRow): SecurityEvent {
  return { ...row, at: new Date(row.at), detail: JSON.parse(row.detail) }
}

export function userFrom(row: UserRow): User {
  const { disabledAt, deletedAt, formerEmailUntil, emailHeldUntil } = row
  return {
    ...row,
    createdAt: new Date(row.createdAt),
    disabledAt: instant(disabledAt),
    deletedAt: instant(deletedAt),
    formerEmailUntil: instant(formerEmailUntil),
    emailHeldUntil: instant(emailHeldUntil),
  }
}

export function totpFrom(row: typeof totps.$inferSelect): Totp {
  return { ...row, createdAt: new Date(row.createdAt), lastUsedAt: instant(row.lastUsedAt) }
}

export function passkeyFrom(row: typeof passkeys.$inferSelect): Passkey {
  return { ...row, createdAt: new Date(row.createdAt), lastUsedAt: instant(row.lastUsedAt) }
}

export function pendingFrom(row: typeof pending.$inferSelect): Pending {
  const { detail, createdAt, expiresAt } = row
  return { ...row, detail: JSON.parse(detail), createdAt: new Date(createdAt), expiresAt: new Date(expiresAt) }
}

export function clientFrom(row: typeof clients.$inferSelect): Client {
  return { ...row, createdAt: new Date(row.createdAt) }
}

type GrantRow = typeof grants.$inferSelect

export function grantFrom({ offline, authenticatedAt, createdAt, lastUsedAt, expiresAt, ...row }: GrantRow): Grant {
  return {
    ...row,
    offline: offline === 1,
    authenticatedAt: new Date(authenticatedAt),
    createdAt: new Date(createdAt),
    lastUsedAt: new Date(lastUsedAt),
    expiresAt: new Date(expiresAt),
  }
}

/** The row in the order of the table: what every request with a signed token reads. */
export type GrantValues = readonly [
  id: string,
  userId: string,
  clientId: string,
  sessionId: string | null,
  madeIn: string,
  scope: string,
  offline: number,
  authenticatedAt: number,
  methods: string,
  createdAt: number,
  lastUsedAt: number,
  expiresAt: number,
  epoch: number,
]

export function grantFromValues(v: GrantValues): Grant {
  const whose = { id: v[0], userId: v[1], clientId: v[2], sessionId: v[3], madeIn: v[4] }
  const shown = { scope: v[5], offline: v[6] === 1, authenticatedAt: new Date(v[7]), methods: v[8] }
  const times = { createdAt: new Date(v[9]), lastUsedAt: new Date(v[10]), expiresAt: new Date(v[11]) }
  return { ...whose, ...shown, ...times, epoch: v[12] }
}

export function artifactFrom(row: typeof artifacts.$inferSelect): Artifact {
  const { epoch: _, replaces: __, consumedAt, expiresAt, ...kept } = row
  return { ...kept, consumedAt: instant(consumedAt), expiresAt: new Date(expiresAt) }
}

export function logoutFrom({ dueAt: _, createdAt, ...row }: typeof logouts.$inferSelect): LogoutNotice {
  return { ...row, createdAt: new Date(createdAt) }
}

/** Values for a statement: this database keeps instants and truths as integers. */
export function valuesFrom(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, integerFrom(value)]))
}

function integerFrom(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'boolean' ? Number(value) : value
}

function instant(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}
