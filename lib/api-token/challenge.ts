import { settings } from '#lib/config.ts'
import { problem } from '#lib/http/problem.ts'
import { credentialOf } from './credential.ts'
import type { Refusal } from './current.ts'

/** What may sign a DPoP proof. */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519'] as const

/** How a route that takes tokens asks for one: `WWW-Authenticate` of RFC 6750 §3 and RFC 9449 §7.1. */
export function challenge(): string {
  return settings().level < 3 ? `Bearer, ${dpop()}` : dpop()
}

/** The same answer for every cause: what is wrong with a token is nothing to tell whoever has it. */
export function refuse(refusal: Refusal, headers: Headers): Response {
  return problem(refusal, { headers: { 'www-authenticate': withError(headers, refusal) } })
}

/** @param scope what it would take */
export function tooNarrow(scope: string, headers: Headers): Response {
  const text = withError(headers, 'insufficient_scope', scope)
  return problem('insufficient_scope', { headers: { 'www-authenticate': text } })
}

function withError(headers: Headers, error: string, scope?: string): string {
  const said = `error="${error}"${scope ? `, scope="${scope}"` : ''}`
  const credential = credentialOf(headers)
  const bound = credential !== 'ambiguous' && credential?.scheme === 'DPoP'
  if (bound || settings().level === 3 || error === 'invalid_dpop_proof') return dpop(`${said}, `)
  return `Bearer ${said}, ${dpop()}`
}

function dpop(said = ''): string {
  return `DPoP ${said}algs="${DPOP_ALGORITHMS.join(' ')}"`
}
