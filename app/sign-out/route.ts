import { actOf } from '#lib/authentication/confirmed-act.ts'
import { shownIn } from '#lib/authentication/shown.ts'
import { type NotProven, stepUp } from '#lib/authentication/step-up.ts'
import { CODES_SWITCHED_OFF } from '#lib/authentication/throttle-words.ts'
import { notAllowed, visit } from '#lib/http/api.ts'
import { type Cookie, clearing, SESSION_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { isOwnForm, text } from '#lib/http/form.ts'
import { readForm } from '#lib/http/form-body.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { ID } from '#lib/random.ts'
import { rememberSignOut, signOutRemembered, staysSignedIn } from '#lib/relying-party/sign-out.ts'
import { currentSession, type Standing } from '#lib/session/current.ts'
import { endAllSessions, sessionToLeave } from '#lib/session/ending.ts'

/**
 * `Sign out`, and with `scope=everywhere` the same for all sessions of the account. Plain forms and full navigations,
 * so that they work without scripts and leave nothing of a page in the router's memory. Only POST changes anything.
 * @see ASVS v5.0.0-7.4.4, 3.5.3; W3C Clear-Site-Data
 */
export const POST = visit(async ({ request }) => {
  const form = await readForm(request)
  if (!form) return problem('too_large')
  const everywhere = text(form, 'scope') === 'everywhere'
  const current = await currentSession(request.headers.get('cookie'))
  const sessionId = sessionToLeave(current)?.id
  // Whoever presses the button ends up signed out, also when the session was over before: here, and nowhere else.
  if (sessionId === undefined) return everywhere ? backToAsk() : goodbye()
  // A tab of an earlier session: this one was not meant.
  if (!isOwnForm(form, { sessionId })) return redirectTo('/account/sessions?problem=form', {})
  if (everywhere) return current.state === 'standing' ? endEverywhere(current, form, request.headers) : backToAsk()
  return goodbye(askedBy(form), await signOutRemembered(current, requestContext(request.headers)))
})

/** Where the request of an application waits that asked for this (`app/(public)/end-session`). */
function askedBy(form: FormData): string | undefined {
  const id = text(form, 'request')
  return ID.test(id) ? `/end-session/${id}` : undefined
}

async function endEverywhere(current: Standing, form: FormData, headers: Headers): Promise<Response> {
  const act = actOf('sign-out-everywhere', form)
  const context = requestContext(headers)
  const step = await stepUp('recent', current, shownIn(form), context, act)
  if (step.outcome === 'session-over') return backToAsk()
  if (step.outcome !== 'proven') return backToDialog(step)
  const stays = await staysSignedIn(step.proof.session)
  if ((await endAllSessions(step.proof, headers)) === 'session-over') return backToAsk()
  return goodbye(undefined, await rememberSignOut(stays, context))
}

/**
 * This session is none, or none any more, so nobody else's ended by it: that must not look done. The page leads to sign
 * in first, says why, and then asks again.
 */
function backToAsk(): Response {
  return redirectTo(DIALOG, {})
}

const DIALOG = '/account/sessions?end=everywhere'

/** The dialog opens again and says what is missing; nothing has been ended. */
function backToDialog(why: NotProven): Response {
  const headers = why.cookie ? { 'set-cookie': setCookie(why.cookie) } : {}
  return redirectTo(`${DIALOG}&${new URLSearchParams(problemOf(why))}`, headers)
}

/** Which sentence it is goes into the address, never the sentence itself: anybody can write one there. */
function problemOf({ outcome, message, retryAfter }: NotProven): Record<string, string> {
  if (outcome !== 'refused') return { problem: outcome }
  if (retryAfter === undefined) return { problem: 'renewed' }
  if (message === CODES_SWITCHED_OFF) return { problem: 'codes-off' }
  return { problem: 'throttled', seconds: String(Math.ceil(retryAfter)) }
}

function goodbye(next = '/sign-in?reason=signed-out', cookies: readonly Cookie[] = []): Response {
  const response = redirectTo(next, { 'clear-site-data': '"cache", "storage"' })
  for (const each of [clearing(SESSION_COOKIE), ...cookies]) response.headers.append('set-cookie', setCookie(each))
  return response
}

function redirectTo(location: string, headers: Record<string, string>): Response {
  return new Response(null, { status: 303, headers: { ...headers, location, 'cache-control': 'no-store' } })
}

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
