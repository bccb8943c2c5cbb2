import { store } from '#lib/store.ts'
import { Section } from '#ui/card.tsx'
import { Empty } from '#ui/empty.tsx'
import { EndedItem, EndedList } from '#ui/ended-item.tsx'
import { endedCards } from '../../../account/sessions/views.ts'

const MOST = 20

export async function RecentlyEnded({ userId, now }: { readonly userId: string; readonly now: Date }) {
  const ended = await store().sessions.listEnded(userId, MOST)
  return (
    <Section id="ended" title="Recently ended" lead="Kept for 28 days, in the words that the person reads.">
      {ended.length === 0 ? (
        <Empty title="Nothing has ended yet" />
      ) : (
        <EndedList labelledBy="ended-heading">
          {endedCards(ended).map((session) => (
            <EndedItem key={session.id} session={session} now={now} />
          ))}
        </EndedList>
      )}
    </Section>
  )
}
