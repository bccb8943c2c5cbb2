import type { ReactNode } from 'react'
import { durationWords } from '#lib/duration-words.ts'
import { secondsBetween } from '#lib/time.ts'
import { ACTIVE_NOW } from '#lib/words/time.ts'
import { Badge } from './badge.tsx'
import { Fact, Facts } from './card.tsx'
import { DeviceIcon } from './icons.tsx'
import { methodsWords, placeWords, type SessionCard, sessionName } from './session-card.ts'
import { SessionDetails, SessionFact, SessionFacts } from './session-facts.tsx'
import { Time } from './time.tsx'

interface SessionItemProps {
  readonly session: SessionCard
  /** The request's `now`. */
  readonly now: Date
  /** What can be done about it: buttons. Below the text and full width on a phone. */
  readonly children?: ReactNode
  /** In the details, where the full address is not shown: how to see it. */
  readonly addressHint?: ReactNode
  /** At the end of the details: giving it a name, for example. */
  readonly more?: ReactNode
  /** Whose it is, where sessions of several people stand in one list. */
  readonly owner?: ReactNode
}

/** Below the text on a phone, else beside `Details`; in the flow of the page when a dialog stands open in it. */
const ACTIONS =
  'flex flex-col gap-2 sm:absolute sm:end-0 sm:top-0 sm:flex-row sm:flex-wrap sm:justify-end has-[dialog[open]:not(:modal)]:static'

/** A live session in a list. Its heading, `session-<id>`, can take focus. */
export function SessionItem({ session, now, children, addressHint, more, owner }: SessionItemProps) {
  const name = sessionName(session)
  return (
    <li
      className="rounded-lg border border-line bg-surface p-4 shadow-card sm:p-6"
      aria-labelledby={`session-${session.id}`}
    >
      <div className="flex gap-4">
        <DeviceIcon kind={session.device.kind} className="mt-0.5 size-6 text-muted" />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
            <h3
              id={`session-${session.id}`}
              tabIndex={-1}
              className="text-base font-semibold tracking-tight wrap-anywhere"
            >
              <bdi>{name}</bdi>
            </h3>
            <Badges session={session} />
          </div>
          {owner && <p className="mt-1 text-sm font-medium wrap-anywhere">{owner}</p>}
          <Summary session={session} />
        </div>
      </div>
      <Times session={session} now={now} />
      <div className="relative mt-3 space-y-2 sm:ms-10">
        <SessionDetails of={name}>
          <Particulars session={session} now={now} addressHint={addressHint} />
          {more}
        </SessionDetails>
        {children && <div className={ACTIONS}>{children}</div>}
      </div>
    </li>
  )
}

function Badges({ session: { current, isNew, locked, unusedFor } }: { session: SessionCard }) {
  return (
    <>
      {current && <Badge tone="accent">This device</Badge>}
      {isNew && <Badge tone="warning">New</Badge>}
      {locked && <Badge>Locked</Badge>}
      {unusedFor && <Badge>{`Unused for ${durationWords(unusedFor)}`}</Badge>}
    </>
  )
}

/** Where from and how. The address waits behind Details on a phone. */
function Summary({ session }: { session: SessionCard }) {
  const { name, title, place, address, methods, assuranceLevel } = session
  return (
    <p className="mt-1 text-sm text-muted wrap-anywhere">
      {name && `${title} · `}
      <span className={name ? undefined : 'inline-block first-letter:uppercase'}>{placeWords(place)}</span>
      <span className="hidden sm:inline">
        {' · '}
        <bdi>{address}</bdi>
      </span>
      {` · ${methodsWords(methods)} · level ${assuranceLevel}`}
    </p>
  )
}

function Times({ session, now }: { session: SessionCard; now: Date }) {
  const activeNow = secondsBetween(session.lastActiveAt, now) < ACTIVE_NOW
  return (
    <SessionFacts>
      <SessionFact term="Last active">
        {activeNow ? (
          <span className="inline-flex items-center gap-1.5 text-accent">
            <span className="size-2 rounded-full bg-current" aria-hidden="true" />
            <time dateTime={session.lastActiveAt.toISOString()}>Active now</time>
          </span>
        ) : (
          <Time at={session.lastActiveAt} now={now} />
        )}
      </SessionFact>
      <SessionFact term="Signed in">
        <Time at={session.signedInAt} />
      </SessionFact>
      <SessionFact term="Ends at the latest">
        <Time at={session.endsAt} />
      </SessionFact>
    </SessionFacts>
  )
}

function Particulars({ session, now, addressHint }: Pick<SessionItemProps, 'session' | 'now' | 'addressHint'>) {
  return (
    <Facts>
      <Fact term="Last active">
        <Time at={session.lastActiveAt} now={now} both />
      </Fact>
      <Fact term="Signed in">
        <Time at={session.signedInAt} now={now} both />
      </Fact>
      <Fact term="Ends at the latest">
        <Time at={session.endsAt} now={now} both />
      </Fact>
      <Fact term="Address">
        {session.fullAddress ?? session.address}
        {!session.fullAddress && addressHint && <div className="font-normal text-muted">{addressHint}</div>}
      </Fact>
      <Fact term="Browser and system">
        {session.device.browser ?? 'Unknown browser'}, {session.device.os ?? 'unknown system'}
      </Fact>
      <Fact term="As the browser puts it">
        <span className="font-mono text-xs font-normal">{session.device.userAgent ?? 'It said nothing.'}</span>
      </Fact>
    </Facts>
  )
}
