import type { AdministratorProof, User } from '#db/contract.ts'
import { store } from '#lib/store.ts'
import { ActDialog } from '#ui/act-dialog.tsx'
import { Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { Empty } from '#ui/empty.tsx'
import { SessionList } from '#ui/session-list.tsx'
import { sessionCards } from '../../../account/sessions/views.ts'
import { type ActView, SessionRow } from '../../session-row.tsx'

interface Props {
  readonly user: User
  readonly proof: AdministratorProof
  readonly view: ActView
  readonly page: number
}

const PER_PAGE = 20

export async function LiveSessions({ user, proof, view, page }: Props) {
  const cards = sessionCards(await store().sessions.list(user.id), proof)
  const pages = Math.max(1, Math.ceil(cards.length / PER_PAGE))
  const wanted = cards.findIndex(({ id }) => view.opened === `end-${id}`)
  const current = wanted < 0 ? Math.min(page, pages) : Math.floor(wanted / PER_PAGE) + 1
  const shown = cards.slice((current - 1) * PER_PAGE, current * PER_PAGE)
  return (
    <Section
      id="sessions"
      title={`Live sessions (${cards.length.toLocaleString('en')})`}
      aside={cards.length > 0 && <EndAll user={user} view={view} count={cards.length} />}
    >
      {shown.length === 0 ? (
        <Empty title="Not signed in">There is no session to end.</Empty>
      ) : (
        <SessionList labelledBy="sessions-heading">
          {shown.map((session) => (
            // “New” is a word for the person, about the device in hand.
            <SessionRow key={session.id} session={{ ...session, isNew: false }} view={view} owner={user} />
          ))}
        </SessionList>
      )}
      {pages > 1 && (
        <nav aria-label="Pages of sessions" className="mt-4 flex flex-wrap items-center gap-4 text-sm">
          {current > 1 && <a href={`${view.path}?page=${current - 1}`}>Previous</a>}
          <span>
            Page {current} of {pages}
          </span>
          {current < pages && <a href={`${view.path}?page=${current + 1}`}>Next</a>}
        </nav>
      )}
    </Section>
  )
}

function EndAll({ user, view, count }: { readonly user: User; readonly view: ActView; readonly count: number }) {
  const id = 'sessions-ended'
  return (
    <>
      <DialogTrigger dialog={id} fallback={{ path: view.path, name: 'act', value: id }}>
        End all sessions
      </DialogTrigger>
      <ActDialog
        id={id}
        title={count === 1 ? 'End the session?' : `End all ${count.toLocaleString('en')} sessions?`}
        button="End all sessions"
        open={view.opened === id}
        back={view.path}
        hidden={{ user: user.id, act: 'sessions-ended' }}
        formToken={view.formToken}
        asked={view.asked}
      >
        <p className="font-semibold text-ink wrap-anywhere">{user.email}</p>
        <p>
          The person has to sign in again everywhere, at once. Unsaved work may be lost. The account stays as it is.
        </p>
      </ActDialog>
    </>
  )
}
