import { notAllowed, visit } from '#lib/http/api.ts'
import { beganCookies } from '#lib/http/began.ts'
import { leaveFor, redirectTo } from '#lib/http/leave-page.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { arrive } from '#lib/relying-party/arrival.ts'
import { answerOf } from '#lib/relying-party/assertion.ts'
import { providerById } from '#lib/relying-party/providers.ts'
import { takeRoundTrip } from '#lib/relying-party/round-trip.ts'
import { startTrip } from '#lib/relying-party/start.ts'
import { backTo } from '../answers.ts'

interface Params {
  readonly provider: string
}

/**
 * Where a provider sends people back to. It changes something by GET, as the protocol has it: `state` belongs to a trip
 * that began in this browser by a press of a button, and is good once, for this provider alone.
 * @see ASVS v5.0.0-10.2.1, 10.2.2; policy §3: OAuth callback CSRF
 */
export const GET = visit<Params>(async ({ request, params }) => {
  const provider = providerById(params.provider)
  if (!provider) return problem('not_found')
  const context = requestContext(request.headers)
  const query = new URL(request.url).searchParams
  const [state = null, ...more] = query.getAll('state')
  const trip = await takeRoundTrip(context.cookieHeader, more.length > 0 ? null : state)
  if (!trip) return backTo({ purpose: 'sign-in', returnTo: '' }, provider, 'over')
  if (trip.provider !== provider.id) return backTo(trip, provider, 'refused')
  const answer = await answerOf(provider, trip, query)
  if (answer.outcome !== 'asserted') return backTo(trip, provider, answer.outcome)
  const arrived = await arrive({ provider, trip, assertion: answer.assertion, context })
  if (arrived.outcome === 'again') {
    const anew = { purpose: trip.purpose, returnTo: trip.returnTo, whose: trip.whose, anew: true }
    const started = await startTrip(provider, anew, context)
    return started.outcome === 'begun'
      ? leaveFor(started.url, [started.cookie])
      : backTo(trip, provider, started.outcome)
  }
  if (arrived.outcome === 'problem') return backTo(trip, provider, arrived.problem)
  return redirectTo(arrived.to, arrived.began ? beganCookies(arrived.cookie, context) : [arrived.cookie])
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
