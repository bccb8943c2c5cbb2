import { notAllowed, visit } from '#lib/http/api.ts'
import { isOwnForm, text } from '#lib/http/form.ts'
import { readForm } from '#lib/http/form-body.ts'
import { leaveFor } from '#lib/http/leave-page.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { returnPath } from '#lib/http/return-path.ts'
import { providerById } from '#lib/relying-party/providers.ts'
import { startTrip } from '#lib/relying-party/start.ts'
import { whoseTrip } from '#lib/relying-party/whose.ts'
import { backTo } from '../answers.ts'

interface Params {
  readonly provider: string
}

/**
 * A button on one of our pages: off to a provider, to sign in, or, with `for=reauthenticate`, to show once more who one
 * is. Linking begins elsewhere, for it takes a proof (`account/apps`).
 */
export const POST = visit<Params>(async ({ request, params }) => {
  const provider = providerById(params.provider)
  if (!provider) return problem('not_found')
  const form = await readForm(request)
  if (!form) return problem('too_large')
  const context = requestContext(request.headers)
  const purpose = text(form, 'for') === 'reauthenticate' ? 'reauthenticate' : 'sign-in'
  const returnTo = returnPath(text(form, 'returnTo'))
  const whose = purpose === 'sign-in' ? null : await whoseTrip(context.cookieHeader)
  const back = (what: 'over' | 'form' | 'unreachable' | 'throttled') => backTo({ purpose, returnTo }, provider, what)
  if (purpose === 'reauthenticate' && !whose) return back('over')
  if (!isOwnForm(form, whose ?? context)) return back('form')
  const started = await startTrip(provider, { purpose, returnTo, whose }, context)
  return started.outcome === 'begun' ? leaveFor(started.url, [started.cookie]) : back(started.outcome)
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
