import type { RecentProof } from '#db/contract.ts'
import { describeAccount } from '#lib/api-token/acts.ts'
import { withPersonOnly, withSessionOrToken } from '#lib/api-token/routes.ts'
import { json, notAllowed, withRecentProof } from '#lib/http/api.ts'
import { cookieHeaders } from '#lib/http/began.ts'
import { clearing, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { then } from '#lib/maybe-promise.ts'
import { rememberSignOut, staysSignedIn } from '#lib/relying-party/sign-out.ts'
import { describeAll } from '#lib/session/describe.ts'
import { endAllSessions, endOtherSessions } from '#lib/session/ending.ts'

export const GET = withSessionOrToken(
  'sessions:read',
  (proof) => then(describeAll(proof), (sessions) => json({ sessions })),
  async (proof) => json({ sessions: await describeAccount(proof) }),
)

const end = withRecentProof(async (proof, { request }) => {
  // v5.0.0-15.3.7: of two scopes neither is chosen.
  const [scope, another] = new URL(request.url).searchParams.getAll('scope')
  if ((scope !== 'others' && scope !== 'all') || another !== undefined) {
    return problem('invalid_input', { errors: [{ field: 'scope', message: 'Use scope=others or scope=all.' }] })
  }
  if (scope === 'all') return endAll(proof, request)
  const ended = await endOtherSessions(proof, request.headers)
  return ended === 'session-over' ? problem('no_session') : json({ ended: ended.length })
})

async function endAll(proof: RecentProof, { headers }: Request): Promise<Response> {
  const stays = await staysSignedIn(proof.session)
  const ended = await endAllSessions(proof, headers)
  if (ended === 'session-over') return problem('no_session')
  const remembered = await rememberSignOut(stays, requestContext(headers))
  return json({ ended: ended.length }, 200, cookieHeaders([clearing(SESSION_COOKIE), ...remembered]))
}

/** `scope=others` or `scope=all`; both need a fresh proof of identity. */
export const DELETE = withPersonOnly('sessions:end', end)

export const { OPTIONS, PATCH, POST, PUT } = notAllowed('DELETE', 'GET')
