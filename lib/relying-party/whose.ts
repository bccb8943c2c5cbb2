import 'server-only'
import { currentSession } from '#lib/session/current.ts'
import { store } from '#lib/store.ts'
import type { Whose } from './round-trip.ts'

/** For whom a trip begins that belongs to a session; null when this browser has none that stands. */
export async function whoseTrip(cookieHeader: string | null): Promise<Whose | null> {
  const current = await currentSession(cookieHeader)
  if (current.state !== 'standing') return null
  const { userId, sessionId } = current.proof
  const user = await store().users.find(userId)
  return user ? { userId, sessionId, securityVersion: user.securityVersion } : null
}
