import 'server-only'
import type { IncomingMessage, ServerResponse } from 'node:http'
import inject, { type Response as Injected } from 'light-my-request'
import { settings } from '#lib/config.ts'
import { type Cookie, setCookie } from '#lib/http/cookies.ts'
import { isOutage } from '#lib/http/outage.ts'
import { unavailablePage } from '#lib/http/unavailable-page.ts'
import { log } from '#lib/log.ts'
import { currentSession } from '#lib/session/current.ts'
import { findFlow } from './flow.ts'
import { inTurn } from './in-turn.ts'
import { openidListener } from './provider.ts'
import { beginVisit, LIBRARY_COOKIES, type Visit } from './visit.ts'

/**
 * Between the app's route handlers and the protocol library, which is written for a server of its own. A request is handed
 * over without a socket, made anew of what we let through:
 *
 * - its address is the configured origin and the path, whatever `Host`, `Forwarded` or `X-Forwarded-*` say;
 * - of its headers those that the protocol knows; of its cookies none. The library's own cookies name a session and a
 *   request under way: they are made here, of our session's row and of what is bound to this browser, and go no further;
 * - of the answer the status, the body and the headers that the protocol knows.
 *
 * @see docs/decisions/0033; ASVS v5.0.0-4.1.3, 10.4.1
 */
const TAKEN = ['authorization', 'content-type', 'dpop'] as const
const GIVEN = ['allow', 'content-type', 'location', 'www-authenticate', 'dpop-nonce'] as const

/** For applications: no cookie has a say, and what goes wrong is said as the protocol does. @param body of a POST */
export function answerMachine(request: Request, body: Buffer = Buffer.alloc(0)): Promise<Response> {
  const visit = newVisit(null, { proof: null, began: null })
  const turn = new URLSearchParams(body.toString('latin1')).get('code')
  return inTurn(turn, () => dispatch(request, visit, { body, cookie: '', accept: 'application/json' }))
}

/**
 * For a person's browser, which an application has sent here.
 * @param search the query to be answered, where it is not in the address
 */
export async function answerBrowser(request: Request, flowId: string | null, search?: string): Promise<Response> {
  const cookies = request.headers.get('cookie')
  const current = await currentSession(cookies)
  const proof = current.state === 'standing' ? current.proof : null
  const flow = flowId === null ? null : await findFlow(cookies, flowId)
  const visit = newVisit(cookies, { proof, began: flow?.began ?? null })
  const { session, resume } = LIBRARY_COOKIES
  const cookie = [proof && `${session}=${proof.sessionId}`, flow && `${resume}=${flow.id}`].filter(Boolean).join('; ')
  const answer = await dispatch(request, visit, { body: null, cookie, accept: 'text/html', search })
  return withCookies(answer, visit.toSet)
}

function newVisit(cookies: string | null, { proof, began }: Pick<Visit, 'proof' | 'began'>): Visit {
  return { cookies, proof, began, toSet: [], failure: null }
}

interface Handed {
  readonly body: Buffer | null
  readonly cookie: string
  readonly accept: string
  readonly search?: string | undefined
}

async function dispatch(request: Request, visit: Visit, handed: Handed): Promise<Response> {
  const { body, cookie, accept } = handed
  const { pathname, search } = new URL(request.url)
  const handle = openidListener()
  const listener = (req: IncomingMessage, res: ServerResponse) => {
    beginVisit(req, visit)
    handle(req, res)
  }
  const answer = await inject(listener, {
    method: request.method as 'GET' | 'POST',
    url: pathname + (handed.search ?? search),
    headers: { ...headersOf(request.headers), accept, ...(cookie && { cookie }) },
    ...(body?.length && { payload: body }),
  })
  return visit.failure ? failed(visit.failure, accept) : given(answer)
}

function headersOf(sent: Headers): Record<string, string> {
  const { host, protocol } = new URL(settings().origin)
  const taken = TAKEN.map((name) => [name, sent.get(name)] as const).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(taken), host, 'x-forwarded-proto': protocol.slice(0, -1) }
}

function given({ statusCode, headers, rawPayload }: Injected): Response {
  const kept = new Headers({ 'cache-control': 'no-store' })
  for (const name of GIVEN) {
    const value = headers[name]
    if (value !== undefined) kept.set(name, String(value))
  }
  const empty = statusCode === 204 || statusCode === 303 || rawPayload.length === 0
  return new Response(empty ? null : new Uint8Array(rawPayload), { status: statusCode, headers: kept })
}

/**
 * What went wrong here, said as whoever asks there can read it.
 * @param accept a page for people, JSON for applications
 * @param again whether a visit asks the same once more: a form of an application is gone
 */
export function failed(cause: unknown, accept: string, again = true): Response {
  const known = isOutage(cause)
  log().error({ err: cause }, known ? 'store unavailable: answered 503' : 'a protocol endpoint failed: answered 500')
  if (accept === 'text/html') return unavailablePage(again ? '' : null)
  return known ? failure(503, 'temporarily_unavailable') : failure(500, 'server_error')
}

/** An error as RFC 6749 §5.2 has it. @param after seconds to wait */
export function failure(status: number, error: string, after = status === 503 ? 5 : null): Response {
  const headers = { 'cache-control': 'no-store', ...(after !== null && { 'retry-after': String(after) }) }
  return Response.json({ error }, { status, headers })
}

function withCookies(answer: Response, cookies: readonly Cookie[]): Response {
  for (const each of cookies) answer.headers.append('set-cookie', setCookie(each))
  return answer
}
