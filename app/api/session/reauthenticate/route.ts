import { z } from 'zod'
import { keepConfirmation } from '#lib/authentication/confirmed-act.ts'
import { reauthenticate } from '#lib/authentication/reauthenticate.ts'
import { json, notAllowed, readBody, withStanding } from '#lib/http/api.ts'
import { setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { describedAnswer } from '#lib/http/signed-in.ts'
import { throttledProblem } from '#lib/http/throttled.ts'
import { isConfirmedEach } from '#lib/session/current.ts'

/** `{password}`, `{code}`, both, or `{type: "passkey", response}`. */
const Proof = z.union([
  z.object({ type: z.literal('passkey'), response: z.unknown() }),
  z.object({ password: z.string().optional(), code: z.string().optional() }),
])

/** One factor, or several at once; only with all that a sign-in takes does the session's lifetime begin anew. */
export const POST = withStanding(async (current, { request }) => {
  const given = await readBody(request, Proof)
  const shown =
    'type' in given
      ? { password: null, code: null, passkey: given.response ?? {} }
      : { password: given.password ?? null, code: given.code ?? null, passkey: null }
  const nothing = shown.password === null && shown.code === null && shown.passkey === null
  if (nothing)
    return problem('invalid_input', { errors: [{ field: 'password', message: 'Give a password or a code.' }] })
  const result = await reauthenticate(current, shown, requestContext(request.headers))
  switch (result.outcome) {
    case 'wrong':
      return problem(result.what === 'password' ? 'invalid_credentials' : 'invalid_factor')
    case 'session-over':
      return problem('no_session')
    case 'superseded':
      return problem('session_renewed')
    case 'throttled':
      return throttledProblem(result)
    case 'confirmed': {
      const { session, cookie, confirmed } = result
      if (confirmed && isConfirmedEach(session)) await keepConfirmation(session, confirmed)
      return describedAnswer(session, (view) => json({ session: view }, 200, { 'set-cookie': setCookie(cookie) }))
    }
  }
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
