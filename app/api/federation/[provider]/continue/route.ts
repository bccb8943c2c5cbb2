import { notAllowed, visit } from '#lib/http/api.ts'
import { leaveFor } from '#lib/http/leave-page.ts'
import { problem } from '#lib/http/problem.ts'
import { providerById } from '#lib/relying-party/providers.ts'
import { tripAddress } from '#lib/relying-party/start.ts'
import { backTo } from '../answers.ts'

interface Params {
  readonly provider: string
}

/** From a form of ours on to the provider: the trip began with that form, in this browser. Changes nothing. */
export const GET = visit<Params>(async ({ request, params }) => {
  const provider = providerById(params.provider)
  if (!provider) return problem('not_found')
  const id = new URL(request.url).searchParams.get('id') ?? ''
  const url = await tripAddress(provider, request.headers.get('cookie'), id)
  return url ? leaveFor(url) : backTo({ purpose: 'link', returnTo: '' }, provider, 'over')
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
