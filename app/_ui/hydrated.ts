'use client'
import { useSyncExternalStore } from 'react'

const never = () => () => {}

/** False on the server and in the first render: what needs scripts appears only once they run. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  )
}
