'use client'
import type { MouseEvent, ReactNode } from 'react'
import { type ButtonVariant, buttonClass } from './button.tsx'

interface DialogTriggerProps {
  /** Id of the dialog. */
  readonly dialog: string
  readonly variant?: ButtonVariant
  /** Where a browser that opens no dialogs by itself asks for the same page with the dialog open. */
  readonly fallback: { readonly path: string; readonly name: string; readonly value: string }
  readonly children: ReactNode
}

/**
 * Opens a dialog without a script where the browser knows `command`; with one where it does not; and where
 * there is neither, sends its form, and the server draws the dialog open.
 */
export function DialogTrigger({ dialog, variant = 'secondary', fallback, children }: DialogTriggerProps) {
  const open = (event: MouseEvent) => {
    const target = document.getElementById(dialog)
    if ('commandForElement' in HTMLButtonElement.prototype || !(target instanceof HTMLDialogElement)) return
    event.preventDefault()
    target.showModal()
  }
  return (
    <form method="get" action={fallback.path} className="flex">
      <input type="hidden" name={fallback.name} value={fallback.value} />
      {/* No type, on purpose: such a button is a command where there are commands, and sends the form elsewhere. */}
      <button {...{ command: 'show-modal', commandfor: dialog }} className={buttonClass(variant, true)} onClick={open}>
        {children}
      </button>
    </form>
  )
}
