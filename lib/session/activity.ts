import 'server-only'
import type { Circumstances, MaybePromise, Session, SessionProof } from '#db/contract.ts'
import { eventFrom } from '#lib/audit/event.ts'
import { settings } from '#lib/config.ts'
import { then } from '#lib/maybe-promise.ts'
import { store } from '#lib/store.ts'
import { secondsBetween } from '#lib/time.ts'
import { judgeCircumstances } from './circumstances.ts'
import { activityInterval } from './policy.ts'

type Noted = 'noted' | 'not-due' | 'session-over'

/**
 * Notes that a person did something: a page behind sign-in, an action, or input that the page reports. Prefetches,
 * polling, event streams and assets never come here. Written at most once a minute, so most calls cost nothing.
 *
 * Then, and not more often, it is looked at whether the session goes on in other circumstances (`circumstances.ts`): for
 * up to a minute after somebody's last activity nobody's is compared with it.
 * @param from what the request tells of its device and where it comes from; asked only when it is needed
 * @param always `Stay signed in` is written whenever it is pressed
 * @see ASVS v5.0.0-7.3.1
 */
export function noteActivity(proof: SessionProof, from: () => Circumstances, always = false): MaybePromise<Noted> {
  const every = always ? 0 : activityInterval(proof.session, settings().policy)
  if (secondsBetween(proof.session.lastActiveAt, proof.now) < every) return 'not-due'
  const here = from()
  return then(compareWith(proof, here), (compared) =>
    compared === 'goes-on' ? store().sessions.touch(proof, { ip: here.ip, place: here.place }, every) : compared,
  )
}

/** The same for a request that is no activity, or says so: whoever claims to fetch ahead is compared all the same. */
export function compareCircumstances(
  proof: SessionProof,
  from: () => Circumstances,
): MaybePromise<'goes-on' | 'session-over'> {
  const every = activityInterval(proof.session, settings().policy)
  return secondsBetween(proof.session.lastActiveAt, proof.now) < every ? 'goes-on' : compareWith(proof, from())
}

function compareWith(proof: SessionProof, here: Circumstances): MaybePromise<'goes-on' | 'session-over'> {
  return then(store().sessions.find(proof.sessionId), (before) =>
    before ? compare(proof, before, here) : 'session-over',
  )
}

/** A session that is locked or ended here is no session for this request any more. */
function compare(proof: SessionProof, before: Session, here: Circumstances): MaybePromise<'goes-on' | 'session-over'> {
  const { signals, answer } = judgeCircumstances(before, here, settings().policy.level)
  if (answer === 'nothing') return 'goes-on'
  const event = eventFrom(
    'circumstances-changed',
    proof,
    { device: here, origin: originOf(here) },
    {
      signals: signals.join(', '),
      done: answer,
    },
  )
  return then(store().sessions.changeCircumstances(proof, here, answer, event), (changed) =>
    changed === 'done' && answer === 'noted' ? 'goes-on' : 'session-over',
  )
}

function originOf({ ip, place }: Circumstances) {
  return { ip, place }
}
