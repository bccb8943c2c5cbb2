'use client'
import { unstable_isUnrecognizedActionError as isUnknownAction } from 'next/navigation'
import { useActionState } from 'react'
import { OUTAGE } from '#lib/http/outage.ts'
import { type FormAction, type FormState, IDLE } from './form-state.ts'
import { useHydrated } from './hydrated.ts'

const UPDATED = 'Signet was updated while this page was open. Reload the page, then try again.'
const AWAY = 'Signet cannot answer at the moment. Nothing is lost: try again in a few seconds.'
const UNREACHABLE = 'Signet could not be reached. Check your connection, then try again.'

/** The state of a server action, and how to send it. A page that is older than the server, or offline, stays. */
export function useSurviving(action: FormAction): readonly [FormState, (data: FormData) => void] {
  // Without scripts the browser posts the action itself, so the first render must have it bare.
  const [state, send] = useActionState(useHydrated() ? surviving(action) : action, IDLE)
  return [state, send]
}

/** The page may be older than the server, or the server may be away; neither may cost what was typed. */
function surviving(action: FormAction): FormAction {
  return async (state, data) => {
    try {
      return await action(state, data)
    } catch (error) {
      const message = wordsFor(error)
      if (!message) throw error
      return { status: 'refused', message, values: typed(data) }
    }
  }
}

function wordsFor(error: unknown): string | null {
  if (isUnknownAction(error)) return UPDATED
  if (error instanceof Error && error.message === OUTAGE) return AWAY
  return error instanceof TypeError ? UNREACHABLE : null
}

function typed(data: FormData): Record<string, string> {
  const fields = [...data].filter(([name, value]) => typeof value === 'string' && !/password/i.test(name))
  return Object.fromEntries(fields) as Record<string, string>
}
