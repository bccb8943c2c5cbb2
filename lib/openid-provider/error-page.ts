import 'server-only'
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider'
import { settings } from '#lib/config.ts'
import type { RequestProblem } from './problems.ts'

/**
 * Where a person is told of a request that cannot be answered to the application: it is unknown, wants its answer at an
 * address that it has not registered, or what was under way is over. Nothing is sent to where the request says.
 * @see RFC 6749 §4.1.2.1; ASVS v5.0.0-10.4.1, 3.7.2
 */
export function errorPage(ctx: KoaContextWithOIDC, { error }: ErrorOut, cause: Error): void {
  tellThePerson(ctx, problemOf(error, cause.name))
}

export function tellThePerson(ctx: KoaContextWithOIDC, because: RequestProblem): void {
  ctx.body = ''
  ctx.status = 303
  ctx.redirect(`${settings().origin}/request-problem?because=${because}`)
}

function problemOf(error: string, name: string): RequestProblem {
  if (error === 'invalid_client') return 'client'
  if (error === 'invalid_redirect_uri') return 'address'
  return name === 'SessionNotFound' ? 'over' : 'request'
}
