import 'server-only'
import type { MaybePromise, Origin, SessionProof } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
import { activityInterval } from './policy.ts'

/**
 * Notes that a person did something: a page behind sign-in, an action, or input that the page reports. Prefetches,
 * polling, event streams and assets never come here. Written at most once a minute, so most calls cost nothing.
 * @param always `Stay signed in` is written whenever it is pressed
 * @see ASVS v5.0.0-7.3.1
 */
export function noteActivity(
  proof: SessionProof,
  origin: Origin,
  always = false,
): MaybePromise<'noted' | 'not-due' | 'session-over'> {
  const every = always ? 0 : activityInterval(proof.session, settings().policy)
  if (secondsBetween(proof.session.lastActiveAt, proof.now) < every) return 'not-due'
  return store().sessions.touch(proof, origin, every)
}
