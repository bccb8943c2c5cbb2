'use client'
import { useState } from 'react'
import { EmailField, Field } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { PasswordField } from './password-field.tsx'
import { PasswordStrength } from './password-strength.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'
import { useStrength } from './use-strength.ts'

/** Fields `name`, `email` and `password`. */
export function SignUpForm({ action, formToken, hidden }: FormProps) {
  const { state, form, send } = useForm(action)
  const [password, setPassword] = useState('')
  const strength = useStrength(form, password)
  const { values, fields } = state
  return (
    <form ref={form} action={send} onReset={() => setPassword('')} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      <Field name="name" label="Name" autoComplete="name" required defaultValue={values?.name} error={fields?.name} />
      <EmailField name="email" autoComplete="email" required defaultValue={values?.email} error={fields?.email} />
      <PasswordField
        name="password"
        label="Password"
        autoComplete="new-password"
        hint="At least 15 characters. A few unrelated words are easy to remember and hard to guess."
        error={fields?.password}
        onValue={setPassword}
      >
        <PasswordStrength strength={strength} />
      </PasswordField>
      <SubmitButton wide>Create account</SubmitButton>
    </form>
  )
}
