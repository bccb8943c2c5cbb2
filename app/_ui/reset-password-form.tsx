'use client'
import { useState } from 'react'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { PasswordField } from './password-field.tsx'
import { PasswordStrength } from './password-strength.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'
import { useStrength } from './use-strength.ts'

/** Field `newPassword`, by the rules of signing up. No address goes along: the page does not know whose it is. */
export function ResetPasswordForm({ action, formToken }: FormProps) {
  const { state, form, send } = useForm(action)
  const [password, setPassword] = useState('')
  const strength = useStrength(form, password)
  return (
    <form ref={form} action={send} onReset={() => setPassword('')} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} />
      <FormMessage state={state} />
      <PasswordField
        name="newPassword"
        label="New password"
        autoComplete="new-password"
        hint="At least 15 characters. A few unrelated words are easy to remember and hard to guess."
        error={state.fields?.newPassword}
        onValue={setPassword}
      >
        <PasswordStrength strength={strength} />
      </PasswordField>
      <SubmitButton wide>Change password</SubmitButton>
    </form>
  )
}
