import 'server-only'
import type { MaybePromise, SessionProof } from '#db/contract.ts'
import { type Call, open, type Route, withSession } from '#lib/http/api.ts'
import { problem } from '#lib/http/problem.ts'
import { then } from '#lib/maybe-promise.ts'
import { isWithin, type Scope } from '#lib/openid-provider/scopes.ts'
import { challenge, refuse, tooNarrow } from './challenge.ts'
import { credentialOf } from './credential.ts'
import { currentToken, type TokenProof } from './current.ts'

/** Shells for the routes that take a signed access token as well as the cookie. Each way has a handler of its own. */
type Handler<Proof, Params> = (proof: Proof, call: Call<Params>) => MaybePromise<Response>

/** For whoever is signed in, and for applications that hold `scope`. */
export function withSessionOrToken(
  scope: Scope,
  bySession: Handler<SessionProof, unknown>,
  byToken: Handler<TokenProof, unknown>,
): Route<unknown> {
  const session = withSession((proof, { request }) => bySession(proof, { request, params: undefined }))
  return withRouteOrToken(scope, session, byToken)
}

/** For whom a route of the session is for, and for applications that hold `scope`. */
export function withRouteOrToken<Params>(
  scope: Scope,
  bySession: Route<Params>,
  byToken: Handler<TokenProof, Params>,
): Route<Params> {
  const token = open<Params>(async (call) => {
    const proof = await currentToken(call.request)
    if (proof === null) return problem('no_session')
    if (typeof proof === 'string') return refuse(proof, call.request.headers)
    if (!isWithin(scope, proof.scope)) return tooNarrow(scope, call.request.headers)
    return byToken(proof, call)
  })
  return (request, context) => (credentialOf(request.headers) ? token : asking(bySession))(request, context)
}

/**
 * For what takes a fresh proof of identity: a token is none, however good it is. Tokens alone never count as the person's
 * presence (v5.0.0-7.5.2; docs/decisions/0040).
 */
export function withPersonOnly<Params>(scope: Scope, bySession: Route<Params>): Route<Params> {
  return withRouteOrToken(scope, bySession, () => problem('reauthentication_required'))
}

/** RFC 6750 §3: whoever comes with nothing learns what there is to come with. */
function asking<Params>(route: Route<Params>): Route<Params> {
  return (request, context) =>
    then(route(request, context), (response) => {
      if (response.status === 401) response.headers.set('www-authenticate', challenge())
      return response
    })
}
