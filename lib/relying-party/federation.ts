import 'server-only'
import type { Federation } from '#db/contract.ts'
import type { IdentityProvider } from '#lib/config/providers.ts'
import { settings } from '#lib/config.ts'
import { sealText } from '#lib/keys/sealed-text.ts'
import type { Assertion } from './assertion.ts'
import { lifetimeFrom } from './belief.ts'

/** What a session rests on that begins, or goes on, with this assertion. Null when it could not last at all. */
export function federationOf(provider: IdentityProvider, assertion: Assertion, now: Date): Federation | null {
  const from = lifetimeFrom(provider, assertion, settings().policy, now)
  const { issuer, subject, sid, issuedAt, idToken } = assertion
  const sealed = sealText(idToken, idTokenPlace(issuer))
  return from && { issuer, subject, sid, sealed, issuedAt, lifetimeFrom: from }
}

export function idTokenPlace(issuer: string) {
  return { purpose: 'id-token.1', of: issuer }
}
