import 'server-only'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { MINUTE, now } from '#lib/time.ts'

/**
 * What a proof of an application's private key must say besides what the library asks for (a good signature by a registered
 * key, `iss` and `sub` the application, an `exp` ahead, a `jti` that has not been seen). It is looked at between the
 * signature and the `jti`, so nobody else uses one up.
 * @see RFC 7523 §3, draft-ietf-oauth-rfc7523bis §4; ASVS v5.0.0-10.4.16, v5.0.0-9.2.1, v5.0.0-9.1.3
 */

/** No proof is good for longer, and a `jti` is remembered for no longer. Seconds. */
export const LONGEST_ASSERTION = 5 * MINUTE

/** Absent, or one of these: what was signed to be something else is no proof of who calls. */
const TYPES: readonly unknown[] = [undefined, 'JWT', 'client-authentication+jwt']

/** A proof that brings a key along, or says where one is found. Keys are registered, by a person, and nothing else is one. */
const KEYS = ['jwk', 'jku', 'x5c', 'x5u'] as const

type Json = Readonly<Record<string, unknown>>

/** What is wrong with it; null when nothing is. @param at seconds since 1970 */
export function assertionProblem(claims: Json, header: Json, issuer: string, at: number): string | null {
  // The issuer, as a text: one that names an endpoint, or others as well, could have been made for somebody else.
  if (claims.aud !== issuer) return 'aud must be the issuer identifier and nothing else'
  if (!(typeof claims.exp === 'number' && claims.exp <= at + LONGEST_ASSERTION)) return 'exp is too far ahead'
  if (!TYPES.includes(header.typ)) return 'typ is that of another kind of token'
  return KEYS.some((name) => Object.hasOwn(header, name))
    ? 'keys are registered, and none is taken from a header'
    : null
}

/** For the library, which answers `invalid_client`. */
export function checkAssertion({ oidc: { issuer } }: KoaContextWithOIDC, claims: Json, header: Json): void {
  const problem = assertionProblem(claims, header, issuer, now().getTime() / 1000)
  if (problem) throw new errors.InvalidClientAuth(problem)
}
