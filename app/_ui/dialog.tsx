'use client'
import { type MouseEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { buttonClass } from './button.tsx'
import { REACH_WORDS, useReach } from './session-watch/reach.ts'

interface DialogProps {
  readonly id: string
  readonly title: string
  /** Drawn open by the server: a panel in the page without scripts, a modal with them. */
  readonly open?: boolean
  /** `alertdialog` for what cannot wait. */
  readonly role?: 'dialog' | 'alertdialog'
  readonly ref?: Ref<HTMLDialogElement>
  readonly onClose?: () => void
  readonly children: ReactNode
}

/**
 * A native dialog: Escape closes it, focus goes to the first control in it and back to where it came from.
 * Put `DialogBack` first among its controls. Its text is described by the element with id `${id}-text`.
 */
export function Dialog({ id, title, open = false, role, ref, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useImperativeHandle(ref, () => dialog.current as HTMLDialogElement)
  useEffect(() => {
    if (!open || !dialog.current || dialog.current.matches(':modal')) return
    dialog.current.close()
    dialog.current.showModal()
  }, [open])
  return (
    <dialog
      ref={dialog}
      id={id}
      role={role}
      open={open}
      aria-labelledby={`${id}-title`}
      aria-describedby={`${id}-text`}
      className="sheet"
      onClose={onClose}
    >
      <h2 id={`${id}-title`} className="text-xl font-semibold">
        {title}
      </h2>
      {children}
      <Unreachable />
    </dialog>
  )
}

/** The line at the foot of the page says the same, but a modal stands in front of it. */
function Unreachable() {
  const words = REACH_WORDS[useReach()]
  return (
    <p role="status" className="text-sm font-medium text-warning">
      {words && <span className="mt-4 block">{words} Nothing can be changed until this is over.</span>}
    </p>
  )
}

/** What will happen. */
export function DialogText({ dialog, children }: { readonly dialog: string; readonly children: ReactNode }) {
  return (
    <div id={`${dialog}-text`} className="mt-3 space-y-3 text-sm text-muted">
      {children}
    </div>
  )
}

/** The controls: beside each other at the end of the line, below each other on a phone. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mt-6 flex flex-col gap-3 *:grow sm:flex-row sm:flex-wrap sm:justify-end sm:*:grow-0">
      {children}
    </div>
  )
}

/** Cancel: a link back to the page, which a script makes a close. A form of its own could not stand in another one. */
export function DialogBack({ dialog, href }: { readonly dialog: string; readonly href: string }) {
  const close = (event: MouseEvent) => {
    const element = document.getElementById(dialog)
    if (!(element instanceof HTMLDialogElement) || !element.matches(':modal')) return
    event.preventDefault()
    element.close()
  }
  return (
    // The attribute, not React's: the browser focuses it each time the dialog opens.
    <a
      ref={(link) => link?.setAttribute('autofocus', '')}
      href={href}
      className={buttonClass('secondary')}
      onClick={close}
    >
      Cancel
    </a>
  )
}
