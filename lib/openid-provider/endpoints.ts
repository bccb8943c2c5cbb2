import 'server-only'
import { settings } from '#lib/config.ts'
import { readLimited } from '#lib/http/body.ts'
import { answerBrowser, answerMachine, failure } from './bridge.ts'

/**
 * Which method an endpoint takes, and who asks there: an application itself, or a browser that it has sent here. What is
 * not in the table does not exist, whatever the library would answer.
 */
const ENDPOINTS: Readonly<Record<string, { readonly by: 'machine' | 'browser'; readonly methods: readonly string[] }>> =
  {
    authorize: { by: 'browser', methods: ['GET', 'POST'] },
    'end-session': { by: 'browser', methods: ['GET', 'POST'] },
    jwks: { by: 'machine', methods: ['GET'] },
    token: { by: 'machine', methods: ['POST'] },
    par: { by: 'machine', methods: ['POST'] },
    device: { by: 'machine', methods: ['POST'] },
    introspect: { by: 'machine', methods: ['POST'] },
    revoke: { by: 'machine', methods: ['POST'] },
    userinfo: { by: 'machine', methods: ['GET', 'POST'] },
  }

export async function answerProtocol(request: Request, path: readonly string[]): Promise<Response> {
  const [name = '', flowId = null, ...more] = path
  const endpoint = Object.hasOwn(ENDPOINTS, name) ? ENDPOINTS[name] : undefined
  const resumes = name === 'authorize' && flowId !== null && request.method === 'GET'
  if (!endpoint || more.length > 0 || (flowId !== null && !resumes)) return failure(404, 'not_found')
  if (!endpoint.methods.includes(request.method)) return failure(405, 'invalid_request')
  if (endpoint.by === 'machine') return answerMachine(request)
  return request.method === 'POST' ? asGet(request) : answerBrowser(request, flowId)
}

/**
 * Both endpoints take forms as well (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). A form from another site comes
 * without our cookies, so it is sent once more as a visit, which has them. It has changed nothing.
 */
async function asGet(request: Request): Promise<Response> {
  const body = await readLimited(request)
  if (!body) return failure(413, 'invalid_request')
  const { pathname } = new URL(request.url)
  const location = `${settings().origin}${pathname}?${new URLSearchParams(body.toString('utf8'))}`
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}
