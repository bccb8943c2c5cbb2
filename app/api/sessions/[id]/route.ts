import { z } from 'zod'
import { noContent, readBody, withRecentProof, withStanding } from '#lib/http/api.ts'
import { clearing, SESSION_COOKIE, setCookie } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { ID } from '#lib/random.ts'
import { recentProof, type Standing } from '#lib/session/current.ts'
import { endSession } from '#lib/session/ending.ts'
import { parseSessionName } from '#lib/session/name.ts'
import { store } from '#lib/store.ts'

interface Params {
  readonly id: string
}

/** Ends one session. The current one needs no fresh proof: leaving never needs a password. */
export const DELETE = withStanding<Params>((current, { request, params }) =>
  params.id === current.proof.sessionId ? endThis(current) : endAnother(current, params.id, request.headers),
)

async function endThis({ proof }: Standing): Promise<Response> {
  await store().sessions.signOut(proof)
  return noContent({ 'set-cookie': setCookie(clearing(SESSION_COOKIE)) })
}

async function endAnother(current: Standing, id: string, headers: Headers): Promise<Response> {
  const proof = recentProof(current)
  if (proof === 'stale') return problem('reauthentication_required')
  if (proof === 'superseded') return problem('session_renewed')
  const ended = ID.test(id) ? await endSession(proof, id, headers) : 'not-found'
  if (ended === 'session-over') return problem('no_session')
  return ended === 'not-found' ? problem('not_found') : noContent()
}

const Naming = z.object({ name: z.string().nullable() })

/** Gives a session the person's own name for it, or takes the name away. */
export const PATCH = withRecentProof<Params>(async (proof, { request, params }) => {
  const { name } = await readBody(request, Naming)
  const parsed = parseSessionName(name ?? '')
  if ('problem' in parsed) return problem('invalid_input', { errors: [{ field: 'name', message: parsed.problem }] })
  const renamed = ID.test(params.id) ? await store().sessions.rename(proof, params.id, parsed.name) : 'not-found'
  if (renamed === 'session-over') return problem('no_session')
  return renamed === 'not-found' ? problem('not_found') : noContent()
})

export { notAllowed as GET, notAllowed as POST, notAllowed as PUT } from '#lib/http/api.ts'
