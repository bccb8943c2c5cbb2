import type { ReactNode } from 'react'
import { placeWords } from './session-card.ts'
import { Time } from './time.tsx'

interface EventItemProps {
  readonly sentence: string
  readonly at: Date
  readonly now: Date
  readonly device: string | null
  readonly place: string | null
  readonly address: string | null
}

/** A security event: what happened, when, and from where. */
export function EventItem({ sentence, at, now, device, place, address }: EventItemProps) {
  return (
    <li className="py-4">
      <p className="font-medium wrap-anywhere">{sentence}</p>
      <p className="mt-0.5 text-sm text-muted wrap-anywhere">
        <Time at={at} now={now} both /> · {device ?? 'Unknown browser'} · {placeWords(place)}
        {address && ` · ${address}`}
      </p>
    </li>
  )
}

export function EventList({ children }: { readonly children: ReactNode }) {
  return <ol className="divide-y divide-line border-y border-line">{children}</ol>
}
