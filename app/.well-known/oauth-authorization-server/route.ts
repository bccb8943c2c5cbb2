import { notAllowed, open } from '#lib/http/api.ts'
import { answerMachine } from '#lib/openid-provider/bridge.ts'

/** What there is, and where: RFC 8414, OpenID Connect Discovery 1.0. */
export const GET = open(({ request }) => answerMachine(request))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
