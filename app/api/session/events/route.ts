import { notAllowed, withSession } from '#lib/http/api.ts'
import { sessionStream } from '#lib/session/streams.ts'

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** Tells open pages of their session's end within a second, and of changed timeouts. Never counts as activity. */
export const GET = withSession(
  (proof, { request }) => new Response(sessionStream(proof, request.signal), { headers: HEADERS }),
)

/** Without this, Next would open a stream that nobody reads. */
export const HEAD = withSession(() => new Response(null, { headers: HEADERS }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = notAllowed('GET')
