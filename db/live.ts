import 'server-only'
import type {
  Authentication,
  Circumstances,
  Limit,
  NewSession,
  Origin,
  Session,
  SessionCheck,
  Successor,
  Unlocking,
} from './contract.ts'

/**
 * A live session with everything that stands in its row, and how it changes. Both stores read it under a lock, let
 * one of these functions make the next one, and write that: what a step means is written down once. Pure.
 */
export interface LiveSession extends SessionCheck, Session {
  readonly browserDigest: Buffer
}

/** Enough to know which methods were used and when; a list that grows for ever would slow every check. */
const MOST_AUTHENTICATIONS = 8

export function begun(wanted: NewSession, now: Date): LiveSession {
  const { replaces: _, securityVersion: __, authentications, federation, ...known } = wanted
  return {
    ...known,
    name: null,
    now,
    generation: 1,
    beganAt: now,
    lifetimeFrom: countedFrom(now, federation),
    lastActiveAt: now,
    renewedAt: now,
    successor: null,
    predecessor: null,
    lockedAt: null,
    authentications: authentications.map(({ method, at }) => ({ method, at: at ?? now })),
  }
}

/** Every bearer of the present token may now be handed the successor. */
export function offered(session: LiveSession, successor: Omit<Successor, 'offeredAt'>): LiveSession {
  return { ...session, successor: { ...successor, offeredAt: session.now } }
}

/** The successor has been shown: it is the token now, and the one before lives for the grace. */
export function confirmed(session: LiveSession, { generation, digest }: Successor): LiveSession {
  return {
    ...session,
    generation,
    digest,
    renewedAt: session.now,
    successor: null,
    predecessor: {
      generation: session.generation,
      digest: session.digest,
      retiredAt: session.now,
      retiredBy: 'renewal',
    },
  }
}

/**
 * v5.0.0-7.2.4: an authentication makes a new token and ends the old one at once, so no digest of it is kept. The
 * generation goes above an offered one too: that token has been handed out and must never be taken for this one.
 * @param methods names with a space between them: all that was shown in this one act
 * @param full v5.0.0-7.3.2: only a full authentication moves the absolute lifetime
 */
export function reauthenticated(
  session: LiveSession,
  digest: Buffer,
  methods: string,
  full: boolean,
  federation: Limit | null = null,
): LiveSession {
  const { now } = session
  const shown = methods.split(' ').map((method) => ({ method, at: now }))
  return {
    ...rekeyed(session, digest),
    lastActiveAt: now,
    lifetimeFrom: countedFrom(full ? now : session.lifetimeFrom, federation),
    authentications: withNewest(session.authentications, shown),
  }
}

/** v5.0.0-7.1.3: no longer than what it rests on allows. */
function countedFrom(from: Date, federation: Limit | null | undefined): Date {
  return federation && federation.lifetimeFrom < from ? federation.lifetimeFrom : from
}

/** A privilege or an authenticator has changed: the session goes on under a new token, and the old one is dead at once. */
export function rekeyed(session: LiveSession, digest: Buffer): LiveSession {
  const { now } = session
  return {
    ...session,
    generation: newestGeneration(session) + 1,
    digest,
    renewedAt: now,
    successor: null,
    predecessor: { generation: session.generation, digest: null, retiredAt: now, retiredBy: 'authentication' },
  }
}

export function locked(session: LiveSession): LiveSession {
  return { ...session, lockedAt: session.now }
}

/** One factor and the session's secret open it again; the absolute lifetime runs on. @see NIST SP 800-63B-4 §2.2.3 */
export function unlocked(
  session: LiveSession,
  by: Pick<Unlocking, 'digest' | 'method' | 'in' | 'federation'>,
): LiveSession {
  return { ...moved(reauthenticated(session, by.digest, by.method, false, by.federation), by.in), lockedAt: null }
}

/** It goes on with this device and from there. */
export function moved(session: LiveSession, { browser, os, kind, userAgent, ip, place }: Circumstances): LiveSession {
  return { ...session, browser, os, kind, userAgent, ip, place }
}

/** Time never goes back, not even when this clock is behind the one that wrote the last note. */
export function touched(session: LiveSession, origin: Origin): LiveSession {
  const lastActiveAt = session.now > session.lastActiveAt ? session.now : session.lastActiveAt
  return { ...session, lastActiveAt, ip: origin.ip, place: origin.place }
}

/** What a person may see of it: no digest leaves the store but for the check. */
export function seen(live: LiveSession): Session {
  const { id, userId, name, browser, os, kind, userAgent, ip, place, remembered } = live
  const { beganAt, lifetimeFrom, lastActiveAt, renewedAt, lockedAt, authentications } = live
  const device = { name, browser, os, kind, userAgent, ip, place }
  const times = { remembered, beganAt, lifetimeFrom, lastActiveAt, renewedAt, lockedAt }
  return { id, userId, ...device, ...times, authentications }
}

export function newestGeneration({ generation, successor }: SessionCheck): number {
  return Math.max(generation, successor?.generation ?? 0)
}

function withNewest(known: readonly Authentication[], added: readonly Authentication[]): readonly Authentication[] {
  const before = known.filter(({ method }) => !added.some((one) => one.method === method))
  return [...before, ...added].slice(-MOST_AUTHENTICATIONS)
}
