'use client'
import { type RefObject, useEffect, useRef } from 'react'
import type { FormAction, FormState } from './form-state.ts'
import { useSurviving } from './use-surviving.ts'

interface Form {
  readonly state: FormState
  /** For the form's `ref`: after a refusal focus goes to what must change. */
  readonly form: RefObject<HTMLFormElement | null>
  readonly send: (data: FormData) => void
}

/** A form that sends a server action, without scripts too; what was typed survives a refusal, an outage and an update. */
export function useForm(action: FormAction): Form {
  const [state, send] = useSurviving(action)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (state.status !== 'invalid' && state.status !== 'refused') return
    const first = (selector: string) => form.current?.querySelector<HTMLElement>(selector)
    const wanting = first('[aria-invalid="true"]') ?? first('[role="alert"]')
    wanting?.focus()
  }, [state])
  return { state, form, send }
}
