import { open } from '#lib/http/api.ts'
import { answerProtocol } from '#lib/openid-provider/endpoints.ts'

/**
 * The protocol's endpoints. Each proves who asks in its own way: an application by its secret or its key, its code or its
 * token, a person by pages of ours. Each says itself which methods it takes.
 */
const answer = open<{ path: string[] }>(({ request, params }) => answerProtocol(request, params.path))

export { answer as DELETE, answer as GET, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT }
