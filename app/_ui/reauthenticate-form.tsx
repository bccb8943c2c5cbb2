'use client'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { PasswordField } from './password-field.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

/** Field `password`; the address goes along unseen, for password managers. */
export function ReauthenticateForm({ action, formToken, hidden, email }: FormProps & { readonly email: string }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <input type="text" name="username" autoComplete="username" defaultValue={email} readOnly hidden />
      <FormMessage state={state} />
      <PasswordField name="password" label="Password" autoComplete="current-password" error={state.fields?.password} />
      <SubmitButton wide>Confirm</SubmitButton>
    </form>
  )
}
