'use client'
import { useSyncExternalStore } from 'react'

/** Whether the server answers: `offline` is this machine's own network, `unreachable` is anything else between. */
export type Reach = 'reached' | 'offline' | 'unreachable'

/** What to say of it; null while there is nothing to say. */
export const REACH_WORDS: Readonly<Record<Reach, string | null>> = {
  reached: null,
  offline: 'You are offline.',
  unreachable: 'Signet cannot be reached at the moment.',
}

let reach: Reach = 'reached'
const listeners = new Set<() => void>()

export function noteReach(now: Reach): void {
  if (now === reach) return
  reach = now
  for (const listener of listeners) listener()
}

export function useReach(): Reach {
  return useSyncExternalStore(
    subscribe,
    () => reach,
    () => 'reached' as const,
  )
}

/** For controls that change something: without the server they cannot, and should say so. */
export function useOffline(): boolean {
  return useReach() !== 'reached'
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
