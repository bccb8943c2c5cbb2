import { withSession } from '#lib/http/api.ts'
import { sessionStream } from '#lib/session/streams.ts'

/** Tells open pages of their session's end within a second, and of changed timeouts. Never counts as activity. */
export const GET = withSession(
  (proof, { request }) =>
    new Response(sessionStream(proof, request.signal), {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      },
    }),
)
