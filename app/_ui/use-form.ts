'use client'
import { unstable_isUnrecognizedActionError as isUnknownAction } from 'next/navigation'
import { type RefObject, useActionState, useEffect, useRef } from 'react'
import { OUTAGE } from '#lib/http/outage.ts'
import type { FormAction, FormState } from './form-state.ts'
import { IDLE } from './form-state.ts'
import { useHydrated } from './hydrated.ts'

interface Form {
  readonly state: FormState
  /** For the form's `ref`: after a refusal focus goes to what must change. */
  readonly form: RefObject<HTMLFormElement | null>
  readonly send: (data: FormData) => void
}

/** A form that sends a server action, without scripts too; what was typed survives a refusal, an outage and an update. */
export function useForm(action: FormAction): Form {
  // Without scripts the browser posts the action itself, so the first render must have it bare.
  const [state, send] = useActionState(useHydrated() ? surviving(action) : action, IDLE)
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (state.status !== 'invalid' && state.status !== 'refused') return
    const first = (selector: string) => form.current?.querySelector<HTMLElement>(selector)
    const wanting = first('[aria-invalid="true"]') ?? first('[role="alert"]')
    wanting?.focus()
  }, [state])
  return { state, form, send }
}

const UPDATED = 'Signet was updated while this page was open. Reload the page, then try again.'
const AWAY = 'Signet cannot answer at the moment. Nothing is lost: try again in a few seconds.'
const UNREACHABLE = 'Signet could not be reached. Check your connection, then try again.'

/** The page may be older than the server, or the server may be away; neither may cost what was typed. */
function surviving(action: FormAction): FormAction {
  return async (state, data) => {
    try {
      return await action(state, data)
    } catch (error) {
      if (isUnknownAction(error)) return { status: 'refused', message: UPDATED, values: typed(data) }
      if (error instanceof Error && error.message === OUTAGE) {
        return { status: 'refused', message: AWAY, values: typed(data) }
      }
      if (error instanceof TypeError) return { status: 'refused', message: UNREACHABLE, values: typed(data) }
      throw error
    }
  }
}

function typed(data: FormData): Record<string, string> {
  const fields = [...data].filter(([name, value]) => typeof value === 'string' && !/password/i.test(name))
  return Object.fromEntries(fields) as Record<string, string>
}
