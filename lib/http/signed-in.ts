import 'server-only'
import type { SessionCheck } from '#db/contract.ts'
import type { Roomed } from '#lib/authentication/room.ts'
import type { Stepped } from '#lib/authentication/second-step.ts'
import type { SignedIn } from '#lib/authentication/sign-in.ts'
import { settings } from '#lib/config.ts'
import { describeCurrent } from '#lib/session/describe.ts'
import { type SessionView, sessionView, userView } from '#lib/session/view.ts'
import { store } from '#lib/store.ts'
import { json } from './api.ts'
import { beganHeaders } from './began.ts'
import { problem } from './problem.ts'
import type { RequestContext } from './request-context.ts'
import { throttledProblem } from './throttled.ts'

/** What the API answers to a step of a sign-in, whichever it was. */
export async function signedInAnswer(result: SignedIn | Stepped | Roomed, context: RequestContext): Promise<Response> {
  switch (result.outcome) {
    case 'wrong-credentials':
      return problem('invalid_credentials')
    // Alike: whether there was anything to go on with is nobody's business who has nothing that is right.
    case 'wrong-factor':
    case 'void':
      return problem('invalid_factor')
    case 'no-room':
      return problem('session_limit')
    case 'throttled':
      return throttledProblem(result)
    case 'second-factor':
      return json({ next: result.next }, 202, beganHeaders(result.cookie, context))
    case 'limit-reached':
      return limitReached(result, context)
    case 'signed-in':
      return describedAnswer(result.session, (session) =>
        json({ session, user: userView(result.user) }, 201, beganHeaders(result.cookie, context)),
      )
  }
}

/** With the session as it stands under its new token; ended elsewhere meanwhile, it is none, and neither is the token. */
export async function describedAnswer(
  session: SessionCheck,
  answer: (view: SessionView) => Response,
): Promise<Response> {
  const view = await describeCurrent({ sessionId: session.id, session, now: session.now })
  return view ? answer(view) : problem('no_session')
}

/** With the account's sessions: all that a sign-in takes was right, so they are the person's own to see. */
async function limitReached(
  { userId, cookie }: Extract<SignedIn, { outcome: 'limit-reached' }>,
  context: RequestContext,
): Promise<Response> {
  const viewer = { sessionId: '', policy: settings().policy, fullAddress: false }
  const sessions = (await store().sessions.list(userId)).map((session) => sessionView(session, viewer))
  return problem('session_limit', { headers: beganHeaders(cookie, context), more: { sessions } })
}
