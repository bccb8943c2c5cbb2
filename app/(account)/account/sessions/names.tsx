import type { SessionCard } from '#ui/session-card.ts'

const MOST_NAMES = 5

/** Up to five by name, the rest by number: what a button is about to end. */
export function Names({ sessions }: { readonly sessions: readonly SessionCard[] }) {
  const more = sessions.length - MOST_NAMES
  return (
    <ul className="list-disc space-y-1 ps-5 text-ink">
      {sessions.slice(0, MOST_NAMES).map((session) => (
        <li key={session.id}>{session.label}</li>
      ))}
      {more > 0 && <li>and {more} more</li>}
    </ul>
  )
}
