import 'server-only'
import type { Authentication, SessionCheck, SessionLimit, User } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import type { RequestContext } from '#lib/http/request-context.ts'
import { currentSession } from '#lib/session/current.ts'
import { beginSession, unlockSession } from '#lib/session/lifecycle.ts'
import { store } from '#lib/store.ts'
import { hasFirstFactor, hasPasskey } from './assurance.ts'
import { keepHalf, type SoFar } from './half-sign-in.ts'
import { due, type SecondFactor } from './second-factor.ts'

export type Proceeded =
  | {
      readonly outcome: 'signed-in'
      readonly user: User
      readonly session: SessionCheck
      readonly cookie: Cookie
      readonly returnTo: string
    }
  /** More is due. The cookie is that of the half. */
  | { readonly outcome: 'second-factor'; readonly next: readonly SecondFactor[]; readonly cookie: Cookie }
  /** All was right, and the account has as many sessions as it may have. */
  | { readonly outcome: 'limit-reached'; readonly userId: string; readonly cookie: Cookie }
  /** Gone, disabled, or an authenticator has changed since the first factor. To the visitor: wrong credentials. */
  | { readonly outcome: 'refused' }

/**
 * Something was right: unlocks, asks for what is due, or begins the session, in this order. The session begins with
 * everything that was shown, each at its own time; until then nothing of the account's has changed and nobody was
 * evicted.
 * @param until of the half from which this goes on
 * @param limit with what the person chose, where there was no room
 */
export async function proceed(
  shown: SoFar,
  context: RequestContext,
  until?: Date,
  limit: SessionLimit = settings().sessionLimit,
): Promise<Proceeded> {
  const user = await store().users.find(shown.userId)
  if (!user || user.disabledAt || user.deletedAt || user.securityVersion !== shown.securityVersion) {
    return { outcome: 'refused' }
  }
  const unlocked = await unlock(user, shown, context)
  if (unlocked) return { outcome: 'signed-in', user, ...unlocked, returnTo: shown.returnTo }
  // A code alone was for a session that has been opened or ended meanwhile: by itself it begins nothing.
  const { authentications } = shown
  if (!hasFirstFactor(authentications) && !hasPasskey(authentications)) return { outcome: 'refused' }
  const factors = await store().users.factors(user.id)
  const next = factors ? due(factors, settings().policy.level, authentications) : []
  if (next.length > 0) {
    return { outcome: 'second-factor', next, cookie: await keepHalf(shown, context.cookieHeader, until) }
  }
  const { returnTo, ...beginning } = shown
  const opened = await beginSession(beginning, context, evicts(authentications) ? limit : NO_LIMIT)
  if (opened.outcome === 'refused') return opened
  if (opened.outcome === 'limit-reached') {
    return { outcome: 'limit-reached', userId: user.id, cookie: await keepHalf(shown, context.cookieHeader, until) }
  }
  return { outcome: 'signed-in', user, session: opened.session, cookie: opened.cookie, returnTo }
}

const NO_LIMIT: SessionLimit = { most: null, action: 'end-oldest' }

/** Level 3: what begins without a passkey opens the making of one and nothing else. It puts nobody's session out. */
function evicts(authentications: SoFar['authentications']): boolean {
  return settings().policy.level < 3 || hasPasskey(authentications)
}

/**
 * A locked session of the same account in this browser: one factor together with its secret opens it again. Of another
 * account it is none of our business here; the session that begins ends it.
 * @see NIST SP 800-63B-4 §2.2.3, rulings on level 2
 */
async function unlock(user: User, { authentications, securityVersion, federation }: SoFar, context: RequestContext) {
  const locked = await lockedSession(context.cookieHeader)
  const { method, at } = newest(authentications) ?? {}
  if (locked?.session.userId !== user.id || !method || !at) return null
  const { session, generation } = locked
  // Who was signed in at a provider all along has shown nothing by coming back.
  if (method === 'fed' && session.lockedAt && at < session.lockedAt) return null
  const event = eventFrom('session-unlocked', { userId: user.id, sessionId: session.id }, context, { method })
  return unlockSession(
    session,
    generation,
    { userId: user.id, method, securityVersion, federation, in: { ...context.device, ...context.origin } },
    event,
  )
}

export interface LockedSession {
  readonly session: SessionCheck
  readonly generation: number
}

/** The locked session of which this browser holds a token that counts: it opens the unlock step and nothing else. */
export async function lockedSession(cookieHeader: string | null): Promise<LockedSession | null> {
  const current = await currentSession(cookieHeader)
  return current.state === 'none' && current.because === 'locked' ? current : null
}

function newest(authentications: readonly Authentication[]): Authentication | undefined {
  return authentications.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0]
}
