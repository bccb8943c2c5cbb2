import 'server-only'
import type { Mail, Outbox } from '#db/contract.ts'
import { MINUTE } from '#lib/time.ts'
import { compose } from './compose.ts'
import { waitAfter } from './schedule.ts'
import { DELIVERY_TIMEOUT, type Deliver, type Delivery } from './transport.ts'

/** At once, each on a connection of its own: one that hangs holds up none of the others. */
const BATCH = 5

/** Longer than any delivery: while one process may still be sending a mail, no other takes it. Seconds. */
export const LEASE = DELIVERY_TIMEOUT + MINUTE

export interface Office {
  /** Throws `StoreUnavailable` while there is none. */
  readonly outbox: () => Outbox
  readonly deliver: Deliver
  readonly clock: () => Date
  readonly log: (level: 'warn' | 'error', message: string, details: Record<string, unknown>) => void
}

/** Sends a few of the mails that are due. Answers how many it has seen to. Throws what the outbox throws. */
export type Round = (signal: AbortSignal) => Promise<number>

export function roundsOf(office: Office): Round {
  /**
   * Accepted, but the outbox could not be told so: when they come up again, they are not sent again. By row and event,
   * since a database that was set back gives numbers again.
   */
  const accepted = new Set<string>()

  async function seeTo(mail: Mail, signal: AbortSignal): Promise<void> {
    const key = `${mail.id}.${mail.event.seq}`
    const delivery = accepted.has(key) ? ({ outcome: 'accepted' } as const) : await attempt(office, mail, signal)
    if (delivery.outcome !== 'accepted') return putOff(office, mail, delivery)
    accepted.add(key)
    await office.outbox().sent(mail.id)
    accepted.delete(key)
  }

  return async (signal) => {
    const mails = await office.outbox().claim(BATCH, LEASE)
    const results = await Promise.allSettled(mails.map((mail) => seeTo(mail, signal)))
    const failure = results.find((result) => result.status === 'rejected')
    if (failure) throw failure.reason
    return mails.length
  }
}

/** A mail that cannot be written must not stop the others. */
async function attempt({ deliver, clock, log }: Office, mail: Mail, signal: AbortSignal): Promise<Delivery> {
  try {
    const message = compose(mail, clock())
    return message ? await deliver(message, signal) : { outcome: 'refused', why: 'there are no words for it' }
  } catch (error) {
    log('error', 'a mail could not be written', { err: error })
    return { outcome: 'failed', why: 'it could not be written' }
  }
}

/** The address stays out of the log; the row and the event say enough to find it. */
async function putOff(
  { outbox, clock, log }: Office,
  { id, event, failures }: Mail,
  { outcome, why }: Exclude<Delivery, { outcome: 'accepted' }>,
): Promise<void> {
  const after = outcome === 'refused' ? null : waitAfter(failures, event.at, clock())
  const details = { mail: id, event: event.seq, kind: event.kind, failures: failures + 1, why }
  if (after === null) log('error', 'a mail was given up', details)
  else log('warn', 'a mail was not accepted; it is tried again', { ...details, after })
  await outbox().failed(id, after)
}
