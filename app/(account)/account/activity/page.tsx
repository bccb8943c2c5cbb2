import type { Metadata } from 'next'
import type { EventKind } from '#db/contract.ts'
import { EVENT_LABELS, eventSentence, parseEventKind } from '#lib/audit/sentences.ts'
import { isPrivateAddress, shortenAddress } from '#lib/device/address.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Empty } from '#ui/empty.tsx'
import { EventItem, EventList } from '#ui/event-item.tsx'
import { KindFilter } from '#ui/kind-filter.tsx'
import { Page } from '#ui/page.tsx'

export const metadata: Metadata = { title: 'Activity' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

const PER_PAGE = 25

export default async function ActivityPage({ searchParams }: Props) {
  const proof = await requireSession()
  const query = await searchParams
  const kind = typeof query.kind === 'string' ? parseEventKind(query.kind) : null
  const before = Number.isSafeInteger(Number(query.before)) && Number(query.before) > 0 ? Number(query.before) : null
  const kinds = kind ? [kind] : []
  // One more than is shown tells whether there are older ones.
  const found = await store().events.list({ userId: proof.userId, kinds, before, most: PER_PAGE + 1 })
  const events = found.slice(0, PER_PAGE)
  const last = found.length > PER_PAGE ? events.at(-1) : undefined
  return (
    <Page title="Activity" lead="What happened to your account and its sessions, newest first.">
      <KindFilter labels={EVENT_LABELS} kind={kind} />
      {events.length === 0 ? (
        <Empty title="Nothing to show">
          {kind ? 'There is no such event. Choose another kind above.' : 'Events appear here.'}
        </Empty>
      ) : (
        <EventList>
          {events.map((event) => (
            <EventItem
              key={event.seq}
              sentence={eventSentence(event)}
              at={event.at}
              now={proof.now}
              device={event.device}
              place={event.place}
              address={
                event.ip && (isPrivateAddress(event.ip) ? 'This machine or local network' : shortenAddress(event.ip))
              }
            />
          ))}
        </EventList>
      )}
      <p className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
        <a href={filePath(kind, 'csv')}>Download as CSV</a>
        <a href={filePath(kind, 'json')}>Download as JSON</a>
      </p>
      <nav aria-label="Pages of events" className="flex flex-wrap gap-3">
        {before && (
          <ButtonLink href={pagePath(kind, null)} variant="secondary">
            Newest events
          </ButtonLink>
        )}
        {last && (
          <ButtonLink href={pagePath(kind, last.seq)} variant="secondary">
            Older events
          </ButtonLink>
        )}
      </nav>
    </Page>
  )
}

function pagePath(kind: EventKind | null, before: number | null): string {
  const query = new URLSearchParams({ ...(kind && { kind }), ...(before && { before: String(before) }) })
  return query.size ? `/account/activity?${query}` : '/account/activity'
}

function filePath(kind: EventKind | null, format: 'csv' | 'json'): string {
  return `/api/account/activity?${new URLSearchParams({ format, ...(kind && { kind }) })}`
}
