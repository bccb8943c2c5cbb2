import { z } from 'zod'
import { endOwn } from '#lib/api-token/acts.ts'
import { withPersonOnly, withRouteOrToken } from '#lib/api-token/routes.ts'
import { earnRecent, noContent, notAllowed, readBody, withRecentProof, withStanding } from '#lib/http/api.ts'
import { cookieHeaders } from '#lib/http/began.ts'
import { clearing, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { ID } from '#lib/random.ts'
import { signOutRemembered } from '#lib/relying-party/sign-out.ts'
import type { Standing } from '#lib/session/current.ts'
import { endSession } from '#lib/session/ending.ts'
import { parseSessionName } from '#lib/session/name.ts'
import { store } from '#lib/store.ts'

interface Params {
  readonly id: string
}

/**
 * Ends one session. The current one needs no fresh proof: leaving never needs a password. Of an application that is the
 * one it was linked in.
 */
export const DELETE = withRouteOrToken<Params>(
  'sessions:end',
  withStanding((current, { request, params }) =>
    params.id === current.proof.sessionId ? endThis(current, request) : endAnother(current, params.id, request),
  ),
  async (proof, { params }) =>
    (await endOwn(proof, params.id)) === 'ended' ? noContent() : problem('reauthentication_required'),
)

async function endThis(current: Standing, { headers }: Request): Promise<Response> {
  const remembered = await signOutRemembered(current, requestContext(headers))
  return noContent(cookieHeaders([clearing(SESSION_COOKIE), ...remembered]))
}

async function endAnother(current: Standing, id: string, request: Request): Promise<Response> {
  const proof = await earnRecent(current, request)
  if (proof instanceof Response) return proof
  const ended = ID.test(id) ? await endSession(proof, id, request.headers) : 'not-found'
  if (ended === 'session-over') return problem('no_session')
  return ended === 'not-found' ? problem('not_found') : noContent()
}

const Naming = z.object({ name: z.string().nullable() })

const rename = withRecentProof<Params>(async (proof, { request, params }) => {
  const { name } = await readBody(request, Naming)
  const parsed = parseSessionName(name ?? '')
  if ('problem' in parsed) return problem('invalid_input', { errors: [{ field: 'name', message: parsed.problem }] })
  const renamed = ID.test(params.id) ? await store().sessions.rename(proof, params.id, parsed.name) : 'not-found'
  if (renamed === 'session-over') return problem('no_session')
  return renamed === 'not-found' ? problem('not_found') : noContent()
})

/** Gives a session the person's own name for it, or takes the name away. */
export const PATCH = withPersonOnly('sessions:end', rename)

export const { GET, OPTIONS, POST, PUT } = notAllowed('DELETE', 'PATCH')
