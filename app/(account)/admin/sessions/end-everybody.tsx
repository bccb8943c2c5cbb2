import { nextGivenEpoch } from '#lib/session/epoch.ts'
import { ActDialog } from '#ui/act-dialog.tsx'
import { Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EndingsOutcome } from '#ui/endings.tsx'
import type { ActView } from '../session-row.tsx'

/** Apart from the rest, at the end: it signs everybody out, here too. */
export function EndEverybody({ view, count }: { readonly view: ActView; readonly count: number }) {
  const id = 'everybody'
  const epoch = nextGivenEpoch()
  return (
    <Section
      id="everybody-section"
      title="Everybody"
      lead="For when tokens may have leaked, or a backup was restored. Nobody’s account changes."
    >
      <EndingsOutcome />
      <div className="sm:w-fit">
        <DialogTrigger dialog={id} variant="danger" fallback={{ path: view.path, name: 'act', value: id }}>
          End everybody’s sessions
        </DialogTrigger>
      </div>
      <ActDialog
        id={id}
        title="End everybody’s sessions?"
        button="End everybody’s sessions"
        open={view.opened === id}
        back={view.path}
        hidden={{ act: 'everybody' }}
        confirm="everybody"
        formToken={view.formToken}
        asked={view.asked}
      >
        <p>
          {count === 1 ? 'The one session ends' : `All ${count.toLocaleString('en')} sessions end`}
          {epoch === null
            ? ' at once, yours too, and in every copy of the database. '
            : ' one after the other, yours too, and you get an answer when all are over; a million take minutes. '}
          Everybody signs in again, and unsaved work may be lost.
        </p>
        {epoch !== null && (
          <p>
            A backup of the database could still bring them back. Afterwards set SESSION_EPOCH to {epoch} on every node
            and restart them.
          </p>
        )}
      </ActDialog>
    </Section>
  )
}
