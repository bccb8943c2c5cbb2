import { open } from '#lib/http/api.ts'
import { answerProtocol } from '#lib/openid-provider/endpoints.ts'

/**
 * The protocol's endpoints. Each proves who asks in its own way: an application by its secret or its key, its code or its
 * token, a person by pages of ours.
 */
export const GET = open<{ path: string[] }>(({ request, params }) => answerProtocol(request, params.path))
export const POST = open<{ path: string[] }>(({ request, params }) => answerProtocol(request, params.path))

export { notAllowed as DELETE, notAllowed as PATCH, notAllowed as PUT } from '#lib/http/api.ts'
