'use client'
import { createContext, type ReactNode, use, useEffect, useRef } from 'react'
import type { FormAction, FormState } from './form-state.ts'
import { IDLE } from './form-state.ts'
import { Notice } from './notice.tsx'
import { useSurviving } from './use-surviving.ts'

interface Endings {
  readonly state: FormState
  readonly send: (data: FormData) => void
}

const Context = createContext<Endings>({ state: IDLE, send: () => {} })

interface EndingsProps {
  readonly action: FormAction
  readonly children: ReactNode
}

/**
 * The acts on this page share one outcome, which stays when the row that was acted on has gone. Focus then goes to
 * the next row's heading, or to the heading of its group.
 */
export function Endings({ action, children }: EndingsProps) {
  const [state, send] = useSurviving(action)
  const next = useRef<string | undefined>(undefined)
  const sendAndRemember = (data: FormData) => {
    next.current = String(data.get('focusNext') ?? '')
    send(data)
  }
  useEffect(() => {
    if (state.status !== 'done') return
    for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close()
    const heading = next.current && document.getElementById(next.current)
    if (heading) heading.focus()
    else document.getElementById('title')?.focus()
  }, [state])
  // Without scripts the browser posts the action itself, so the first render must have it bare.
  return <Context value={{ state, send: typeof window === 'undefined' ? send : sendAndRemember }}>{children}</Context>
}

export function useEndings(): Endings {
  return use(Context)
}

/** What the last act did. Always there, so that its text is announced when it changes. */
export function EndingsOutcome() {
  const { state } = useEndings()
  return (
    <div role="status" aria-live="polite">
      {state.status === 'done' && (
        <Notice tone="success" role="none">
          {state.message}
        </Notice>
      )}
    </div>
  )
}
