import { z } from 'zod'
import { changePassword } from '#lib/account/change-password.ts'
import { confirmedProof } from '#lib/authentication/confirmed-act.ts'
import { type NotProven, stepUpByPassword } from '#lib/authentication/step-up.ts'
import { json, notAllowed, readBody, withStanding } from '#lib/http/api.ts'
import { type Cookie, setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { isConfirmedEach } from '#lib/session/current.ts'

const Passwords = z.object({ currentPassword: z.string(), newPassword: z.string() })

/** Every other session ends. A second factor that the account has must have been shown lately: 403 where it was not. */
export const POST = withStanding(async (current, { request }) => {
  const confirmed = isConfirmedEach(current.proof.session) ? await confirmedProof('full', current, request) : null
  if (confirmed === 'stale') return problem('reauthentication_required')
  const { currentPassword, newPassword } = await readBody(request, Passwords)
  const context = requestContext(request.headers)
  const shown = { password: currentPassword, code: null, passkey: null }
  const step = await stepUpByPassword(current, shown, context, 'continued')
  if (step.outcome === 'session-over') return problem('no_session')
  if (step.outcome !== 'proven') return refusal(step)
  const changed = await changePassword(step.proof, newPassword, true, context)
  switch (changed.outcome) {
    case 'changed':
      return json({ ended: changed.ended }, 200, withCookie(changed.cookie).headers)
    case 'weak': {
      const errors = [{ field: 'newPassword', message: changed.message }]
      return problem('invalid_input', { errors, ...withCookie(step.cookie) })
    }
    case 'busy':
      return problem('too_many_attempts', { retryAfter: changed.retryAfter, ...withCookie(step.cookie) })
    case 'superseded':
      return problem('session_renewed')
    default:
      return problem('no_session')
  }
})

function refusal({ outcome, retryAfter, cookie }: NotProven): Response {
  if (outcome === 'asked') return problem('reauthentication_required', withCookie(cookie))
  if (outcome === 'wrong') return problem('invalid_credentials')
  return retryAfter === undefined ? problem('session_renewed') : problem('too_many_attempts', { retryAfter })
}

/** The present password was right, so there is a new token, whatever came of the rest. */
function withCookie(cookie: Cookie | null | undefined): { headers?: HeadersInit } {
  return cookie ? { headers: { 'set-cookie': setCookie(cookie) } } : {}
}

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
