/**
 * What an application asks of the person's authentication, and whether a session has it. Pure.
 * @see OpenID Connect Core §3.1.2.1 (`prompt`, `max_age`, `acr_values`), RFC 9470; ASVS v5.0.0-7.6.1, 10.3.4
 */
import type { Factors, SessionCheck } from '#db/contract.ts'
import { assuranceLevel } from '#lib/authentication/assurance.ts'
import { secondsBetween } from '#lib/time.ts'

/** `acr` of the ID tokens: how strongly somebody has shown who they are. */
export const ACR = ['aal1', 'aal2', 'aal3'] as const

export interface Asked {
  /** `prompt=login`: whatever was shown before this request does not count. */
  readonly anew: boolean
  /** Seconds; null when it does not matter. */
  readonly maxAge: number | null
  /** The least of the levels that it would take; 0 when it names none. */
  readonly level: number
}

type Parameters = Readonly<Record<string, unknown>>

export function askedBy({ prompt, max_age, acr_values }: Parameters): Asked {
  const levels = words(acr_values)
    .map(levelOf)
    .filter((level) => level > 0)
  return {
    anew: words(prompt).includes('login'),
    maxAge: max_age === undefined ? null : Number(max_age),
    level: levels.length > 0 ? Math.min(...levels) : 0,
  }
}

export function words(text: unknown): string[] {
  return typeof text === 'string' ? text.split(' ') : []
}

function levelOf(acr: string): number {
  return (ACR as readonly string[]).indexOf(acr) + 1
}

export function acrOf({ authentications }: Pick<SessionCheck, 'authentications'>): string {
  return ACR[Math.max(1, assuranceLevel(authentications)) - 1] ?? ACR[0]
}

/** `auth_time`: when all that a sign-in takes was shown last. No refresh, renewal, unlock or single factor moves it. */
export function authTimeOf({ lifetimeFrom }: Pick<SessionCheck, 'lifetimeFrom'>): number {
  return Math.floor(lifetimeFrom.getTime() / 1000)
}

/** The highest level that this account’s factors may amount to. Another provider may have seen two. */
export function reachable({ passkeys, identities, password, totp, recoveryCodes }: Factors): number {
  if (passkeys.length > 0) return 3
  return identities > 0 || (password && (totp !== null || recoveryCodes > 0)) ? 2 : 1
}

type Shown = Pick<SessionCheck, 'authentications' | 'lifetimeFrom'>

/** Whether all that a sign-in takes was shown since the request began. */
export function isShownSince({ lifetimeFrom }: Shown, began: Date | null): boolean {
  return began !== null && lifetimeFrom >= began
}

/**
 * - `enough`: the session has what is asked for.
 * - `due`: the person shows anew all that a sign-in takes.
 * - `unreachable`: nothing that this account has would be enough.
 * @param most the highest level that the account can reach
 * @param began when the request reached us; null when it does just now
 */
export function authenticationFor(
  { anew, maxAge, level }: Asked,
  session: Shown,
  most: number,
  began: Date | null,
  now: Date,
): 'enough' | 'due' | 'unreachable' {
  if (assuranceLevel(session.authentications) < level) return most < level ? 'unreachable' : 'due'
  if (isShownSince(session, began)) return 'enough'
  return anew || (maxAge !== null && secondsBetween(session.lifetimeFrom, now) > maxAge) ? 'due' : 'enough'
}
