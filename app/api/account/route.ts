import { z } from 'zod'
import { signUp } from '#lib/account/sign-up.ts'
import { json, notAllowed, open, readBody } from '#lib/http/api.ts'
import { beganHeaders } from '#lib/http/began.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { userView } from '#lib/session/view.ts'

const Application = z.object({ name: z.string(), email: z.string(), password: z.string() })

export const POST = open(async ({ request }) => {
  const application = await readBody(request, Application)
  const context = requestContext(request.headers)
  const result = await signUp(application, context)
  switch (result.outcome) {
    case 'invalid':
      return problem('invalid_input', { errors: result.errors })
    case 'throttled':
      return problem('too_many_attempts', { retryAfter: result.retryAfter })
    case 'no-session':
      return problem('no_session')
    case 'signed-up':
      return json({ user: userView(result.user) }, 201, beganHeaders(result.cookie, context))
  }
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
