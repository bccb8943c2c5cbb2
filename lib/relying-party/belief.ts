import type { IdentityProvider } from '#lib/config/providers.ts'
import type { SessionPolicy } from '#lib/session/policy.ts'
import { secondsAfter, secondsBetween } from '#lib/time.ts'
import type { Assertion } from './assertion.ts'

/**
 * What is believed of an assertion. Pure.
 *
 * Signing in elsewhere is one factor, `fed`. It is two, `fed mfa`, where the provider says one of the values of `acr` or
 * `amr` that this deployment has written down for it. It is never a passkey: a provider that lies cannot be told from one
 * that does not, so level 3, and whatever takes all factors, asks for Signet's own.
 * @see docs/decisions/0035; ASVS v5.0.0-6.8.4, NIST SP 800-63C-4 §3.4
 */
export function methodsOf({ twoFactors }: IdentityProvider, { acr, amr }: Pick<Assertion, 'acr' | 'amr'>): string[] {
  const two = (acr !== null && twoFactors.acr.includes(acr)) || amr.some((one) => twoFactors.amr.includes(one))
  return two ? ['fed', 'mfa'] : ['fed']
}

/**
 * From when the absolute lifetime of a session counts that rests on this assertion: from the authentication at the
 * provider and not from its answer, so that nobody stays signed in for ever by coming back silently; and early enough
 * that it ends when the provider says, or when this deployment wants it to. Null when it would be over already.
 * @see ASVS v5.0.0-7.6.1; docs/decisions/0035
 */
export function lifetimeFrom(
  { sessionLifetime }: Pick<IdentityProvider, 'sessionLifetime'>,
  { authenticatedAt, sessionExpiry }: Pick<Assertion, 'authenticatedAt' | 'sessionExpiry'>,
  { ordinary }: Pick<SessionPolicy, 'ordinary'>,
  now: Date,
): Date | null {
  const lifetime = ordinary.absoluteLifetime
  const ends = [
    secondsAfter(authenticatedAt, lifetime),
    ...(sessionLifetime === null ? [] : [secondsAfter(authenticatedAt, sessionLifetime)]),
    ...(sessionExpiry === null ? [] : [sessionExpiry]),
  ]
  const end = new Date(Math.min(...ends.map((one) => one.getTime())))
  return secondsBetween(now, end) > 0 ? secondsAfter(end, -lifetime) : null
}
