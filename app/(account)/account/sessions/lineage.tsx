import { Fact, Facts } from '#ui/card.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import { Time } from '#ui/time.tsx'

/** Where a session comes from: its events, from the sign-in on, and when its cookie got its present secret. */
export function Lineage({ session, now }: { readonly session: SessionCard; readonly now: Date }) {
  return (
    <div className="space-y-3">
      <Facts>
        <Fact term="Cookie renewed">
          <Time at={session.renewedAt} now={now} both />
        </Fact>
      </Facts>
      <SessionEvents id={session.id} label={session.label} />
    </div>
  )
}

/** @param label tells links apart for those who hear them */
export function SessionEvents({ id, label }: { readonly id: string; readonly label: string }) {
  return (
    <p className="text-sm">
      <a href={`/account/activity?${new URLSearchParams({ session: id })}`}>
        What happened in this session<span className="sr-only"> of {label}</span>
      </a>
    </p>
  )
}
