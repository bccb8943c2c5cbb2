import { z } from 'zod'
import { ACT, type Act } from '#lib/authentication/challenges.ts'
import { reauthenticationChallenge } from '#lib/authentication/reauthentication-challenge.ts'
import { type Challenged, factorChallenge, signInChallenge } from '#lib/authentication/sign-in-challenge.ts'
import { json, notAllowed, open, readBody } from '#lib/http/api.ts'
import { beganHeaders } from '#lib/http/began.ts'
import { problem } from '#lib/http/problem.ts'
import { type RequestContext, requestContext } from '#lib/http/request-context.ts'

/** What a passkey may be asked for; each says itself who may ask. */
const CHALLENGES = {
  'sign-in': signInChallenge,
  factor: factorChallenge,
  reauthenticate: reauthenticationChallenge,
} satisfies Record<
  string,
  (context: RequestContext, attempt?: string, act?: Act) => Promise<Challenged | { outcome: 'no-session' }>
>

const PURPOSES = Object.keys(CHALLENGES) as (keyof typeof CHALLENGES)[]
const Wish = z.object({
  purpose: z.enum(PURPOSES),
  attempt: z.string().optional(),
  /** What is to be confirmed, for `reauthenticate`: level 3 asks for each act. */
  act: z.string().regex(ACT).optional(),
})

/** Options for `navigator.credentials.get`. Anybody may ask for a sign-in's: they say nothing of any account. */
export const POST = open(async ({ request }) => {
  const { purpose, attempt, act } = await readBody(request, Wish)
  const context = requestContext(request.headers)
  const challenged = await CHALLENGES[purpose](context, attempt, act as Act | undefined)
  switch (challenged.outcome) {
    case 'no-session':
      return problem('no_session')
    case 'void':
      return problem('invalid_factor')
    case 'throttled':
      return problem('too_many_attempts', { retryAfter: challenged.retryAfter })
    case 'asked':
      return json(challenged.options, 200, beganHeaders(challenged.cookie, context))
  }
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
