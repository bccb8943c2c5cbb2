/**
 * What an application asks of the person's authentication, and whether a session has it. Pure.
 * @see OpenID Connect Core §3.1.2.1 (`prompt`, `max_age`, `id_token_hint`, `acr_values`), RFC 9470; ASVS v5.0.0-7.6.1, 10.3.4
 */
import { decodeJwt } from 'jose'
import type { Factors, SessionCheck } from '#db/contract.ts'
import { assuranceLevel, hasFirstFactor, hasMethod, hasPasskey } from '#lib/authentication/assurance.ts'
import { due } from '#lib/authentication/second-factor.ts'
import type { AssuranceLevel } from '#lib/session/policy.ts'
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

/**
 * Whom the request is for; null when it does not say. The ID token was verified when the request came (the library does
 * that, and not again when it goes on), and has waited sealed since.
 */
export function hintedBy({ id_token_hint: hint }: Parameters): string | null {
  return typeof hint === 'string' ? (decodeJwt(hint).sub ?? null) : null
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

/** What counts of a session here: what was shown, and when all that a sign-in takes was shown last. */
export interface Shown extends Pick<SessionCheck, 'authentications'> {
  readonly shownAt: Date
}

type Recorded = Pick<SessionCheck, 'authentications' | 'lifetimeFrom'>

/**
 * Whether another provider has had a say in when the lifetime counts from: then it may count from earlier than anything
 * was shown, since the provider lets nothing last longer.
 */
export function isCutShort({ authentications }: Recorded): boolean {
  return hasMethod(authentications, 'fed')
}

/**
 * When all that a sign-in takes was shown last. Each full proof moves the lifetime, so it was no earlier than that; where
 * the lifetime is cut short, it was at the newest instant since when everything that a sign-in takes has been shown.
 */
export function shownAt(session: Recorded, factors: Factors | undefined, level: AssuranceLevel): Date {
  const { authentications, lifetimeFrom } = session
  if (!factors || !isCutShort(session)) return lifetimeFrom
  const since = (at: Date) => authentications.filter((one) => one.at >= at)
  const full = authentications.map(({ at }) => at).filter((at) => isSignIn(since(at), factors, level))
  return new Date(Math.max(...[lifetimeFrom, ...full].map((at) => at.getTime())))
}

function isSignIn(shown: SessionCheck['authentications'], factors: Factors, level: AssuranceLevel): boolean {
  return (hasPasskey(shown) || hasFirstFactor(shown)) && due(factors, level, shown).length === 0
}

/** `auth_time`: when all that a sign-in takes was shown last. No refresh, renewal or single factor of several moves it. */
export function authTimeOf({ shownAt }: Pick<Shown, 'shownAt'>): number {
  return Math.floor(shownAt.getTime() / 1000)
}

/** The highest level that this account’s factors may amount to. Another provider may have seen two. */
export function reachable({ passkeys, identities, password, totp, recoveryCodes }: Factors): number {
  if (passkeys.length > 0) return 3
  return identities > 0 || (password && (totp !== null || recoveryCodes > 0)) ? 2 : 1
}

/** Whether all that a sign-in takes was shown since the request began. */
export function isShownSince({ shownAt }: Pick<Shown, 'shownAt'>, began: Date | null): boolean {
  return began !== null && shownAt >= began
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
  return anew || (maxAge !== null && secondsBetween(session.shownAt, now) > maxAge) ? 'due' : 'enough'
}
