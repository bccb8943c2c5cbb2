import 'server-only'
import { hash } from 'node:crypto'
import type { Limiter, LimiterOptions, SessionStore, Store } from '#db/contract.ts'
import { networkOf } from '#lib/device/address.ts'
import { DAY, HOUR, MINUTE } from '#lib/time.ts'

/**
 * How often somebody may try. An attempt is taken before any password is hashed, in the database that all processes
 * share, so neither parallel attempts nor a second process get more than the ceiling; a right password gives it back,
 * and a block with it that came of attempts in flight. Ten people who sign in at once shut nobody out.
 * Keys are digests: the table holds no address.
 *
 * **Signing in** is counted three ways, and one attempt must pass all of them:
 *
 * | counted by                | attempts      | what it stops                                                  |
 * | ------------------------- | ------------- | -------------------------------------------------------------- |
 * | network                   | 100 in 15 min | one network trying many accounts (an office fits behind it)    |
 * | account and network       | 10 in 30 min  | one network trying one account: 480 a day                      |
 * | account                   | 30 in 1 h     | many networks trying one account: 720 a day, however many      |
 * | account and known browser | 10 in 15 min  | in place of all the above, where that browser signed in before |
 *
 * **Nobody is locked out for good.** Blocks end by themselves, within an hour, and attempts during one do not make it
 * longer: an attempt that is refused by one count is taken from no other. One network alone never exhausts an account:
 * in an hour it gets 20 of the 30, and never more than 29 however the windows fall. And a browser that has signed in to the account before has a bucket of its own: whatever attackers
 * do elsewhere, the owner gets in there.
 *
 * **The arithmetic.** 720 guesses a day are 263 thousand a year. The policy keeps 49 thousand common passwords out
 * and asks for 15 characters; four words of a list of 7776 are 3.7·10^15. NIST SP 800-63B-4 §3.2.2 allows at most 100
 * consecutive failures: the hundredth switches the password off until a mailed reset (`password-tried.ts`), which takes a
 * distributed attacker more than three hours.
 *
 * **Confirming who you are** is counted by session, apart from signing in, so that neither blocks the other: 8 in an
 * hour, at most 96 in the 12 hours that a session at level 2 or 3 may last, which is below NIST's 100.
 *
 * **Codes** of the app and recovery codes are counted by account, together, whatever asks for them (a sign-in, a
 * confirmation), from wherever, under whatever half-finished sign-in:
 *
 * | counted by                            | attempts      | what it stops                                         |
 * | ------------------------------------- | ------------- | ----------------------------------------------------- |
 * | account                               | 10 in 30 min  | a burst                                               |
 * | account, while no authenticator changes | 90 in a year | patience: less than the 100 failures that NIST allows |
 *
 * Three codes of a million are right at any time, so 90 guesses find one with a chance of 1 in 3,700. Whoever gets to
 * guess has the password already: the owner ends that with a mailed reset, and with it the count begins anew, as with
 * every change of an authenticator (`securityVersion`). Somebody who commands the mailbox as well can do so again and
 * again, with a notice each time, and is held by the first row: 480 guesses a day, 1 in 690. The owner who mistypes one
 * code in twenty, three times a day, gets to 55 in a year. A recovery code has 120 bits: no number of guesses matters.
 * Passkeys cannot be guessed and open the account all the while; only to confirm who one is, they are counted with the
 * rest of what a session tries (0028).
 *
 * **Challenges for passkeys** are rows that anybody can have written: 600 in 15 minutes for a network, so that at most
 * so many of one network stand at any time. Each page of a sign-in asks for one.
 *
 * **Asking for a mailed link** writes to somebody's mailbox and takes the place of the link before, so it is counted like
 * signing in, and nothing is given back: 4 in 30 minutes for an address and network, 12 in an hour for an address, 60 in
 * an hour for a network; 6 in an hour for an address and a browser that has signed in to its account before. Asking for
 * another address of the own account: 6 in an hour for the account, and 6 for the address.
 *
 * **Signing up** tells whether an address is taken, so asking is counted by network: 10 taken addresses in an hour
 * (`giveBack` once the account is made) and 300 sign-ups in all.
 *
 * **Requests of applications** are rows that anybody can have written as well, and are counted in the same way. What an
 * application pushes under its secret is not: it stands for many people.
 *
 * **Codes of devices** are short, so tries are counted by the account that types them: 10 in 15 minutes, and right ones
 * too, each of which is a row. They have 8 of 20 letters and live ten minutes: a guess finds one of a hundred that wait with a chance of 1 in 256 million.
 *
 * @see ASVS v5.0.0-6.3.1; OWASP Authentication Cheat Sheet
 */
const LIMITS = {
  network: { name: 'sign-in-network', attempts: 100, seconds: 15 * MINUTE, blockSeconds: 15 * MINUTE },
  accountNetwork: { name: 'sign-in-account-network', attempts: 10, seconds: 30 * MINUTE, blockSeconds: 30 * MINUTE },
  account: { name: 'sign-in-account', attempts: 30, seconds: HOUR, blockSeconds: HOUR },
  browser: { name: 'sign-in-browser', attempts: 10, seconds: 15 * MINUTE, blockSeconds: 15 * MINUTE },
  codes: { name: 'codes', attempts: 10, seconds: 30 * MINUTE, blockSeconds: 30 * MINUTE },
  codesInAll: { name: 'codes-in-all', attempts: 90, seconds: 365 * DAY, blockSeconds: DAY },
  challenges: { name: 'challenges', attempts: 600, seconds: 15 * MINUTE, blockSeconds: 15 * MINUTE },
  session: { name: 'reauthentication', attempts: 8, seconds: HOUR, blockSeconds: HOUR },
  resetsNetwork: { name: 'reset-network', attempts: 60, seconds: HOUR, blockSeconds: HOUR },
  resetsBoth: { name: 'reset-address-network', attempts: 4, seconds: 30 * MINUTE, blockSeconds: 30 * MINUTE },
  resetsAddress: { name: 'reset-address', attempts: 12, seconds: HOUR, blockSeconds: HOUR },
  resetsBrowser: { name: 'reset-browser', attempts: 6, seconds: HOUR, blockSeconds: HOUR },
  movesAccount: { name: 'email-change-account', attempts: 6, seconds: HOUR, blockSeconds: HOUR },
  movesAddress: { name: 'email-change-address', attempts: 6, seconds: HOUR, blockSeconds: HOUR },
  signUps: { name: 'sign-up', attempts: 300, seconds: HOUR, blockSeconds: HOUR },
  taken: { name: 'sign-up-taken', attempts: 10, seconds: HOUR, blockSeconds: HOUR },
  requests: { name: 'application-requests', attempts: 600, seconds: 15 * MINUTE, blockSeconds: 15 * MINUTE },
  deviceCodes: { name: 'device-codes', attempts: 10, seconds: 15 * MINUTE, blockSeconds: 15 * MINUTE },
} as const satisfies Record<string, LimiterOptions>

export type Attempt =
  | { readonly allowed: true; readonly giveBack: () => Promise<void> }
  | { readonly allowed: false; readonly retryAfter: number }

/** What throttling needs of a store. */
export interface ThrottleStore extends Pick<Store, 'limiter'> {
  readonly sessions: Pick<SessionStore, 'knowsBrowser'>
}

export interface SignInAttempt {
  /** Normalised; any text, with or without an account. */
  readonly email: string
  readonly userId: string | null
  readonly ip: string | null
  readonly browserDigest: Buffer
}

export function signInThrottle(store: ThrottleStore) {
  return {
    async take({ email, userId, ip, browserDigest }: SignInAttempt): Promise<Attempt> {
      // Asked for unknown addresses too: they must be throttled alike, in the same time.
      const known = await store.sessions.knowsBrowser(userId ?? '', browserDigest)
      if (known) return takeAll([bucket(store, LIMITS.browser, email, browserDigest.toString('hex'))])
      const network = networkOf(ip)
      // Each refusal spares those after it: hammering one account does not use up the whole network, and what a
      // blocked network tries does not use up the account.
      return takeAll([
        bucket(store, LIMITS.accountNetwork, email, network),
        bucket(store, LIMITS.network, network),
        bucket(store, LIMITS.account, email),
      ])
    },
  }
}

export function reauthenticationThrottle(store: Pick<Store, 'limiter'>) {
  return {
    take({ userId, sessionId }: { readonly userId: string; readonly sessionId: string }): Promise<Attempt> {
      return takeAll([bucket(store, LIMITS.session, userId, sessionId)])
    },
  }
}

/** An attempt at a code. `lasting`: waiting is no way out, a mailed reset or a passkey is. */
export type CodeAttempt =
  | Extract<Attempt, { allowed: true }>
  | (Extract<Attempt, { allowed: false }> & { readonly lasting: boolean })

/** For codes of the app and recovery codes alike; taken before any is looked at. @see ASVS v5.0.0-6.6.3 */
export function codeThrottle(store: Pick<Store, 'limiter'>) {
  return {
    async take(who: { readonly userId: string; readonly securityVersion: number }): Promise<CodeAttempt> {
      const burst = await takeAll([bucket(store, LIMITS.codes, who.userId)])
      if (!burst.allowed) return { ...burst, lasting: false }
      const inAll = await takeAll([bucket(store, LIMITS.codesInAll, who.userId, String(who.securityVersion))])
      if (!inAll.allowed) {
        await burst.giveBack()
        return { ...inAll, lasting: true }
      }
      const giveBack = async () => {
        await Promise.all([burst.giveBack(), inAll.giveBack()])
      }
      return { allowed: true, giveBack }
    },
  }
}

/**
 * For challenges, each of which is a row. Nothing is given back. Whoever has shown something already is counted by
 * that: what strangers of the same network do keeps nobody from a second step, nor from confirming who they are.
 */
export function challengeThrottle(store: Pick<Store, 'limiter'>) {
  return {
    take(
      by: { readonly ip: string | null } | { readonly half: string } | { readonly session: string },
    ): Promise<Attempt> {
      const subject = 'ip' in by ? ['network', networkOf(by.ip)] : Object.entries(by).flat()
      return takeAll([bucket(store, LIMITS.challenges, ...subject)])
    },
  }
}

/** For what applications ask for, as long as nobody has shown anything. Nothing is given back. */
export function requestThrottle(store: Pick<Store, 'limiter'>) {
  return {
    take({ ip }: { readonly ip: string | null }): Promise<Attempt> {
      return takeAll([bucket(store, LIMITS.requests, networkOf(ip))])
    },
  }
}

/** For the codes that devices show. Nothing is given back. @see RFC 8628 §5.1 */
export function deviceCodeThrottle(store: Pick<Store, 'limiter'>) {
  return {
    take({ userId }: { readonly userId: string }): Promise<Attempt> {
      return takeAll([bucket(store, LIMITS.deviceCodes, userId)])
    },
  }
}

export function signUpThrottle(store: Pick<Store, 'limiter'>) {
  return {
    async take({ ip }: { readonly ip: string | null }): Promise<Attempt> {
      const network = networkOf(ip)
      const counted = await takeAll([bucket(store, LIMITS.signUps, network)])
      if (!counted.allowed) return counted
      // A sign-up that succeeds was no question about somebody else; it still is one of the 300.
      const asked = await takeAll([bucket(store, LIMITS.taken, network)])
      if (!asked.allowed) await counted.giveBack()
      return asked
    },
  }
}

/** For links that choose a new password; taken before it is known whether anybody gets one. */
export function resetThrottle(store: ThrottleStore) {
  return {
    async take({ email, userId, ip, browserDigest }: SignInAttempt): Promise<Attempt> {
      const known = await store.sessions.knowsBrowser(userId ?? '', browserDigest)
      if (known) return takeAll([bucket(store, LIMITS.resetsBrowser, email, browserDigest.toString('hex'))])
      const network = networkOf(ip)
      return takeAll([
        bucket(store, LIMITS.resetsBoth, email, network),
        bucket(store, LIMITS.resetsNetwork, network),
        bucket(store, LIMITS.resetsAddress, email),
      ])
    },
  }
}

/** For links that confirm a new address. It counts the address whether it is taken or not. */
export function emailChangeThrottle(store: Pick<Store, 'limiter'>) {
  return {
    take({ userId, email }: { readonly userId: string; readonly email: string }): Promise<Attempt> {
      return takeAll([bucket(store, LIMITS.movesAccount, userId), bucket(store, LIMITS.movesAddress, email)])
    },
  }
}

interface Bucket {
  readonly limiter: Limiter
  readonly key: string
}

/** The parts stand in a JSON list, so that no two lists of parts make one key. */
function bucket(store: Pick<Store, 'limiter'>, limits: LimiterOptions, ...parts: readonly string[]): Bucket {
  return { limiter: store.limiter(limits), key: hash('sha256', JSON.stringify([limits.name, ...parts]), 'base64url') }
}

/** One attempt of each, in order, or of none: nothing was tried with what one of them refuses. */
async function takeAll(buckets: readonly Bucket[]): Promise<Attempt> {
  const taken: Bucket[] = []
  const giveBack = async () => {
    await Promise.all(taken.map(({ limiter, key }) => limiter.giveBack(key)))
  }
  for (const each of buckets) {
    const answer = await each.limiter.take(each.key)
    if (!answer.allowed) {
      await giveBack()
      return answer
    }
    taken.push(each)
  }
  return { allowed: true, giveBack }
}
