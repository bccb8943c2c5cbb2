import { describeAccount } from '#lib/api-token/acts.ts'
import { withPersonOnly, withSessionOrToken } from '#lib/api-token/routes.ts'
import { json, notAllowed, withRecentProof } from '#lib/http/api.ts'
import { clearing, SESSION_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { then } from '#lib/maybe-promise.ts'
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
  const ended = await (scope === 'all'
    ? endAllSessions(proof, request.headers)
    : endOtherSessions(proof, request.headers))
  if (ended === 'session-over') return problem('no_session')
  const headers = scope === 'all' ? { 'set-cookie': setCookie(clearing(SESSION_COOKIE)) } : undefined
  return json({ ended: ended.length }, 200, headers)
})
/** `scope=others` or `scope=all`; both need a fresh proof of identity. */
export const DELETE = withPersonOnly('sessions:end', end)

export const { OPTIONS, PATCH, POST, PUT } = notAllowed('DELETE', 'GET')
