import 'server-only'
import type { Artifact, EndedSession, LogoutNotice, SecurityEvent, SessionCheck } from '../contract.ts'
import type { LiveSession } from '../live.ts'
import type { artifacts, endedSessions, events, logouts, sessions } from './schema.ts'

/** Between rows and what the contract speaks of. */
export type SessionRow = typeof sessions.$inferSelect
type DeviceColumn = 'browserDigest' | 'name' | 'browser' | 'os' | 'kind' | 'userAgent' | 'ip' | 'place'

/** What the check reads, with the time of the statement that read it. */
export type CheckRow = Omit<SessionRow, DeviceColumn> & { readonly now: Date }
export type LiveRow = SessionRow & { readonly now: Date }

export function checkFrom(row: CheckRow): SessionCheck {
  const { id, userId, now, generation, digest, beganAt, lifetimeFrom, lastActiveAt, renewedAt, remembered } = row
  const { lockedAt, epoch } = row
  const times = { beganAt, lifetimeFrom, lastActiveAt, renewedAt, remembered, lockedAt, epoch }
  const authentications = row.authentications.map(({ method, at }) => ({ method, at: new Date(at) }))
  const tokens = { generation, digest, successor: successorFrom(row), predecessor: predecessorFrom(row) }
  return { id, userId, now, ...times, ...tokens, authentications }
}

function successorFrom(row: CheckRow): SessionCheck['successor'] {
  const { successorGeneration, successorDigest, successorWrapped, successorOfferedAt } = row
  if (successorGeneration === null) return null
  if (!successorDigest || !successorWrapped || !successorOfferedAt) throw new Error('half a successor in a session row')
  const tokens = { digest: successorDigest, wrapped: successorWrapped }
  return { generation: successorGeneration, ...tokens, offeredAt: successorOfferedAt }
}

function predecessorFrom(row: CheckRow): SessionCheck['predecessor'] {
  const { predecessorGeneration, predecessorDigest, predecessorRetiredAt, predecessorRetiredBy } = row
  if (predecessorGeneration === null) return null
  if (!predecessorRetiredAt || !predecessorRetiredBy) throw new Error('half a predecessor in a session row')
  const retired = { retiredAt: predecessorRetiredAt, retiredBy: predecessorRetiredBy }
  return { generation: predecessorGeneration, digest: predecessorDigest, ...retired }
}

export function liveFrom(row: LiveRow): LiveSession {
  const { name, browser, os, kind, userAgent, ip, place, browserDigest } = row
  return { ...checkFrom(row), name, browser, os, kind, userAgent, ip, place, browserDigest }
}

export function rowFrom({ now: _, successor, predecessor, authentications, ...session }: LiveSession): SessionRow {
  return {
    ...session,
    authentications: authentications.map(({ method, at }) => ({ method, at: at.toISOString() })),
    successorGeneration: successor?.generation ?? null,
    successorDigest: successor?.digest ?? null,
    successorWrapped: successor?.wrapped ?? null,
    successorOfferedAt: successor?.offeredAt ?? null,
    predecessorGeneration: predecessor?.generation ?? null,
    predecessorDigest: predecessor?.digest ?? null,
    predecessorRetiredAt: predecessor?.retiredAt ?? null,
    predecessorRetiredBy: predecessor?.retiredBy ?? null,
  }
}

export function endedFrom({ seq: _, ...row }: typeof endedSessions.$inferSelect): EndedSession {
  return row
}

export function eventFrom(row: typeof events.$inferSelect): SecurityEvent {
  return row
}

export function artifactFrom({ epoch: _, replaces: __, ...row }: typeof artifacts.$inferSelect): Artifact {
  return row
}

export function logoutFrom({ dueAt: _, ...row }: typeof logouts.$inferSelect): LogoutNotice {
  return row
}
