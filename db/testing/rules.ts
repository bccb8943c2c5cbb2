import type { SessionTimes, Standing, StoreOptions } from '../contract.ts'

export const MINUTE = 60
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Rules of the store's tests: fifteen minutes and eight hours, remembered seven and thirty days. */
export const RULES: Omit<StoreOptions, 'url'> = {
  clock: () => new Date(),
  standing: judge,
  shortestInactivity: (remembered) => (remembered ? 7 * DAY : 15 * MINUTE),
  shortestLifetime: (remembered) => (remembered ? 30 * DAY : 8 * HOUR),
  renewalGrace: 30,
  epoch: () => 1,
  log: () => undefined,
}

/** The same where inactivity locks (level 2): only the lifetime ends a session by itself. */
export const LOCKING: Pick<StoreOptions, 'standing'> = {
  standing(times, now) {
    const standing = judge(times, now)
    if (standing === 'lifetime-exceeded') return standing
    return times.lockedAt || standing === 'inactive' ? 'locked' : 'active'
  },
}

function judge({ lifetimeFrom, lastActiveAt, remembered }: SessionTimes, now: Date): Standing {
  const age = (from: Date) => (now.getTime() - from.getTime()) / 1000
  if (age(lifetimeFrom) >= RULES.shortestLifetime(remembered)) return 'lifetime-exceeded'
  return age(lastActiveAt) >= RULES.shortestInactivity(remembered) ? 'inactive' : 'active'
}
