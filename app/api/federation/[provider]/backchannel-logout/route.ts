import { json, notAllowed, open } from '#lib/http/api.ts'
import { readLimited } from '#lib/http/body.ts'
import { problem } from '#lib/http/problem.ts'
import { signOutByToken } from '#lib/relying-party/logout-token.ts'
import { providerById } from '#lib/relying-party/providers.ts'

interface Params {
  readonly provider: string
}

/**
 * A provider tells that it has signed somebody out: the sessions that rest on it end. It brings no cookie and comes from
 * no page; its token is its proof. A session that is not there (any more) is as ended as one that is.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.5 to 2.8; docs/decisions/0036
 */
export const POST = open<Params>(async ({ request, params }) => {
  const provider = providerById(params.provider)
  if (!provider) return problem('not_found')
  const token = await tokenIn(request)
  if (token === null) return invalid('logout_token is missing, or stands there twice.')
  const outcome = await signOutByToken(provider, token)
  if (outcome === 'unreachable') return problem('unavailable', { retryAfter: 30 })
  if (outcome === 'refused') return invalid('The logout token is not valid.')
  return new Response(null, { status: 200, headers: { 'cache-control': 'no-store' } })
})

async function tokenIn(request: Request): Promise<string | null> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const body = type === 'application/x-www-form-urlencoded' ? await readLimited(request) : null
  const [token, ...more] = new URLSearchParams(body?.toString('utf8')).getAll('logout_token')
  return token !== undefined && more.length === 0 ? token : null
}

/** §2.8; the same for every cause. */
function invalid(description: string): Response {
  return json({ error: 'invalid_request', error_description: description }, 400)
}

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
