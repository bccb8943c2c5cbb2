import { Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EverywhereDialog } from '#ui/end-dialog.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import { Names } from './names.tsx'
import type { PageView } from './views.ts'

const PROBLEMS: Readonly<Record<string, string>> = {
  asked: 'First confirm that it’s you. Nothing has been signed out yet.',
  wrong: 'That was wrong, so it does not show that it’s you. Nothing has been signed out.',
  refused: 'That did not work: your session was just renewed, or there were too many attempts. Please try again.',
}

/** Apart from the rest, at the end: it signs out here too. */
export function EndEverywhere({
  sessions,
  view,
}: {
  readonly sessions: readonly SessionCard[]
  readonly view: PageView
}) {
  return (
    <Section
      id="everywhere"
      title="Everywhere"
      lead="Ends all of your sessions, this one included. You sign in again afterwards; your account stays as it is."
    >
      <div className="sm:w-fit">
        <DialogTrigger
          dialog="end-everywhere"
          variant="danger"
          fallback={{ path: '/account/sessions', name: 'end', value: 'everywhere' }}
        >
          Sign out everywhere
        </DialogTrigger>
      </div>
      <EverywhereDialog
        formToken={view.formToken}
        asked={view.asked}
        open={view.opened === 'everywhere'}
        problem={view.problem && Object.hasOwn(PROBLEMS, view.problem) ? (PROBLEMS[view.problem] ?? null) : null}
      >
        <Names sessions={sessions} />
        <p>All of them need to sign in again, at once. Unsaved work may be lost, here too.</p>
      </EverywhereDialog>
    </Section>
  )
}
