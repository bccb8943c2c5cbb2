import 'server-only'
import { parse } from 'node:querystring'
import { requestThrottle } from '#lib/authentication/throttle.ts'
import { settings } from '#lib/config.ts'
import { readLimited } from '#lib/http/body.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import { answerBrowser, answerMachine, failed, failure } from './bridge.ts'
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
  if (!endpoint.methods.includes(request.method)) return notTaken(request, endpoint)
  const isMachine = endpoint.by === 'machine'
  try {
    return await (isMachine ? answerApplication(request, endpoint) : answerPerson(request, endpoint, flowId))
  } catch (cause) {
    return failed(cause, isMachine ? 'application/json' : 'text/html', request.method === 'GET')
  }
}

async function answerPerson(request: Request, { counted }: Endpoint, flowId: string | null): Promise<Response> {
  const posted = flowId === null && request.method === 'GET' ? new URL(request.url).searchParams.get(POSTED) : null
  if (posted !== null) return answerForm(request, posted)
  const isCounted = counted && (flowId === null || (await isNobody(request)))
  const busy = isCounted ? await tooMany(request) : null
  if (busy) return seeOther(`${settings().origin}/request-problem?because=busy`, busy)
  return request.method === 'POST' ? asVisit(request) : answerBrowser(request, flowId)
}

/** @see RFC 9110 §9.3.7, §15.5.6 */
function notTaken({ method }: Request, { methods }: Endpoint): Response {
  const asks = method === 'OPTIONS'
  const answer = asks ? new Response(null, { status: 204 }) : failure(405, 'invalid_request')
  answer.headers.set('allow', [...methods, 'OPTIONS'].join(', '))
  return answer
}

/**
 * What comes under a secret or a proof of a key is not counted: that is looked at before anything is written, and an
 * application asks for many people.
 */
async function answerApplication(request: Request, { counted }: Endpoint): Promise<Response> {
  const body = await readLimited(request)
  if (!body) return failure(413, 'invalid_request')
  const isCounted = counted && !request.headers.has('authorization') && !showsAssertion(request, body)
  const busy = isCounted ? await tooMany(request) : null
  return busy ? failure(429, 'temporarily_unavailable', busy) : answerMachine(request, body)
}

const FORM = /^application\/x-www-form-urlencoded *(?:; *charset=utf-8)?$/i

/** Read as the library reads it: a proof in an odd encoding, or after a thousand fields, would be one that nobody looks at. */
function showsAssertion({ headers }: Request, body: Buffer): boolean {
  return FORM.test(headers.get('content-type') ?? '') && Boolean(parse(body.toString()).client_assertion)
}

/** A request that goes on without anybody signed in begins anew: that is counted as if it had just come. */
async function isNobody({ headers }: Request): Promise<boolean> {
  return (await currentSession(headers.get('cookie'))).state !== 'standing'
}

/** Seconds to wait, where this network has asked too often. */
async function tooMany({ headers }: Request): Promise<number | null> {
  const attempt = await requestThrottle(store()).take(requestContext(headers).origin)
  return attempt.allowed ? null : attempt.retryAfter
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

/** @param after seconds to wait */
function seeOther(location: string, after?: number): Response {
  const headers = {
    location,
    'cache-control': 'no-store',
    ...(after !== undefined && { 'retry-after': String(after) }),
  }
  return new Response(null, { status: 303, headers })
}
