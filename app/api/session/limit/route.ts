import { z } from 'zod'
import { insistWithPasskey, insistWithPassword, makeRoom } from '#lib/authentication/room.ts'
import { notAllowed, open, readBody } from '#lib/http/api.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { signedInAnswer } from '#lib/http/signed-in.ts'

/** `end`: which sessions, where the person is asked; none where there is room again. A password or a passkey: where sign-ins are refused otherwise. */
const Choice = z.union([
  z.object({ end: z.array(z.string()).max(1000), attempt: z.string().optional() }),
  z.object({ password: z.string(), attempt: z.string().optional() }),
  z.object({ type: z.literal('passkey'), response: z.unknown(), attempt: z.string().optional() }),
])

/** The way on from 409 `session_limit`. No session is asked for: one is earned, by the half that stands in this browser. */
export const POST = open(async ({ request }) => {
  const choice = await readBody(request, Choice)
  const context = requestContext(request.headers)
  const { attempt } = choice
  if ('end' in choice) return signedInAnswer(await makeRoom(context, choice.end, attempt), context)
  if ('password' in choice) return signedInAnswer(await insistWithPassword(context, choice.password, attempt), context)
  return signedInAnswer(await insistWithPasskey(context, choice.response, attempt), context)
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
