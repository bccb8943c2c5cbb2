import 'server-only'
import type { SessionCheck, Successor } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import type { Cookie } from '#lib/http/cookies.ts'
import { DUPLICATE, readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { store } from '#lib/store.ts'
import { secondsAfter, secondsBetween } from '#lib/time.ts'
import type { Standing } from './current.ts'
import { sessionCookie } from './lifecycle.ts'
import { openFully } from './seal.ts'
import { unwrapSuccessor, wrapSuccessor } from './successor.ts'
import { digestOf, newToken, sameDigest } from './token.ts'

/**
 * Timed renewal of the token. Called by `proxy.ts` alone, since a Server Component cannot set a cookie.
 *
 * After the renewal interval the next deliberate request is offered a successor. Until the browser shows it, the
 * token keeps working and each of its bearers is handed the same successor: lost answers and parallel requests are
 * harmless. Once it has been shown, the predecessor lives for the grace and is then a replay (`recognition.ts`).
 *
 * What this promises: a copied cookie is caught as soon as two generations are used more than the grace apart.
 * @returns the cookie to set, or null
 */
export async function renew(current: Standing, cookieHeader: string, deliberate: boolean): Promise<Cookie | null> {
  const { session } = current.proof
  if (current.recognition === 'successor') {
    await store().sessions.confirm(session.id, current.seal.generation)
    return null
  }
  // A predecessor is served without a cookie: its browser has the successor already.
  if (current.recognition === 'predecessor') return null
  if (session.successor) return offer(session, cookieHeader, session.successor)
  current.seal.seenAsPresent = true
  return deliberate && isDue(session) ? offer(session, cookieHeader, null) : null
}

function isDue({ renewedAt, now }: SessionCheck): boolean {
  return secondsBetween(renewedAt, now) >= settings().policy.renewalInterval
}

function lapsed(successor: Successor, now: Date): boolean {
  return secondsBetween(successor.offeredAt, now) >= settings().policy.renewalGrace
}

async function offer(session: SessionCheck, cookieHeader: string, offered: Successor | null): Promise<Cookie | null> {
  const text = readCookie(cookieHeader, SESSION_COOKIE)
  const shown = text && text !== DUPLICATE ? openFully(text) : null
  if (!shown) return null
  if (offered && !lapsed(offered, session.now)) return handOut(session, offered, shown.token)
  const minted = newToken()
  const generation = Math.max(session.generation, session.successor?.generation ?? 0) + 1
  const wrapped = wrapSuccessor(minted.token, shown.token, session.id, generation)
  const lapsedBefore = secondsAfter(session.now, -settings().policy.renewalGrace)
  const successor = { generation, digest: minted.digest, wrapped }
  const effective = await store().sessions.offer(session.id, session.generation, successor, lapsedBefore)
  // Undefined: the token was retired, or the session ended, while this request was on its way. No cookie then.
  return effective ? handOut(session, effective, shown.token) : null
}

async function handOut(
  session: SessionCheck,
  { wrapped, generation, digest }: Successor,
  shown: Buffer,
): Promise<Cookie> {
  const token = unwrapSuccessor(wrapped, shown, session.id, generation)
  if (!sameDigest(digestOf(token), digest)) throw new Error('a wrapped successor does not match its digest')
  return sessionCookie(session, generation, token)
}
