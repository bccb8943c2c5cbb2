import 'server-only'
import type { SessionCheck } from '#db/contract.ts'
import { settings } from '#lib/config.ts'
import { store } from '#lib/store.ts'
import { isCutShort, type Shown, shownAt } from './request.ts'

/** What counts of this session for applications. What the account has is asked for only where that decides. */
export async function shownIn(session: SessionCheck): Promise<Shown> {
  const factors = isCutShort(session) ? await store().users.factors(session.userId) : undefined
  const { authentications } = session
  return { authentications, shownAt: shownAt(session, factors, settings().policy.level) }
}
