import { z } from 'zod'
import { findHalf } from '#lib/authentication/half-sign-in.ts'
import { signInWithPasskey, stepWithCode, stepWithPasskey } from '#lib/authentication/second-step.ts'
import { notAllowed, open, readBody } from '#lib/http/api.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { HOME } from '#lib/http/return-path.ts'
import { signedInAnswer } from '#lib/http/signed-in.ts'

/** `attempt`: the id of the half that a page was made for. `purpose` and `remember`: of a passkey alone. */
const Factor = z.discriminatedUnion('type', [
  z.object({ type: z.enum(['totp', 'recovery_code']), code: z.string(), attempt: z.string().optional() }),
  z.object({
    type: z.literal('passkey'),
    response: z.unknown(),
    purpose: z.enum(['sign-in', 'factor']).optional(),
    attempt: z.string().optional(),
    remember: z.boolean().default(false),
  }),
])

/**
 * The second step of a sign-in; or a passkey alone, which is a whole one. No session is asked for: one is earned. An
 * answer to a passkey's challenge is taken for the purpose for which it was asked, and for nothing else.
 */
export const POST = open(async ({ request }) => {
  const factor = await readBody(request, Factor)
  const context = requestContext(request.headers)
  const { attempt } = factor
  if (factor.type !== 'passkey') return signedInAnswer(await stepWithCode(context, factor.code, attempt), context)
  const purpose = factor.purpose ?? ((await findHalf(context.cookieHeader)) ? 'factor' : 'sign-in')
  const wishes = { remember: factor.remember, returnTo: HOME }
  const result =
    purpose === 'factor'
      ? await stepWithPasskey(context, factor.response, attempt)
      : await signInWithPasskey(factor.response, wishes, context)
  return signedInAnswer(result, context)
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
