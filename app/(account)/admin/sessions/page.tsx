import type { Metadata } from 'next'
import { askedFor } from '#lib/authentication/step-up.ts'
import { formToken } from '#lib/http/form-token.ts'
import { requireAdministrator, shownToAdministrator } from '#lib/session/require-administrator.ts'
import { store } from '#lib/store.ts'
import { Section } from '#ui/card.tsx'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { HoursPlot } from '#ui/hours-plot.tsx'
import { Page } from '#ui/page.tsx'
import { SessionList } from '#ui/session-list.tsx'
import { sessionCards } from '../../account/sessions/views.ts'
import { actOnUser, endAllSessions } from '../actions.ts'
import { Sections } from '../sections.tsx'
import { type ActView, SessionRow } from '../session-row.tsx'
import { EndEverybody } from './end-everybody.tsx'
import { Figures } from './figures.tsx'

export const metadata: Metadata = { title: 'Sessions' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

const NEWEST = 20

export default async function SessionsPage({ searchParams }: Props) {
  const proof = await requireAdministrator()
  const { act } = await searchParams
  const figures = shownToAdministrator(await store().administration.figures(proof))
  const newest = shownToAdministrator(await store().administration.sessions(proof, NEWEST))
  const owners = new Map(newest.map(({ id, userId, email }) => [id, { id: userId, email }]))
  const view: ActView = {
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('recent', proof),
    opened: typeof act === 'string' ? act : null,
    path: '/admin/sessions',
  }
  return (
    <Page title="Sessions" lead="Everybody’s, as they are now." aside={<Sections here="/admin/sessions" />}>
      <Figures figures={figures} />
      <HoursPlot hours={figures.hours} />
      <Section id="newest" title="Newest sessions" lead={`The latest ${NEWEST} that began and still live.`}>
        <Endings action={actOnUser}>
          <div className="mb-4">
            <EndingsOutcome />
          </div>
          <SessionList labelledBy="newest-heading">
            {inOrder(sessionCards(newest, proof), [...owners.keys()]).map((session) => (
              <SessionRow
                key={session.id}
                session={{ ...session, isNew: false }}
                view={view}
                owner={owners.get(session.id) ?? { id: '', email: '' }}
                showOwner
              />
            ))}
          </SessionList>
        </Endings>
      </Section>
      <Endings action={endAllSessions}>
        <EndEverybody view={view} count={figures.sessions} />
      </Endings>
    </Page>
  )
}

/** The newest first, the session in hand at its place among them. */
function inOrder<T extends { readonly id: string }>(cards: readonly T[], ids: readonly string[]): readonly T[] {
  return cards.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
}
