import 'server-only'
import { requestThrottle } from '#lib/authentication/throttle.ts'
import { settings } from '#lib/config.ts'
import { readLimited } from '#lib/http/body.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import { answerBrowser, answerMachine, failure } from './bridge.ts'
import { keepForm, LARGEST_FORM, POSTED, takeForm } from './posted-form.ts'

/**
 * Which method an endpoint takes, and who asks there: an application itself, or a browser that it has sent here. What is
 * not in the table does not exist, whatever the library would answer.
 */
interface Endpoint {
  readonly by: 'machine' | 'browser'
  readonly methods: readonly string[]
  /** Whoever asks there has something written down, without having shown anything. */
  readonly counted?: true
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  authorize: { by: 'browser', methods: ['GET', 'POST'], counted: true },
  'end-session': { by: 'browser', methods: ['GET', 'POST'], counted: true },
  jwks: { by: 'machine', methods: ['GET'] },
  token: { by: 'machine', methods: ['POST'] },
  par: { by: 'machine', methods: ['POST'], counted: true },
  device: { by: 'machine', methods: ['POST'], counted: true },
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
  const posted = flowId === null && request.method === 'GET' ? new URL(request.url).searchParams.get(POSTED) : null
  if (posted !== null && endpoint.by === 'browser') return answerForm(request, posted)
  const isCounted = endpoint.counted && (!resumes || (await isNobody(request)))
  const busy = isCounted ? await tooMany(request, endpoint) : null
  if (busy) return busy
  if (endpoint.by === 'machine') return answerMachine(request)
  return request.method === 'POST' ? asVisit(request) : answerBrowser(request, flowId)
}

/** A request that goes on without anybody signed in begins anew: that is counted as if it had just come. */
async function isNobody({ headers }: Request): Promise<boolean> {
  return (await currentSession(headers.get('cookie'))).state !== 'standing'
}

/** What comes under a secret is not counted: its secret is looked at, and an application asks for many people. */
async function tooMany({ headers }: Request, { by }: Endpoint): Promise<Response | null> {
  if (by === 'machine' && headers.has('authorization')) return null
  const attempt = await requestThrottle(store()).take(requestContext(headers).origin)
  if (attempt.allowed) return null
  const location = `${settings().origin}/request-problem?because=busy`
  const answer = by === 'machine' ? failure(429, 'temporarily_unavailable') : seeOther(location)
  answer.headers.set('retry-after', String(attempt.retryAfter))
  return answer
}

/** Both endpoints take forms as well (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). */
async function asVisit(request: Request): Promise<Response> {
  const body = await readLimited(request)
  if (!body || body.byteLength > LARGEST_FORM) return failure(413, 'invalid_request')
  const { pathname } = new URL(request.url)
  return seeOther(`${settings().origin}${pathname}?${POSTED}=${await keepForm(body.toString('utf8'))}`)
}

/** It was counted when it came. */
async function answerForm(request: Request, id: string): Promise<Response> {
  const form = await takeForm(id)
  if (form === null) return seeOther(`${settings().origin}/request-problem?because=over`)
  return answerBrowser(request, null, `?${new URLSearchParams(form)}`)
}

function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } })
}
