import { eventSentence } from '#lib/audit/sentences.ts'
import { isPrivateAddress, shortenAddress } from '#lib/device/address.ts'
import { store } from '#lib/store.ts'
import { ButtonLink } from '#ui/button.tsx'
import { Section } from '#ui/card.tsx'
import { EventItem, EventList } from '#ui/event-item.tsx'

interface Props {
  readonly userId: string
  readonly now: Date
  /** Only events before this one. */
  readonly before: number | null
}

const PER_PAGE = 25

/** The account's events as its person reads them. */
export async function Happened({ userId, now, before }: Props) {
  const found = await store().events.list({ userId, kinds: [], before, most: PER_PAGE + 1 })
  const events = found.slice(0, PER_PAGE)
  const last = found.length > PER_PAGE ? events.at(-1) : undefined
  const path = `/admin/users/${userId}`
  return (
    <Section id="happened" title="What happened" lead="In the words that the person reads: “you” is the person.">
      <EventList>
        {events.map((event) => (
          <EventItem
            key={event.seq}
            sentence={eventSentence(event)}
            at={event.at}
            now={now}
            device={event.device}
            place={event.place}
            address={event.ip && addressWords(event.ip)}
          />
        ))}
      </EventList>
      <nav aria-label="Pages of events" className="mt-4 flex flex-wrap gap-3">
        {before && (
          <ButtonLink href={`${path}#happened-heading`} variant="secondary">
            Newest events
          </ButtonLink>
        )}
        {last && (
          <ButtonLink href={`${path}?before=${last.seq}#happened-heading`} variant="secondary">
            Older events
          </ButtonLink>
        )}
      </nav>
    </Section>
  )
}

function addressWords(ip: string): string {
  return isPrivateAddress(ip) ? 'This machine or local network' : shortenAddress(ip)
}
