import { type NextRequest, NextResponse } from 'next/server'
import { arrivalAt } from '#lib/account/arrival.ts'
import { isHidden } from '#lib/administration/hidden.ts'
import { refuse } from '#lib/api-token/challenge.ts'
import { credentialOf } from '#lib/api-token/credential.ts'
import { settings } from '#lib/config.ts'
import { formProblem } from '#lib/http/action-guard.ts'
import {
  BROWSER_COOKIE,
  BROWSER_COOKIE_LIFETIME,
  type Cookie,
  clearing,
  cookie,
  readCookie,
  SESSION_COOKIE,
  SIGN_IN_COOKIE,
  setCookie,
  withoutCookie,
} from '#lib/http/cookies.ts'
import { isOutage } from '#lib/http/outage.ts'
import { isOwnOrigin, isSafe } from '#lib/http/own-origin.ts'
import { problem } from '#lib/http/problem.ts'
import { BROWSER_VALUE, COOKIELESS_HEADER, circumstancesOf, newBrowserValue } from '#lib/http/request-context.ts'
import { MACHINE_HEADER } from '#lib/http/request-hook.ts'
import { pagePolicy } from '#lib/http/security-headers.ts'
import { placeToTryAgain, unavailablePage, unavailableText } from '#lib/http/unavailable-page.ts'
import { log } from '#lib/log.ts'
import { isProtocol } from '#lib/openid-provider/paths.ts'
import { randomSecret } from '#lib/random.ts'
import { isLogoutReceiver, isVisit } from '#lib/relying-party/paths.ts'
import { noteEndedSessionUsed } from '#lib/session/afterlife.ts'
import { type NoSession, sessionOf } from '#lib/session/current.ts'
import { passSession } from '#lib/session/passage.ts'
import { PATH_HEADER } from '#lib/session/paths.ts'
import { renew } from '#lib/session/renewal.ts'
import { openSession } from '#lib/session/seal.ts'
import { store } from '#lib/store.ts'

/**
 * What happens to every request before its page, action or handler runs, in this order: own-origin rule, shape of forms,
 * mailed links, session (renewal and activity, never a decision about who may see what), headers.
 *
 * Each page, action and handler earns its own proof: with this file taken away, nothing becomes reachable.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { pathname } = request.nextUrl
  // Ruling 13: none of them takes the word of a cookie for a change.
  if (isProtocol(pathname)) return canonicalVisit(request) ?? NextResponse.next()
  if (isLogoutReceiver(pathname)) return NextResponse.next()
  const api = pathname.startsWith('/api/')
  const refused = refusal(request, api) ?? (await formRefusal(request, api)) ?? (await linkArrival(request))
  if (refused) return refused
  try {
    return api ? await passApi(request, pathname) : await passPage(request, pathname)
  } catch (cause) {
    return outage(cause, request, api)
  }
}

function refusal({ method, headers, nextUrl }: NextRequest, api: boolean): Response | null {
  const credential = api ? credentialOf(headers) : null
  if (credential === 'ambiguous') return refuse('invalid_request', headers)
  // No other site’s page can send a token unasked, and no cookie came along: nobody’s session is at stake.
  const byToken = credential !== null && TAKES_TOKENS.test(nextUrl.pathname)
  if (!byToken && !isOwnOrigin(method, headers)) return problem('cross_origin')
  const visit = !api && isSafe(method) && headers.get(MACHINE_HEADER) !== '1'
  if (visit) return canonicalHost(headers.get('host'), nextUrl.pathname + nextUrl.search)
  return null
}

/** A browser that an application has sent to an alias of ours has its cookies elsewhere. */
function canonicalVisit({ method, headers, nextUrl }: NextRequest): Response | null {
  return isSafe(method) ? canonicalHost(headers.get('host'), nextUrl.pathname + nextUrl.search) : null
}

/** Where a change can be asked for with a token (`lib/api-token/`). */
const TAKES_TOKENS = /^\/api\/sessions(?:\/|$)/

/** Pages take forms of server actions; `/sign-out` and the API are handlers, which read their bodies themselves. */
async function formRefusal(request: NextRequest, api: boolean): Promise<Response | null> {
  if (api || isSafe(request.method) || request.nextUrl.pathname === '/sign-out') return null
  const wrong = await formProblem(request)
  return wrong && problem(wrong, { headers: wrong === 'method_not_allowed' ? { allow: 'GET, HEAD, POST' } : {} })
}

/** What a mailed link carries goes into a cookie, and out of the address; by HEAD too, which changes nothing either. */
async function linkArrival({ method, headers, nextUrl }: NextRequest): Promise<Response | null> {
  if (!isSafe(method)) return null
  const arrival = await arrivalAt(nextUrl.pathname, nextUrl.searchParams, headers.get('cookie'))
  if (!arrival) return null
  const location = settings().origin + arrival.path
  return new Response(null, { status: 303, headers: { location, 'set-cookie': setCookie(arrival.cookie) } })
}

/** Cookies belong to one host: a loopback alias is sent to the configured one. */
function canonicalHost(host: string | null, path: string): Response | null {
  const own = new URL(settings().origin)
  const alias = host !== null && host !== own.host && /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/.test(host)
  if (!alias || !/^(?:127\.0\.0\.1|\[::1\]|localhost)$/.test(own.hostname)) return null
  return new Response(null, { status: 307, headers: { location: own.origin + path } })
}

/** Reads of the API renew nothing, so a cookie seen before costs them one look into memory. */
async function passApi(request: NextRequest, pathname: string): Promise<Response> {
  const cookies = request.headers.get('cookie')
  const text = readCookie(cookies, SESSION_COOKIE)
  if (!cookies || typeof text !== 'string') return NextResponse.next()
  const seal = openSession(text)
  if (!seal || (seal.seenAsPresent && isSafe(request.method))) return NextResponse.next()
  const current = await sessionOf(seal)
  const deliberate = request.method === 'POST' && pathname === '/api/session/activity'
  const response = NextResponse.next()
  if (current.state === 'standing') send(response, await renew(current, cookies, deliberate))
  else if (current.because === 'over') await noteEndedSessionUsed(current.sessionId, request.headers)
  return response
}

/** No page has this path: it is answered as any other that leads nowhere. */
const NOWHERE = '/nowhere'

async function passPage(request: NextRequest, pathname: string): Promise<Response> {
  const nonce = randomSecret().subarray(0, 16).toString('base64')
  const policy = pagePolicy(nonce)
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  headers.set(PATH_HEADER, pathname + request.nextUrl.search)
  const session = await sessionStep(request, pathname)
  const browser = browserStep(headers)
  headers.set(COOKIELESS_HEADER, browser && !isSafe(request.method) ? '1' : '0')
  // How it looks, not whether it is allowed: its pages, and its actions, refuse by themselves.
  const hidden = isSafe(request.method) && (await isHidden(pathname, request.headers.get('cookie')))
  const response = hidden
    ? NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers } })
    : NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  if (session.forgetSite) response.headers.set('clear-site-data', '"cache", "storage"')
  send(response, session.cookie)
  send(response, browser)
  return response
}

interface SessionStep {
  readonly cookie: Cookie | null
  /** This navigation met the end of its session: what the site keeps in this browser goes with it. */
  readonly forgetSite: boolean
}

async function sessionStep({ method, headers }: NextRequest, pathname: string): Promise<SessionStep> {
  const safe = isSafe(method)
  const deliberate = isDeliberate(method, headers, pathname)
  const visit = { cookies: headers.get('cookie'), from: circumstancesOf(headers), deliberate, safe }
  const { current, cookie } = await passSession(visit)
  // An action must not find out that the database is away, or takes no writes: there it would be a 500.
  if (!safe) await store().ping('write')
  // Nor must a page: most that belong to something half-finished look up its row, and nobody has asked for them yet.
  else if (readCookie(headers.get('cookie'), SIGN_IN_COOKIE) !== null) await store().ping()
  if (current?.state === 'none' && current.because === 'over') await noteEndedSessionUsed(current.sessionId, headers)
  if (current?.state === 'none') return leftover(current, pathname, method, headers)
  return { cookie, forgetSite: false }
}

/**
 * A cookie that opens nothing is cleared only where the visitor arrives to sign in anew: any other answer could
 * overtake a sign-in in another tab and take its new cookie away.
 */
function leftover(current: NoSession, pathname: string, method: string, headers: Headers): SessionStep {
  const arrives = pathname === '/sign-in' && method === 'GET' && headers.get(MACHINE_HEADER) !== '1'
  // The way back into a locked session is this very page, with this very cookie; another one goes on below its level.
  const useful = ['retired', 'locked', 'enrolment'].includes(current.because)
  if (!arrives || useful) return { cookie: null, forgetSite: false }
  return { cookie: clearing(SESSION_COOKIE), forgetSite: current.because === 'over' }
}

const PRIVATE = /^\/(?:account|admin|reauthenticate)(?:\/|$)/

/** A page behind sign-in that a person asked for, or a form that a person sent. Machines' requests never count. */
function isDeliberate(method: string, headers: Headers, pathname: string): boolean {
  if (!isSafe(method)) return true
  const destination = headers.get('sec-fetch-dest')
  const navigation = destination === null || destination === 'document'
  return method === 'GET' && PRIVATE.test(pathname) && navigation && headers.get(MACHINE_HEADER) !== '1'
}

/**
 * Every browser that sees a page gets its `__Host-browser`; the same request's page can read it already. Not with an image:
 * one that arrives late would take the place of what the page came with, and its forms hang on that.
 */
function browserStep(headers: Headers): Cookie | null {
  if (!['document', 'empty', null].includes(headers.get('sec-fetch-dest'))) return null
  const cookies = headers.get('cookie')
  const value = readCookie(cookies, BROWSER_COOKIE)
  if (typeof value === 'string' && BROWSER_VALUE.test(value)) return null
  const fresh = cookie(BROWSER_COOKIE, newBrowserValue(), BROWSER_COOKIE_LIFETIME)
  headers.set('cookie', [...withoutCookie(cookies, BROWSER_COOKIE), ` ${fresh.name}=${fresh.value}`].join(';').trim())
  return fresh
}

function send(response: NextResponse, toSet: Cookie | null): void {
  if (toSet) response.cookies.set(toSet)
}

function outage(cause: unknown, { headers, method, nextUrl }: NextRequest, api: boolean): Response {
  const known = isOutage(cause)
  log().error({ err: cause }, known ? 'store unavailable: answered 503' : 'proxy failed: answered 503')
  if (api && !isVisit(nextUrl.pathname)) return problem('unavailable', { retryAfter: 5 })
  return headers.has('next-action') ? unavailableText() : unavailablePage(placeToTryAgain(method, nextUrl.pathname))
}

export const config = { matcher: ['/((?!_next/static/).*)'] }
