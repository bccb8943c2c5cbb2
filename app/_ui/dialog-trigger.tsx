'use client'
import type { MouseEvent, ReactNode } from 'react'
import { type ButtonVariant, buttonClass } from './button.tsx'

interface DialogTriggerProps {
  /** Id of the dialog. */
  readonly dialog: string
  readonly variant?: ButtonVariant
  /** Without scripts: where to ask for the same page with the dialog drawn open. */
  readonly fallback: { readonly path: string; readonly name: string; readonly value: string }
  readonly children: ReactNode
}

/** Opens a dialog that is in the page. Without scripts it sends a form, and the server draws the dialog open. */
export function DialogTrigger({ dialog, variant = 'secondary', fallback, children }: DialogTriggerProps) {
  const open = (event: MouseEvent) => {
    const target = document.getElementById(dialog)
    if (!(target instanceof HTMLDialogElement)) return
    event.preventDefault()
    // Drawn open and not modal: only a closed dialog can become one.
    if (!target.matches(':modal')) target.close()
    target.showModal()
  }
  return (
    <form method="get" action={`${fallback.path}#${dialog}`} className="flex">
      <input type="hidden" name={fallback.name} value={fallback.value} />
      <button type="submit" className={`${buttonClass(variant, true)} sm:w-auto`} onClick={open}>
        <span>{children}</span>
      </button>
    </form>
  )
}
