import 'server-only'
import type { Circumstances } from '#db/contract.ts'
import { type Cookie, DUPLICATE, readCookie, SESSION_COOKIE } from '#lib/http/cookies.ts'
import { compareCircumstances, noteActivity } from './activity.ts'
import { type Current, sessionOf, toEnrol } from './current.ts'
import { renew } from './renewal.ts'
import { openSession } from './seal.ts'

export interface Visit {
  /** The raw `Cookie` header. */
  readonly cookies: string | null
  /** What the request tells of its device and where it comes from. */
  readonly from: () => Circumstances
  /** A person did this: it counts as activity. */
  readonly deliberate: boolean
  /** A change is decided under the token it came with; only what changes nothing begins a renewal. */
  readonly safe: boolean
}

export interface Passed {
  /** Null: no single session cookie came along. */
  readonly current: Current | null
  /** The successor to hand out, if one is due. */
  readonly cookie: Cookie | null
}

/**
 * What happens to the session of a request on its way to a page: its circumstances are compared, activity is noted, and
 * the token renewed.
 */
export async function passSession({ cookies, from, deliberate, safe }: Visit): Promise<Passed> {
  const text = readCookie(cookies, SESSION_COOKIE)
  if (cookies === null || text === null || text === DUPLICATE) return { current: null, cookie: null }
  const seal = openSession(text)
  if (!seal) return { current: { state: 'none', because: 'unauthentic' }, cookie: null }
  const current = await sessionOf(seal)
  if (current.state === 'none' && current.because === 'enrolment') {
    const compared = await compareCircumstances(toEnrol(current.proof).proof, from)
    return { current: compared === 'goes-on' ? current : await sessionOf(seal), cookie: null }
  }
  if (current.state === 'none') return { current, cookie: null }
  const noted = await (deliberate ? noteActivity : compareCircumstances)(current.proof, from)
  // It ended meanwhile, or other circumstances have locked or ended it just now.
  if (noted === 'session-over') return { current: await sessionOf(seal), cookie: null }
  return { current, cookie: await renew(current, cookies, deliberate && safe) }
}
