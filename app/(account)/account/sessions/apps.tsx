import { Section } from '#ui/card.tsx'
import { Time } from '#ui/time.tsx'
import type { AppCard } from '../apps/linked.ts'

/** What else uses the account: applications, below the sessions that they hang on. Each is disconnected on its own page. */
export function LinkedApps({ apps, now }: { readonly apps: readonly AppCard[]; readonly now: Date }) {
  if (apps.length === 0) return null
  return (
    <Section
      id="apps"
      title={`Linked apps (${apps.length})`}
      lead="Signing out a session disconnects its applications, but for those that you let go on without it."
    >
      <ul aria-labelledby="apps-heading" className="divide-y divide-line border-y border-line">
        {apps.map(({ id, name, may, from, outlives, lastUsedAt }) => (
          <li key={id} className="py-4">
            <h3 className="text-sm font-semibold wrap-anywhere">
              <bdi>{name}</bdi>
            </h3>
            <p className="text-sm wrap-anywhere">{may.join(' · ')}</p>
            <p className="text-sm text-muted wrap-anywhere">
              From <bdi>{from}</bdi>
              {outlives && ', and goes on without it'} · last used <Time at={lastUsedAt} now={now} />
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-sm">
        <a href="/account/apps">See or disconnect linked apps</a>
      </p>
    </Section>
  )
}
