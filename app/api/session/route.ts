import { z } from 'zod'
import { describeOwn, describePerson } from '#lib/api-token/acts.ts'
import { withSessionOrToken } from '#lib/api-token/routes.ts'
import { signIn } from '#lib/authentication/sign-in.ts'
import { json, noContent, notAllowed, open, readBody } from '#lib/http/api.ts'
import { cookieHeaders } from '#lib/http/began.ts'
import { clearing, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { problem } from '#lib/http/problem.ts'
import { requestContext } from '#lib/http/request-context.ts'
import { HOME } from '#lib/http/return-path.ts'
import { signedInAnswer } from '#lib/http/signed-in.ts'
import { then } from '#lib/maybe-promise.ts'
import { signOutRemembered } from '#lib/relying-party/sign-out.ts'
import { currentSession } from '#lib/session/current.ts'
import { describeCurrent } from '#lib/session/describe.ts'
import { userView } from '#lib/session/view.ts'
import { store } from '#lib/store.ts'

/** Never counts as activity. */
export const GET = withSessionOrToken(
  'sessions:read',
  (proof) =>
    then(describeCurrent(proof), (session) =>
      then(store().users.find(proof.userId), (user) =>
        session && user ? json({ session, user: userView(user) }) : problem('no_session'),
      ),
    ),
  async (proof) => json({ session: await describeOwn(proof), user: await describePerson(proof) }),
)

const Credentials = z.object({ email: z.string(), password: z.string(), remember: z.boolean().default(false) })

export const POST = open(async ({ request }) => {
  const credentials = await readBody(request, Credentials)
  const context = requestContext(request.headers)
  return signedInAnswer(await signIn({ ...credentials, returnTo: HOME }, context), context)
})

/** Signs out here. Needs no fresh proof, and answers the same when there was nothing to sign out of. */
export const DELETE = open(async ({ request }) => {
  const current = await currentSession(request.headers.get('cookie'))
  const remembered = await signOutRemembered(current, requestContext(request.headers))
  return noContent(cookieHeaders([clearing(SESSION_COOKIE), ...remembered]))
})

export const { OPTIONS, PATCH, PUT } = notAllowed('DELETE', 'GET', 'POST')
