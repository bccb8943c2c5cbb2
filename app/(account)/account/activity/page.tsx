import type { Metadata } from 'next'
import type { EventKind } from '#db/contract.ts'
import { parseSessionId } from '#lib/audit/lineage.ts'
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

const OF_ALL = 'What happened to your account and its sessions, newest first.'
const OF_ONE = 'What happened in one session, newest first: its sign-in, every proof of who you are, and its end.'

export default async function ActivityPage({ searchParams }: Props) {
  const proof = await requireSession()
  const query = await searchParams
  const kind = typeof query.kind === 'string' ? parseEventKind(query.kind) : null
  const before = Number.isSafeInteger(Number(query.before)) && Number(query.before) > 0 ? Number(query.before) : null
  const picked = { kind, session: parseSessionId(query.session) }
  const kinds = kind ? [kind] : []
  // One more than is shown tells whether there are older ones.
  const found = await store().events.list({
    userId: proof.userId,
    kinds,
    sessionId: picked.session,
    before,
    most: PER_PAGE + 1,
  })
  const events = found.slice(0, PER_PAGE)
  const last = found.length > PER_PAGE ? events.at(-1) : undefined
  return (
    <Page title="Activity" lead={picked.session ? OF_ONE : OF_ALL}>
      <KindFilter labels={EVENT_LABELS} kind={kind} session={picked.session} />
      {picked.session && (
        <p className="text-sm">
          <a href={pagePath({ kind, session: null }, null)}>Show all events</a>
        </p>
      )}
      {events.length === 0 ? (
        <Empty title="Nothing to show">
          {kind || picked.session ? 'There is no such event. Choose another kind above.' : 'Events appear here.'}
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
        <a href={filePath(picked, 'csv')}>Download as CSV</a>
        <a href={filePath(picked, 'json')}>Download as JSON</a>
      </p>
      <nav aria-label="Pages of events" className="flex flex-wrap gap-3">
        {before && (
          <ButtonLink href={pagePath(picked, null)} variant="secondary">
            Newest events
          </ButtonLink>
        )}
        {last && (
          <ButtonLink href={pagePath(picked, last.seq)} variant="secondary">
            Older events
          </ButtonLink>
        )}
      </nav>
    </Page>
  )
}

interface Picked {
  readonly kind: EventKind | null
  readonly session: string | null
}

function pagePath(picked: Picked, before: number | null): string {
  const query = new URLSearchParams({ ...given(picked), ...(before && { before: String(before) }) })
  return query.size ? `/account/activity?${query}` : '/account/activity'
}

function filePath(picked: Picked, format: 'csv' | 'json'): string {
  return `/api/account/activity?${new URLSearchParams({ format, ...given(picked) })}`
}

function given({ kind, session }: Picked): Record<string, string> {
  return { ...(kind && { kind }), ...(session && { session }) }
}
