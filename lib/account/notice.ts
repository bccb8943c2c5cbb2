import 'server-only'
import type { SecurityEvent, User } from '#db/contract.ts'
import { isNoticeProof, type NoticePurpose } from '#lib/mail/links.ts'
import { store } from '#lib/store.ts'
import { now, secondsBetween } from '#lib/time.ts'

/** An event that somebody has had a notice of, with whose account it is. */
export interface Notice {
  readonly event: SecurityEvent
  readonly userId: string
}

/**
 * What the link of a notice is about; null unless Signet itself has made it, for this purpose and for an address that
 * the account's notices still go to, not longer than `within`
 * seconds ago, about an account that is there and may be used: a disabled one has nothing left to end, nor a way back.
 * @param carried number of the event and proof, as `arrival.ts` reads them
 */
export async function noticeOf(purpose: NoticePurpose, carried: string | null, within: number): Promise<Notice | null> {
  const [number = '', proof = ''] = carried?.split('.') ?? []
  const seq = Number(number)
  const event = SEQ.test(number) ? await store().events.find(seq) : undefined
  if (!event?.userId || secondsBetween(event.at, now()) >= within) return null
  const user = await store().users.find(event.userId)
  if (!user || user.deletedAt || user.disabledAt) return null
  return addresses(user).some((to) => isNoticeProof(proof, { seq, purpose, to })) ? { event, userId: user.id } : null
}

const SEQ = /^\d{1,15}$/

/** Where notices of an account go now: what was mailed to any other address is worth nothing any more. */
function addresses({ email, formerEmail, formerEmailUntil }: User): readonly string[] {
  const former = formerEmail && formerEmailUntil && formerEmailUntil > now() ? [formerEmail] : []
  return [email, ...former]
}
