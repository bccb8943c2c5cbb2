'use client'
import { EmailField } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

/** Field `email`. */
export function ForgotPasswordForm({ action, formToken }: FormProps) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} />
      <FormMessage state={state} />
      <EmailField
        name="email"
        autoComplete="username"
        required
        defaultValue={state.values?.email}
        error={state.fields?.email}
      />
      <SubmitButton wide>Send the link</SubmitButton>
    </form>
  )
}
