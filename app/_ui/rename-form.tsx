'use client'
import type { Asked } from '#lib/authentication/asked.ts'
import { Field } from './field.tsx'
import { FormMessage, HiddenInputs } from './form-parts.tsx'
import type { FormAction } from './form-state.ts'
import { StepUpFields } from './step-up-fields.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface RenameFormProps {
  readonly action: FormAction
  readonly target: string
  readonly name: string | null
  readonly formToken: string
  readonly asked: Asked
}

/** The person's own name for a session, changed in place. */
export function RenameForm({ action, target, name, formToken, asked }: RenameFormProps) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="mt-4 space-y-4 border-t border-line pt-4">
      <HiddenInputs formToken={formToken} hidden={{ target, act: 'session-renamed' }} />
      <FormMessage state={state} />
      <Field
        id={`name-${target}`}
        name="name"
        label="Your name for it"
        hint="For example “Kitchen tablet”. Leave it empty to take the name away."
        autoComplete="off"
        maxLength={120}
        defaultValue={state.values?.name ?? name ?? ''}
        error={state.fields?.name}
      />
      <StepUpFields asked={asked} state={state} id={`rename-${target}`} />
      <SubmitButton variant="secondary">Save name</SubmitButton>
    </form>
  )
}
