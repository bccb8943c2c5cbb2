'use client'
import { useState } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import { FormMessage, type FormProps, HiddenInputs } from '../form-parts.tsx'
import { PasswordField } from '../password-field.tsx'
import { PasswordStrength } from '../password-strength.tsx'
import { StepUpFields } from '../step-up-fields.tsx'
import { SubmitButton } from '../submit-button.tsx'
import { useForm } from '../use-form.ts'
import { useStrength } from '../use-strength.ts'
import { EndOthers } from './end-others.tsx'

interface PasswordChangeFormProps extends FormProps {
  readonly email: string
  readonly name: string
  /** Beside the present password, which is always asked for. */
  readonly asked: Asked
}

/** Fields `currentPassword` and `newPassword`, and what else confirms who is there. */
export function PasswordChangeForm({ action, formToken, email, name, asked }: PasswordChangeFormProps) {
  const { state, form, send } = useForm(action)
  const [password, setPassword] = useState('')
  const strength = useStrength(form, password)
  return (
    <form ref={form} action={send} onReset={() => setPassword('')} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={{ name, act: 'password-changed' }} />
      <input type="email" name="email" autoComplete="username" defaultValue={email} readOnly hidden />
      <FormMessage state={state} />
      <PasswordField
        name="currentPassword"
        label="Current password"
        autoComplete="current-password"
        error={state.fields?.currentPassword}
      />
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
      <EndOthers id="password" unticked={state.values?.endOthers === 'off'} />
      <StepUpFields asked={asked} state={state} id="password-change" />
      <SubmitButton>Change password</SubmitButton>
    </form>
  )
}
