import { stepUp } from '#lib/authentication/step-up.ts'
import { open } from '#lib/http/api.ts'
import { clearing, SESSION_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { isOwnForm, text } from '#lib/http/form.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { currentSession, type Standing } from '#lib/session/current.ts'
import { endAllSessions } from '#lib/session/ending.ts'
import { store } from '#lib/store.ts'

/**
 * `Sign out`, and with `scope=everywhere` the same for all sessions of the account. Plain forms and full navigations,
 * so that they work without scripts and leave nothing of a page in the router's memory. Only POST changes anything.
 * @see ASVS v5.0.0-7.4.4, 3.5.3; W3C Clear-Site-Data
 */
export const POST = open(async ({ request }) => {
  const current = await currentSession(request.headers.get('cookie'))
  // Whoever presses the button ends up signed out, also when the session was over before.
  if (current.state === 'none') return goodbye()
  const form = await request.formData().catch(() => new FormData())
  if (!isOwnForm(form, current.proof)) return problem('cross_origin')
  if (text(form, 'scope') === 'everywhere') return everywhere(current, form, request.headers)
  await store().sessions.signOut(current.proof)
  return goodbye()
})

async function everywhere(current: Standing, form: FormData, headers: Headers): Promise<Response> {
  const step = await stepUp(current, text(form, 'password'), requestContext(headers))
  if (step.outcome === 'session-over') return goodbye()
  if (step.outcome !== 'proven') return backToDialog(step.outcome)
  await endAllSessions(step.proof, headers)
  return goodbye()
}

/** The dialog opens again and says what is missing; nothing has been ended. */
function backToDialog(problem: 'asked' | 'refused'): Response {
  return redirectTo(`/account/sessions?end=everywhere&problem=${problem}`, {})
}

function goodbye(): Response {
  return redirectTo('/sign-in?reason=signed-out', {
    'set-cookie': setCookie(clearing(SESSION_COOKIE)),
    'clear-site-data': '"cache", "storage"',
  })
}

function redirectTo(location: string, headers: Record<string, string>): Response {
  return new Response(null, { status: 303, headers: { ...headers, location, 'cache-control': 'no-store' } })
}
