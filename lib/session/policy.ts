/**
 * May this session be used now? Pure, and the only place where durations of sessions are set.
 *
 * @see ASVS v5.0.0-7.1.1 documented limits, v5.0.0-7.3.1 inactivity, v5.0.0-7.3.2 absolute lifetime
 */
import type { SessionTimes, Standing } from '#db/contract.ts'
import { DAY, HOUR, MINUTE, SECOND, secondsAfter, secondsBetween } from '#lib/time.ts'

export type AssuranceLevel = 1 | 2 | 3

/** Limits of one kind of session. Seconds. */
export interface SessionLimits {
  /** Without deliberate activity for this long, the session is over. */
  readonly inactivityTimeout: number
  /** However active, a session is over this long after its last full authentication. */
  readonly absoluteLifetime: number
}

export interface SessionPolicy {
  readonly level: AssuranceLevel
  readonly ordinary: SessionLimits
  /** `Keep me signed in`: null where the level has no such thing. */
  readonly remembered: SessionLimits | null
  /** After this long the next deliberate request is offered a new token. Seconds. */
  readonly renewalInterval: number
  /** For this long a retired token is still served to requests in flight. Seconds. */
  readonly renewalGrace: number
  /** A proof of identity this old or older no longer opens a sensitive act. Seconds. */
  readonly reauthenticationWindow: number
  /** The warning opens this long before the nearer limit. Seconds. */
  readonly idleWarning: number
}

export interface Preset extends Omit<SessionPolicy, 'idleWarning'> {
  /** What a setting may not exceed; null is no ceiling. Seconds. */
  readonly ceiling: { readonly inactivityTimeout: number | null; readonly absoluteLifetime: number }
  readonly sessionLimit: { readonly most: number | null; readonly action: 'end-oldest' | 'refuse' | 'ask' }
}

/**
 * Level 1 follows AAL1; level 2 takes the stricter of NIST SP 800-63B-4 AAL2 (24 h, 1 h) and ASVS 4 3.3.2
 * (12 h, 30 min) as its ceiling; level 3 takes both AAL3 numbers as hard (12 h, 15 min).
 */
export const PRESETS: Readonly<Record<AssuranceLevel, Preset>> = {
  1: {
    level: 1,
    ordinary: { inactivityTimeout: 30 * MINUTE, absoluteLifetime: 24 * HOUR },
    remembered: { inactivityTimeout: 7 * DAY, absoluteLifetime: 30 * DAY },
    renewalInterval: 15 * MINUTE,
    renewalGrace: 30 * SECOND,
    reauthenticationWindow: 15 * MINUTE,
    ceiling: { inactivityTimeout: null, absoluteLifetime: 30 * DAY },
    sessionLimit: { most: null, action: 'end-oldest' },
  },
  2: {
    level: 2,
    ordinary: { inactivityTimeout: 15 * MINUTE, absoluteLifetime: 8 * HOUR },
    remembered: null,
    renewalInterval: 15 * MINUTE,
    renewalGrace: 30 * SECOND,
    reauthenticationWindow: 10 * MINUTE,
    ceiling: { inactivityTimeout: 30 * MINUTE, absoluteLifetime: 12 * HOUR },
    sessionLimit: { most: 10, action: 'end-oldest' },
  },
  3: {
    level: 3,
    ordinary: { inactivityTimeout: 10 * MINUTE, absoluteLifetime: 8 * HOUR },
    remembered: null,
    renewalInterval: 10 * MINUTE,
    renewalGrace: 10 * SECOND,
    reauthenticationWindow: 5 * MINUTE,
    ceiling: { inactivityTimeout: 15 * MINUTE, absoluteLifetime: 12 * HOUR },
    sessionLimit: { most: 1, action: 'ask' },
  },
}

/** The warning is two minutes, or a third of the inactivity timeout where that is shorter. Seconds. */
export function defaultIdleWarning(inactivityTimeout: number): number {
  return Math.min(2 * MINUTE, inactivityTimeout / 3)
}

export function limitsFor(policy: SessionPolicy, remembered: boolean): SessionLimits {
  // A remembered session from before the level was raised is held to the ordinary limits.
  return (remembered && policy.remembered) || policy.ordinary
}

/**
 * Whether a session may still be used. A limit reached exactly at `now` has passed; a time in the
 * future (another node's clock) counts as now.
 *
 * At level 2 inactivity locks: what the person has there is theirs again after one factor, within the absolute lifetime.
 * At levels 1 and 3, and for a session that was to be remembered, it ends. @see NIST SP 800-63B-4 §2.2.3, 2.3.3
 */
export function standing(times: SessionTimes, policy: SessionPolicy, now: Date): Standing {
  const limits = limitsFor(policy, times.remembered)
  if (secondsBetween(times.lifetimeFrom, now) >= limits.absoluteLifetime) return 'lifetime-exceeded'
  const active = !times.lockedAt && secondsBetween(times.lastActiveAt, now) < limits.inactivityTimeout
  if (active) return 'active'
  return policy.level === 2 && !times.remembered ? 'locked' : 'inactive'
}

export interface Deadlines {
  readonly idleExpiresAt: Date
  readonly expiresAt: Date
}

/** When a session ends by itself. Inactivity never reaches past the absolute lifetime. */
export function deadlines(times: SessionTimes, policy: SessionPolicy): Deadlines {
  const limits = limitsFor(policy, times.remembered)
  const expiresAt = secondsAfter(times.lifetimeFrom, limits.absoluteLifetime)
  const idle = secondsAfter(times.lastActiveAt, limits.inactivityTimeout)
  return { expiresAt, idleExpiresAt: idle < expiresAt ? idle : expiresAt }
}

/**
 * Without activity for this long a session counts as unused: a third of the longest inactivity timeout there is, in
 * whole days, so that most of the time is left to notice it before it ends by itself. Null where no session outlives
 * a day without activity: what nobody uses is over there before a list could call it unused. Seconds.
 */
export function unusedAfter({ ordinary, remembered }: SessionPolicy): number | null {
  const longest = Math.max(ordinary.inactivityTimeout, remembered?.inactivityTimeout ?? 0)
  const days = Math.max(1, Math.floor(longest / 3 / DAY))
  return days * DAY < longest ? days * DAY : null
}

/** Activity is written at most this often: a minute, or a tenth of a short inactivity timeout. Seconds. */
export function activityInterval(times: SessionTimes, policy: SessionPolicy): number {
  return Math.min(MINUTE, limitsFor(policy, times.remembered).inactivityTimeout / 10)
}
