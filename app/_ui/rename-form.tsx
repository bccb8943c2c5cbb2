'use client'
import { Field } from './field.tsx'
import { FormMessage, HiddenInputs } from './form-parts.tsx'
import type { FormAction } from './form-state.ts'
import { PasswordField } from './password-field.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface RenameFormProps {
  readonly action: FormAction
  readonly target: string
  readonly name: string | null
  readonly formToken: string
  readonly askPassword: boolean
}

/** The person's own name for a session, changed in place. */
export function RenameForm({ action, target, name, formToken, askPassword }: RenameFormProps) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="mt-4 space-y-4 border-t border-line pt-4">
      <HiddenInputs formToken={formToken} hidden={{ target }} />
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
      {(askPassword || state.fields?.password) && (
        <PasswordField
          id={`rename-${target}-password`}
          name="password"
          label="Password"
          autoComplete="current-password"
          required={false}
          error={state.fields?.password}
        />
      )}
      <SubmitButton variant="secondary">Save name</SubmitButton>
    </form>
  )
}
