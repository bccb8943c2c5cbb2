import { json, withRecentProof, withSession } from '#lib/http/api.ts'
import { clearing, SESSION_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { then } from '#lib/maybe-promise.ts'
import { describeAll } from '#lib/session/describe.ts'
import { endAllSessions, endOtherSessions } from '#lib/session/ending.ts'

export const GET = withSession((proof) => then(describeAll(proof), (sessions) => json({ sessions })))

/** `scope=others` or `scope=all`; both need a fresh proof of identity. */
export const DELETE = withRecentProof(async (proof, { request }) => {
  const scope = new URL(request.url).searchParams.get('scope')
  if (scope !== 'others' && scope !== 'all') {
    return problem('invalid_input', { errors: [{ field: 'scope', message: 'Use scope=others or scope=all.' }] })
  }
  const ended = await (scope === 'all'
    ? endAllSessions(proof, request.headers)
    : endOtherSessions(proof, request.headers))
  if (ended === 'session-over') return problem('no_session')
  const headers = scope === 'all' ? { 'set-cookie': setCookie(clearing(SESSION_COOKIE)) } : undefined
  return json({ ended: ended.length }, 200, headers)
})
