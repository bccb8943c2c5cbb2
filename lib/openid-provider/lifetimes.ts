/** How long what the OpenID Provider issues is good for. Pure; table 2a of the policy. Seconds. */
import type { AssuranceLevel } from '#lib/session/policy.ts'
import { DAY, HOUR, MINUTE } from '#lib/time.ts'

export const CODE_LIFETIME = MINUTE
export const ACCESS_LIFETIME = 5 * MINUTE
/** Of what is half done: a request that waits for its person, a device's code. Of a pushed one the library allows a minute. */
export const REQUEST_LIFETIME = 10 * MINUTE

export interface RefreshLimits {
  /** Unused for so long, it is over. */
  readonly idle: number
  /** However used, it is over so long after the person consented. */
  readonly overall: number
}

interface Limits {
  readonly session: RefreshLimits
  /** With `offline_access`; null where the level has no such thing. */
  readonly offline: RefreshLimits | null
}

const LIMITS: Readonly<Record<AssuranceLevel, Limits>> = {
  1: { session: { idle: 14 * DAY, overall: 30 * DAY }, offline: { idle: 14 * DAY, overall: 30 * DAY } },
  2: { session: { idle: 8 * HOUR, overall: 12 * HOUR }, offline: { idle: 30 * DAY, overall: 30 * DAY } },
  3: { session: { idle: HOUR, overall: 12 * HOUR }, offline: null },
}

export function refreshLimits(level: AssuranceLevel, offline: boolean): RefreshLimits {
  const { session, offline: away } = LIMITS[level]
  return offline && away ? away : session
}

/** Whether an application may be told that its access outlives the session at all. */
export function knowsOffline(level: AssuranceLevel): boolean {
  return LIMITS[level].offline !== null
}

/** What is left of a refresh token that is issued now. Never less than a second. @param age seconds since the first */
export function refreshLifetime({ idle, overall }: RefreshLimits, age: number): number {
  return Math.max(1, Math.floor(Math.min(idle, overall - age)))
}
