import { noContent, notAllowed, withSessionOnly } from '#lib/http/api.ts'
import { problem } from '#lib/http/problem.ts'
import { circumstancesOf } from '#lib/http/request-context.ts'
import { noteActivity } from '#lib/session/activity.ts'

/** The page reports input, or `Stay signed in` was pressed: the inactivity timer starts again. */
export const POST = withSessionOnly(async (proof, { request }) => {
  const stay = new URL(request.url).searchParams.get('stay') !== null
  const noted = await noteActivity(proof, circumstancesOf(request.headers), stay)
  return noted === 'session-over' ? problem('no_session') : noContent()
})

export const { DELETE, GET, OPTIONS, PATCH, PUT } = notAllowed('POST')
