import type { ReactNode } from 'react'
import type { FormAction, FormState } from './form-state.ts'
import { Notice } from './notice.tsx'

/** What every form of an account takes. */
export interface FormProps {
  readonly action: FormAction
  readonly formToken: string
  /** Further hidden inputs, `returnTo` for example. */
  readonly hidden?: Readonly<Record<string, string>> | undefined
}

export function HiddenInputs({ formToken, hidden = {} }: Pick<FormProps, 'formToken' | 'hidden'>) {
  return Object.entries({ ...hidden, formToken }).map(([name, value]) => (
    <input key={name} type="hidden" name={name} value={value} />
  ))
}

/** The form's one sentence after a refusal. */
export function FormMessage({ state }: { readonly state: FormState }): ReactNode {
  if (!state.message) return null
  return <Notice tone={state.status === 'done' ? 'success' : 'danger'}>{state.message}</Notice>
}
