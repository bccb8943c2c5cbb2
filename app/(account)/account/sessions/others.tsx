import { Section } from '#ui/card.tsx'
import { Checkbox } from '#ui/checkbox.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { Empty } from '#ui/empty.tsx'
import { EndDialog } from '#ui/end-dialog.tsx'
import { RenameForm } from '#ui/rename-form.tsx'
import { type SessionCard, sessionName } from '#ui/session-card.ts'
import { SessionItem } from '#ui/session-item.tsx'
import { SessionList } from '#ui/session-list.tsx'
import { renameSession } from './actions.ts'
import { AddressHint } from './address-hint.tsx'
import { Lineage } from './lineage.tsx'
import { Names } from './names.tsx'
import type { PageView } from './views.ts'
import { Filter, NoneOfThese, Pages, whichOf } from './which.tsx'

interface Props {
  /** Latest activity first. */
  readonly sessions: readonly SessionCard[]
  readonly view: PageView
}

const PAGE = '/account/sessions'

export function OtherSessions({ sessions, view }: Props) {
  const which = whichOf(sessions, view)
  return (
    <Section
      id="others"
      title={sessions.length === 0 ? 'Other devices' : `Other devices (${sessions.length})`}
      aside={sessions.length > 0 && <SignOutOthers sessions={sessions} view={view} />}
    >
      {sessions.length === 0 ? (
        <Empty title="This is your only session">
          Sign in from another browser or device and it appears here, with a button to sign it out.
        </Empty>
      ) : (
        <>
          {which.filtered && <Filter which={which} view={view} />}
          <Shown sessions={which.shown} view={view} />
          <Pages which={which} view={view} />
        </>
      )}
    </Section>
  )
}

function Shown({ sessions, view }: Props) {
  if (sessions.length === 0) return <NoneOfThese view={view} />
  return (
    <SessionList labelledBy="others-heading">
      {sessions.map((session, index) => (
        <OtherSession
          key={session.id}
          session={session}
          view={view}
          focusNext={sessions[index + 1] ? `session-${sessions[index + 1]?.id}` : 'others-heading'}
        />
      ))}
    </SessionList>
  )
}

interface OtherProps {
  readonly session: SessionCard
  readonly view: PageView
  readonly focusNext: string
}

function OtherSession({ session, view, focusNext }: OtherProps) {
  const { formToken, asked } = view
  const name = sessionName(session)
  const target = session.id
  return (
    <SessionItem
      session={session}
      now={view.now}
      addressHint={<AddressHint />}
      more={
        <>
          <Lineage session={session} now={view.now} />
          <RenameForm action={renameSession} target={target} name={session.name} {...{ formToken, asked }} />
        </>
      }
    >
      <DialogTrigger dialog={`end-${target}`} fallback={{ path: PAGE, name: 'end', value: target }}>
        Sign out <span className="sr-only">{session.label}</span>
      </DialogTrigger>
      <EndDialog
        act="sessions-ended"
        title={`Sign out ${name}?`}
        label={name}
        button="Sign out"
        open={view.opened === target}
        back={PAGE}
        {...{ target, formToken, asked, focusNext }}
      >
        <p>It will need to sign in again, at once. Unsaved work there may be lost. Your other sessions go on.</p>
      </EndDialog>
    </SessionItem>
  )
}

function SignOutOthers({ sessions, view }: Props) {
  const { formToken, asked } = view
  const count = sessions.length
  return (
    <>
      <DialogTrigger dialog="end-others" fallback={{ path: PAGE, name: 'end', value: 'others' }}>
        Sign out other sessions
      </DialogTrigger>
      <EndDialog
        target="others"
        act="sessions-ended"
        title={count === 1 ? 'Sign out the other session?' : `Sign out ${count} other sessions?`}
        label=""
        button="Sign out other sessions"
        open={view.opened === 'others'}
        focusNext="others-heading"
        back={PAGE}
        option={
          <Checkbox
            name="unrecognised"
            label="I don’t recognise one of these"
            hint="Then you are led to a new password next: whoever it was may know the present one."
          />
        }
        {...{ formToken, asked }}
      >
        <Names sessions={sessions} />
        <p>Each will need to sign in again, at once. Unsaved work there may be lost. You stay signed in here.</p>
      </EndDialog>
    </>
  )
}
