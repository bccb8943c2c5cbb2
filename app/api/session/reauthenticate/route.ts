import { z } from 'zod'
import { reauthenticate } from '#lib/authentication/reauthenticate.ts'
import { json, readBody, withStanding } from '#lib/http/api.ts'
import { setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { describeCurrent } from '#lib/session/describe.ts'

const Proof = z.object({ password: z.string() })

export const POST = withStanding(async (current, { request }) => {
  const { password } = await readBody(request, Proof)
  const result = await reauthenticate(current, password, requestContext(request.headers))
  switch (result.outcome) {
    case 'wrong-password':
      return problem('invalid_credentials')
    case 'session-over':
      return problem('no_session')
    case 'superseded':
      return problem('session_renewed')
    case 'throttled':
      return problem('too_many_attempts', { retryAfter: result.retryAfter })
    case 'confirmed': {
      const { session, cookie } = result
      const view = await describeCurrent({ sessionId: session.id, session, now: session.now })
      return json({ session: view }, 200, { 'set-cookie': setCookie(cookie) })
    }
  }
})

export { notAllowed as DELETE, notAllowed as GET, notAllowed as PATCH, notAllowed as PUT } from '#lib/http/api.ts'
