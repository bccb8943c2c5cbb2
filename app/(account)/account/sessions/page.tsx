import type { Metadata } from 'next'
import type { EndedSession } from '#db/contract.ts'
import { askedFor } from '#lib/authentication/step-up.ts'
import { settings } from '#lib/config.ts'
import { formToken } from '#lib/http/form-token.ts'
import { unusedAfter } from '#lib/session/policy.ts'
import { requireSession } from '#lib/session/require.ts'
import { store } from '#lib/store.ts'
import { Section } from '#ui/card.tsx'
import { Empty } from '#ui/empty.tsx'
import { EndedItem, EndedList } from '#ui/ended-item.tsx'
import { Endings, EndingsOutcome } from '#ui/endings.tsx'
import { Notice } from '#ui/notice.tsx'
import { Page } from '#ui/page.tsx'
import { sessionName } from '#ui/session-card.ts'
import { linkedApps } from '../apps/linked.ts'
import { endSessions } from './actions.ts'
import { LinkedApps } from './apps.tsx'
import { EndEverywhere } from './everywhere.tsx'
import { SessionEvents } from './lineage.tsx'
import { OtherSessions } from './others.tsx'
import { statusSentence } from './status.ts'
import { ThisSession } from './this-session.tsx'
import { endedCards, type PageView, sessionCards } from './views.ts'
import { parseShow } from './which.tsx'

export const metadata: Metadata = { title: 'Active sessions' }

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** Records are kept this long; the page shows the newest of them. */
const RECENTLY_ENDED = 20

export default async function ActiveSessionsPage({ searchParams }: Props) {
  const proof = await requireSession()
  const query = await searchParams
  const live = sessionCards(await store().sessions.list(proof.userId), proof)
  const ended = await store().sessions.listEnded(proof.userId, RECENTLY_ENDED)
  const unused = unusedAfter(settings().policy)
  const view: PageView = {
    now: proof.now,
    formToken: formToken(proof),
    asked: await askedFor('recent', proof),
    opened: typeof query.end === 'string' ? query.end : null,
    problem: typeof query.problem === 'string' ? query.problem : null,
    seconds: /^\d{1,5}$/.test(String(query.seconds)) ? Number(query.seconds) : 0,
    page: Math.max(1, Math.trunc(Number(query.page)) || 1),
    show: unused === null ? 'all' : parseShow(query.show),
    unusedAfter: unused,
  }
  const others = live.filter(({ current }) => !current)
  const mine = live.find(({ current }) => current)
  return (
    <Page title="Active sessions" lead={statusSentence(live)}>
      <Endings action={endSessions}>
        <EndingsOutcome />
        <CopyWarning ended={ended} />
        {view.problem === 'form' && (
          <Notice tone="warning">
            That page was of an earlier session, so nothing was done. To sign out, press the button here.
          </Notice>
        )}
        {mine && <ThisSession session={mine} view={view} />}
        <OtherSessions sessions={others} view={view} />
      </Endings>
      <LinkedApps apps={await linkedApps(proof, live)} now={view.now} />
      <EndEverywhere sessions={live} view={view} />
      <Section id="ended" title="Recently ended" lead="Kept for 28 days, read-only. Nothing can be opened with these.">
        {ended.length === 0 ? (
          <Empty title="Nothing has ended yet">
            Sessions that you or a time limit end are listed here, with the reason.
          </Empty>
        ) : (
          <EndedList labelledBy="ended-heading">
            {endedCards(ended).map((session) => (
              <EndedItem key={session.id} session={session} now={view.now}>
                <SessionEvents id={session.id} label={`${sessionName(session)}, which is over`} />
              </EndedItem>
            ))}
          </EndedList>
        )}
        <p className="mt-4 text-sm">
          <a href="/account/activity">All security events of this account</a>
        </p>
      </Section>
    </Page>
  )
}

/** A copied cookie was used lately: what happened, and what to do about it. */
function CopyWarning({ ended }: { readonly ended: readonly EndedSession[] }) {
  if (!ended.some(({ reason }) => reason === 'replayed')) return null
  return (
    <Notice tone="warning" role="none" title="A copy of one of your sessions was used">
      The session was ended at once; it is among those that ended recently. Sign out every session that you do not
      recognise, and check that device for unwanted software and browser extensions.
    </Notice>
  )
}
