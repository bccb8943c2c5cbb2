import type { Asked } from '#lib/authentication/asked.ts'
import { ActDialog } from '#ui/act-dialog.tsx'
import { DialogTrigger } from '#ui/dialog-trigger.tsx'
import { type SessionCard, sessionName } from '#ui/session-card.ts'
import { SessionItem } from '#ui/session-item.tsx'

/** What the dialogs of a page share. */
export interface ActView {
  readonly now: Date
  readonly formToken: string
  readonly asked: Asked
  /** The dialog that the server draws open. */
  readonly opened: string | null
  /** The page itself. */
  readonly path: string
}

interface SessionRowProps {
  readonly session: SessionCard
  readonly view: ActView
  readonly owner: { readonly id: string; readonly email: string }
  /** Where sessions of several people stand in one list. */
  readonly showOwner?: boolean
}

/** A session as its person sees it, with an administrator's way of ending it. */
export function SessionRow({ session, view, owner, showOwner = false }: SessionRowProps) {
  const dialog = `end-${session.id}`
  const whose = `${session.label}, of ${owner.email}`
  return (
    <SessionItem
      session={session}
      now={view.now}
      addressHint={<a href={`/reauthenticate?returnTo=${view.path}`}>Confirm it’s you to see the whole address</a>}
      owner={showOwner && <a href={`/admin/users/${owner.id}`}>{owner.email}</a>}
    >
      <DialogTrigger dialog={dialog} fallback={{ path: view.path, name: 'act', value: dialog }}>
        End <span className="sr-only">{whose}</span>
      </DialogTrigger>
      <ActDialog
        id={dialog}
        title={`End ${sessionName(session)}?`}
        button="End session"
        open={view.opened === dialog}
        back={view.path}
        hidden={{ user: owner.id, act: 'sessions-ended', session: session.id }}
        formToken={view.formToken}
        asked={view.asked}
      >
        <p>
          It is a session of {owner.email}
          {session.current && ', and it is the one that you are using'}. It will need to sign in again, at once, and
          unsaved work there may be lost.
        </p>
      </ActDialog>
    </SessionItem>
  )
}
