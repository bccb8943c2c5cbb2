'use client'
import type { ReactNode } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import { Disclosure } from '../disclosure.tsx'
import { Field, type FieldProps } from '../field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from '../form-parts.tsx'
import { StepUpFields } from '../step-up-fields.tsx'
import { SubmitButton } from '../submit-button.tsx'
import { useForm } from '../use-form.ts'
import { EndOthers } from './end-others.tsx'

interface ActFormProps extends FormProps {
  /** The button that opens it; without one it is open. It is open, too, when it has something to say. */
  readonly opener?: ReactNode
  /** Sets its fields apart from those of other forms on the page. */
  readonly id: string
  readonly asked: Asked
  readonly button: string
  readonly danger?: boolean
  /** Asks whether the other sessions go. */
  readonly endsOthers?: boolean
  /** Its own fields: lines of text. */
  readonly fields?: readonly Omit<FieldProps, 'error'>[]
  readonly children?: ReactNode
}

/** One act on the account: its own fields, what confirms who is there, and one button. */
export function ActForm({
  action,
  formToken,
  hidden,
  opener,
  id,
  asked,
  button,
  danger = false,
  endsOthers = false,
  fields = [],
  children,
}: ActFormProps) {
  const { state, form, send } = useForm(action)
  const drawn = (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      {children}
      {fields.map((field) => (
        <Field
          key={field.name}
          {...field}
          id={`${id}-${field.name}`}
          defaultValue={state.values?.[field.name] ?? field.defaultValue}
          error={state.fields?.[field.name]}
        />
      ))}
      {endsOthers && <EndOthers id={id} unticked={state.values?.endOthers === 'off'} />}
      <StepUpFields asked={asked} state={state} id={id} />
      <SubmitButton variant={danger ? 'danger' : 'primary'}>{button}</SubmitButton>
    </form>
  )
  if (!opener) return drawn
  return (
    <Disclosure label={opener} open={state.status !== 'idle'}>
      {drawn}
    </Disclosure>
  )
}
