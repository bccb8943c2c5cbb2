import { type ReactNode, type SyntheticEvent, useLayoutEffect, useRef, useState } from 'react'
import { Button, ButtonLink } from '../button.tsx'
import { DialogActions, DialogText } from '../dialog.tsx'
import { Notice } from '../notice.tsx'
import { announcement, clockTime, countdownWords } from './countdown.ts'
import type { View } from './view.ts'
import type { Watch } from './watch.ts'

interface AlarmProps {
  readonly view: View
  readonly watch: Watch
  readonly formToken: string
}

/** The session is about to end by itself. */
export function Alarm(props: AlarmProps) {
  if (props.view.alarm === 'idle') return <IdleWarning {...props} />
  // Where the notice would lead to, it would only stand in the way.
  return location.pathname === CONFIRM ? null : <EndNotice {...props} />
}

const CONFIRM = '/reauthenticate'

/** Open in all tabs of the browser until somebody answers in one of them. Escape is no answer. */
function IdleWarning({ view: { left, stay }, watch, formToken }: AlarmProps) {
  return (
    <Sheet title="Are you still there?" role="alertdialog" left={left} onEscape={() => {}}>
      <DialogText dialog={ID}>
        Nothing has happened here for a while. Unless you stay, you will be signed out, so that nobody else can go on in
        your name.
      </DialogText>
      <Countdown left={left} />
      {stay === 'failed' && (
        <div className="mt-4">
          <Notice tone="danger">Signet could not be reached, so the time still runs. Try again.</Notice>
        </div>
      )}
      <DialogActions>
        <Button aria-disabled={stay === 'sending' || undefined} onClick={() => void watch.stay()}>
          Stay signed in
        </Button>
        <SignOutNow formToken={formToken} />
      </DialogActions>
    </Sheet>
  )
}

/** Nothing that is done here moves this limit, so nothing offers to stay; showing who one is does. */
function EndNotice({ view: { left, expiresAt }, watch, formToken }: AlarmProps) {
  const returnTo = encodeURIComponent(location.pathname + location.search)
  return (
    <Sheet title={`Your session ends at ${clockTime(expiresAt)}`} left={left} onEscape={() => watch.dismiss()}>
      <DialogText dialog={ID}>
        A session lasts only so long, however busy you are. Confirm that it is you to go on, and save first what you are
        writing on this page.
      </DialogText>
      <Countdown left={left} />
      <DialogActions>
        <ButtonLink href={`${CONFIRM}?for=session&returnTo=${returnTo}`}>Confirm it's you</ButtonLink>
        <SignOutNow formToken={formToken} />
        <Button variant="quiet" onClick={() => watch.dismiss()}>
          Not now
        </Button>
      </DialogActions>
    </Sheet>
  )
}

const ID = 'session-alarm'

interface SheetProps {
  readonly title: string
  readonly role?: 'alertdialog'
  readonly left: number
  readonly onEscape: () => void
  readonly children: ReactNode
}

/** A native modal that only its own buttons close; focus goes to the first of them, and afterwards to where it was. */
function Sheet({ title, role, left, onEscape, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [opened] = useState(left)
  useLayoutEffect(() => {
    const sheet = dialog.current
    sheet?.showModal()
    // Closed, and not just taken away: only then the browser gives the focus back to where it was.
    return () => sheet?.close()
  }, [])
  const cancel = (event: SyntheticEvent) => {
    event.preventDefault()
    onEscape()
  }
  // A browser may close a dialog at the second Escape, asked or not.
  const reopen = ({ currentTarget: sheet }: SyntheticEvent<HTMLDialogElement>) => {
    if (sheet.isConnected && !sheet.open) sheet.showModal()
  }
  return (
    <dialog
      ref={dialog}
      id={ID}
      role={role}
      aria-labelledby={`${ID}-title`}
      aria-describedby={`${ID}-text`}
      className="sheet"
      onCancel={cancel}
      onClose={reopen}
    >
      <h2 id={`${ID}-title`} className="text-xl font-semibold">
        {title}
      </h2>
      {children}
      <p aria-live="polite" className="sr-only">
        {/* Not from the start: what such a region already holds when it appears is not read. */}
        {left < opened && announcement(opened, left)}
      </p>
    </dialog>
  )
}

/** To be looked at; what is read aloud, and when, is the live region's part. */
function Countdown({ left }: { readonly left: number }) {
  return (
    <p role="timer" className="mt-5 text-2xl font-semibold tabular-nums">
      {countdownWords(left)}
    </p>
  )
}

function SignOutNow({ formToken }: { readonly formToken: string }) {
  return (
    <form method="post" action="/sign-out" className="flex">
      <input type="hidden" name="formToken" value={formToken} />
      <Button type="submit" variant="secondary" wide>
        Sign out now
      </Button>
    </form>
  )
}
