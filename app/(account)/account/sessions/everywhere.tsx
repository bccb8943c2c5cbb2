import { askSentence } from '#lib/authentication/asked.ts'
import { RENEWED } from '#lib/authentication/step-up.ts'
import { CODES_SWITCHED_OFF, throttledSentence } from '#lib/authentication/throttle-words.ts'
import { Section } from '#ui/card.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { EverywhereDialog } from '#ui/end-dialog.tsx'
import type { SessionCard } from '#ui/session-card.ts'
import { Names } from './names.tsx'
import type { PageView } from './views.ts'

/** Why the dialog opened again: anybody can write `?problem=`, so it chooses among our own sentences. */
function problemOf({ problem, seconds, asked }: PageView): string | null {
  // Where there is a choice, nothing is named.
  const field = asked.passkey || asked.code || asked.fields.length > 1 ? undefined : asked.fields[0]
  const wrong = field === 'password' ? 'That password is wrong.' : 'That does not show that it’s you.'
  switch (problem) {
    case 'asked':
      return `${field ? askSentence(field) : 'Confirm first that it’s you.'} Nothing has been signed out yet.`
    case 'wrong':
      return `${wrong} Nothing has been signed out.`
    case 'renewed':
      return RENEWED
    case 'throttled':
      return throttledSentence(seconds)
    case 'codes-off':
      return CODES_SWITCHED_OFF
    default:
      return null
  }
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
        title={sessions.length === 1 ? 'Sign out everywhere?' : `Sign out all ${sessions.length} sessions?`}
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
