import 'server-only'
import type { z } from 'zod'
import type { MaybePromise, RecentProof, SessionProof } from '#db/contract.ts'
import { confirmedProof } from '#lib/authentication/confirmed-act.ts'
import { log } from '#lib/log.ts'
import { then } from '#lib/maybe-promise.ts'
import { noteActivity } from '#lib/session/activity.ts'
import { noteEndedSessionUsed } from '#lib/session/afterlife.ts'
import { currentSession, isConfirmedEach, type NoSession, recentProof, type Standing } from '#lib/session/current.ts'
import { readLimited } from './body.ts'
import { isOutage } from './outage.ts'
import { isSafe } from './own-origin.ts'
import { problem } from './problem.ts'
import { circumstancesOf } from './request-context.ts'
import { placeToTryAgain, unavailablePage } from './unavailable-page.ts'

/**
 * Shells for route handlers. A handler behind sign-in is written as a function of a proof, so it cannot be called
 * without one; what it may throw becomes a problem document, never a stack trace.
 */
export interface Call<Params = unknown> {
  readonly request: Request
  readonly params: Params
}

interface RouteContext<Params> {
  readonly params: Promise<Params>
}

export type Route<Params> = (request: Request, context: RouteContext<Params>) => MaybePromise<Response>

/** For anybody. */
export function open<Params>(handle: (call: Call<Params>) => MaybePromise<Response>): Route<Params> {
  return guarded(async (request, context) => handle({ request, params: await context.params }))
}

/** For anybody's browser that is on its way to a page: while the database is away its person reads so on a page. */
export function visit<Params>(handle: (call: Call<Params>) => MaybePromise<Response>): Route<Params> {
  return guarded(
    async (request, context) => handle({ request, params: await context.params }),
    ({ method, url }) => unavailablePage(placeToTryAgain(method, new URL(url).pathname)),
  )
}

/** For whoever is signed in; a change counts as activity, a read never does. */
export function withSession(
  handle: (proof: SessionProof, call: { readonly request: Request }) => MaybePromise<Response>,
): Route<unknown> {
  return guarded((request) => standing(request, ({ proof }) => handle(proof, { request })))
}

/** For the activity report, which notes activity itself. */
export function withSessionOnly(
  handle: (proof: SessionProof, call: { readonly request: Request }) => MaybePromise<Response>,
): Route<unknown> {
  return guarded((request) => standing(request, ({ proof }) => handle(proof, { request }), false))
}

/** The same, for handlers that must know how the token was recognised. */
export function withStanding<Params>(
  handle: (current: Standing, call: Call<Params>) => MaybePromise<Response>,
): Route<Params> {
  return guarded((request, context) =>
    standing(request, async (current) => handle(current, { request, params: await context.params })),
  )
}

/** For sensitive acts: a fresh proof of identity, under the newest token. */
export function withRecentProof<Params>(
  handle: (proof: RecentProof, call: Call<Params>) => MaybePromise<Response>,
): Route<Params> {
  return withStanding(async (current, call) => {
    const proof = await earnRecent(current, call.request)
    return proof instanceof Response ? proof : handle(proof, call)
  })
}

/** A recent proof, by what was shown lately or, where each act is confirmed by itself, for this very request. */
export async function earnRecent(current: Standing, request: Request): Promise<RecentProof | Response> {
  const proof = recentProof(current)
  if (proof === 'superseded') return problem('session_renewed')
  if (proof !== 'stale') return proof
  const confirmed = isConfirmedEach(current.proof.session) ? await confirmedProof('recent', current, request) : proof
  return confirmed === 'stale' ? problem('reauthentication_required') : confirmed
}

function standing(
  request: Request,
  next: (current: Standing) => MaybePromise<Response>,
  changeIsActivity = true,
): MaybePromise<Response> {
  return then(currentSession(request.headers.get('cookie')), (current) => {
    if (current.state === 'none') return noSession(current, request)
    if (isSafe(request.method) || !changeIsActivity) return next(current)
    return then(noteActivity(current.proof, circumstancesOf(request.headers)), (noted) =>
      noted === 'session-over' ? problem('no_session') : next(current),
    )
  })
}

/** Reads by a cookie that was seen before pass the proxy unasked: what has become of its session shows only here. */
function noSession(current: NoSession, { headers }: Request): MaybePromise<Response> {
  const answer = problem(current.because === 'enrolment' ? 'enrolment_required' : 'no_session')
  return current.because === 'over' ? then(noteEndedSessionUsed(current.sessionId, headers), () => answer) : answer
}

type Away = (request: Request) => Response

/** @param away what is answered while the database is away */
function guarded<Params>(route: Route<Params>, away: Away = unavailableProblem): Route<Params> {
  return (request, context) => {
    try {
      const response = route(request, context)
      return response instanceof Promise ? response.catch((cause) => failed(cause, () => away(request))) : response
    } catch (cause) {
      return failed(cause, () => away(request))
    }
  }
}

const unavailableProblem = () => problem('unavailable', { retryAfter: 5 })

function failed(cause: unknown, away: () => Response): Response {
  if (cause instanceof BadBody) return cause.response
  const known = isOutage(cause)
  log().error({ err: cause }, known ? 'store unavailable: answered 503' : 'handler failed: answered 500')
  return known ? away() : problem('internal_error')
}

/**
 * For methods that an address does not take, and for the question which ones it takes. HEAD is answered with GET.
 * @see RFC 9110 §9.3.7, §15.5.6
 */
export function notAllowed(...taken: readonly ('DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT')[]) {
  const allow = [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
  const refuse = open(() => problem('method_not_allowed', { headers: { allow } }))
  const OPTIONS = open(() => noContent({ allow }))
  return { DELETE: refuse, GET: refuse, OPTIONS, PATCH: refuse, POST: refuse, PUT: refuse } as const
}

/** An answer about a session or an account: never kept by any cache. */
export function json(body: unknown, status = 200, headers: HeadersInit = {}): Response {
  const all = new Headers(headers)
  all.set('content-type', 'application/json')
  all.set('cache-control', 'no-store')
  return new Response(JSON.stringify(body), { status, headers: all })
}

export function noContent(headers: HeadersInit = {}): Response {
  const all = new Headers(headers)
  all.set('cache-control', 'no-store')
  return new Response(null, { status: 204, headers: all })
}

class BadBody extends Error {
  readonly response: Response
  constructor(response: Response) {
    super('bad body')
    this.response = response
  }
}

/** The body by its schema. Throws what `guarded` turns into 400, 413 or 415, with every wrong field named. */
export async function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new BadBody(problem('unsupported_media_type'))
  const body = await readLimited(request)
  if (!body) throw new BadBody(problem('too_large'))
  const parsed = schema.safeParse(parseJson(body.toString('utf8')))
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', message }))
  throw new BadBody(problem('invalid_input', { errors }))
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BadBody(problem('invalid_json'))
  }
}
