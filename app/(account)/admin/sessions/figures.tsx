import type { EndReason, SessionFigures } from '#db/contract.ts'
import { endReasonLabel } from '#lib/administration/words.ts'
import { Fact, Facts, Section } from '#ui/card.tsx'

export function Figures({ figures }: { readonly figures: SessionFigures }) {
  const { users, sessions, people, locked, began, ended } = figures
  const ends = Object.entries(ended) as [EndReason, number][]
  return (
    <Section id="figures" title="Figures">
      <Facts>
        <Fact term="Live sessions">
          {inWords(sessions)}
          {locked > 0 && `, of them ${inWords(locked)} locked`}
        </Fact>
        <Fact term="People signed in">
          {inWords(people)} of {inWords(users)} with an account
        </Fact>
        <Fact term="Began in 24 hours">{inWords(began)}</Fact>
        <Fact term="Ended in 24 hours">
          {ends.length === 0 ? (
            'None'
          ) : (
            <ul>
              {ends
                .toSorted((a, b) => b[1] - a[1])
                .map(([reason, count]) => (
                  <li key={reason}>
                    {inWords(count)} · <span className="font-normal text-muted">{endReasonLabel(reason)}</span>
                  </li>
                ))}
            </ul>
          )}
        </Fact>
      </Facts>
    </Section>
  )
}

function inWords(count: number): string {
  return count.toLocaleString('en')
}
