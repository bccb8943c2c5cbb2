import type { ReactNode } from 'react'
import { DeviceIcon } from './icons.tsx'
import { type EndedCard, placeWords, sessionName } from './session-card.ts'
import { Time } from './time.tsx'

interface EndedItemProps {
  readonly session: EndedCard
  readonly now: Date
  /** More about it: where its events are listed. */
  readonly children?: ReactNode
}

/** A session that is over: read-only, with the reason. */
export function EndedItem({ session, now, children }: EndedItemProps) {
  const { name, title, place, address, device } = session
  return (
    <li className="flex gap-4 py-4">
      <DeviceIcon kind={device.kind} className="mt-0.5 size-5 text-muted" />
      <div className="min-w-0 flex-1">
        <h3 className="text-sm font-semibold wrap-anywhere">
          <bdi>{sessionName(session)}</bdi>
        </h3>
        <p className="text-sm wrap-anywhere">
          {session.reason} · <Time at={session.endedAt} now={now} both />
        </p>
        <p className="text-sm text-muted wrap-anywhere">
          {name && `${title} · `}
          <span className={name ? undefined : 'inline-block first-letter:uppercase'}>{placeWords(place)}</span>
          <span className="hidden sm:inline">
            {' · '}
            <bdi>{address}</bdi>
          </span>{' '}
          · signed in <Time at={session.signedInAt} />
        </p>
        {children}
      </div>
    </li>
  )
}

/** Holds the items: a quiet list without cards. */
export function EndedList({ labelledBy, children }: { readonly labelledBy: string; readonly children: ReactNode }) {
  return (
    <ul aria-labelledby={labelledBy} className="divide-y divide-line border-y border-line">
      {children}
    </ul>
  )
}
