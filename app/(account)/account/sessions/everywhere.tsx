import { Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EverywhereDialog } from '#ui/end-dialog.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import { Names } from './names.tsx'
import type { PageView } from './views.ts'

const REFUSED = 'That did not work: your session was just renewed, or there were too many attempts. Please try again.'

/** Where the password is all that an account has, it is named. */
const PASSWORD: Readonly<Record<string, string>> = {
  asked: 'Enter your password to confirm it’s you. Nothing has been signed out yet.',
  wrong: 'That password is wrong. Nothing has been signed out.',
  refused: REFUSED,
}
const ANYTHING: Readonly<Record<string, string>> = {
  asked: 'Confirm first that it’s you. Nothing has been signed out yet.',
  wrong: 'That does not show that it’s you. Nothing has been signed out.',
  refused: REFUSED,
}

function problemOf({ problem, asked }: PageView): string | null {
  const words = asked.passkey || asked.code ? ANYTHING : PASSWORD
  return problem !== null && Object.hasOwn(words, problem) ? (words[problem] ?? null) : null
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
        problem={problemOf(view)}
      >
        <Names sessions={sessions} />
        <p>All of them need to sign in again, at once. Unsaved work may be lost, here too.</p>
      </EverywhereDialog>
    </Section>
  )
}
