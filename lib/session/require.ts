import 'server-only'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import type { SessionProof } from '#db/contract.ts'
import { SESSION_COOKIE } from '#lib/http/cookies.ts'
import { enrolmentPath, signInPath } from '#lib/http/return-path.ts'
import { store } from '#lib/store.ts'
import { type Current, currentSession, type EnrolmentProof, type NoSession, type Standing } from './current.ts'
import { PATH_HEADER } from './paths.ts'
import { type ShownReason, shownReason } from './reasons.ts'

/** Once per request, however many components ask. */
export const pageSession = cache(async (): Promise<Current> => {
  const current = await currentSession((await headers()).get('cookie'))
  return current.state === 'none' && current.because === 'retired' ? afterProof(current) : current
})

/**
 * An action that earned a new token and then shows its page again does both in one request: the header still has the
 * retired token, the jar already the new one. (It came from this very request; a client cannot put it there.)
 */
async function afterProof(retired: NoSession): Promise<Current> {
  const fresh = (await cookies()).get(SESSION_COOKIE)?.value
  return fresh ? currentSession(`${SESSION_COOKIE}=${fresh}`) : retired
}

/**
 * The first line of every page and action behind sign-in. Without a session the visitor is sent to sign in and then
 * back; nothing of the page is rendered.
 */
export async function requireSession(): Promise<SessionProof> {
  return (await requireStanding()).proof
}

export async function requireStanding(): Promise<Standing> {
  const current = await pageSession()
  if (current.state === 'standing') return current
  if (current.because === 'enrolment') redirect(enrolmentPath((await headers()).get(PATH_HEADER)))
  redirect(signInPath((await headers()).get(PATH_HEADER), await reasonOf(current)))
}

/** For the one page that a session below level 3 opens. Whoever needs it not is sent where they belong. */
export async function requireEnrolment(): Promise<EnrolmentProof> {
  const current = await pageSession()
  if (current.state === 'standing') redirect('/account/security')
  if (current.because === 'enrolment') return current.proof
  redirect(signInPath((await headers()).get(PATH_HEADER), await reasonOf(current)))
}

/** Why the session is over: told only to the bearer of an authentic seal, whose record it is. */
export async function reasonOf(current: NoSession): Promise<ShownReason | undefined> {
  if (current.because === 'locked') return 'idle'
  if (current.because !== 'over') return undefined
  const record = await store().sessions.ended(current.sessionId)
  return record && shownReason(record.reason)
}
