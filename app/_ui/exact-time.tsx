'use client'
import { useSyncExternalStore } from 'react'
import { exactFormat, exactTime } from '#lib/words/time.ts'

let local: Intl.DateTimeFormat | undefined

const never = () => () => {}

/** In UTC as it comes from the server; in the reader's own zone, which it names, once scripts run. */
export function ExactTime({ at }: { readonly at: number }) {
  const inLocalZone = () => {
    local ??= exactFormat()
    return local.format(at)
  }
  return useSyncExternalStore(never, inLocalZone, () => exactTime(new Date(at)))
}
