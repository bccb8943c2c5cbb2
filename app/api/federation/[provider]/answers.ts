import type { IdentityProvider } from '#lib/config/providers.ts'
import { redirectTo } from '#lib/http/leave-page.ts'
import type { TripProblem } from '#lib/relying-party/problems.ts'
import type { Wish } from '#lib/relying-party/round-trip.ts'

/** To the page from which the trip began, which says what came of it. */
export function backTo(
  { purpose, returnTo }: Pick<Wish, 'purpose' | 'returnTo'>,
  provider: IdentityProvider,
  problem: TripProblem,
): Response {
  const query = new URLSearchParams({ problem, provider: provider.id })
  if (purpose === 'link') return redirectTo(`/account/apps?${query}`)
  query.set('returnTo', returnTo)
  return redirectTo(`/${purpose === 'sign-in' ? 'sign-in' : 'reauthenticate'}?${query}`)
}
