import { notAllowed, visit } from '#lib/http/api.ts'
import { isOwnForm } from '#lib/http/form.ts'
import { readForm } from '#lib/http/form-body.ts'
import { leaveFor } from '#lib/http/leave-page.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { providerById } from '#lib/relying-party/providers.ts'
import { endSessionAddress, signedOutHere } from '#lib/relying-party/sign-out.ts'
import { backTo } from '../answers.ts'

interface Params {
  readonly provider: string
}

/** Whoever has just signed out here wants to be signed out at the provider as well. */
export const POST = visit<Params>(async ({ request, params }) => {
  const provider = providerById(params.provider)
  if (!provider) return problem('not_found')
  const form = await readForm(request)
  if (!form) return problem('too_large')
  const context = requestContext(request.headers)
  const back = (what: 'form' | 'over' | 'stays-signed-in') =>
    backTo({ purpose: 'sign-in', returnTo: '' }, provider, what)
  if (!isOwnForm(form, context)) return back('form')
  const here = await signedOutHere(context.cookieHeader)
  if (here?.provider.id !== provider.id) return back('over')
  const url = await endSessionAddress(here)
  return url ? leaveFor(url) : back('stays-signed-in')
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
