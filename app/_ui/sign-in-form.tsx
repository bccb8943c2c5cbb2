'use client'
import { Checkbox } from './checkbox.tsx'
import { EmailField } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { PasswordField } from './password-field.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface SignInFormProps extends FormProps {
  /** Only where the level allows it is there a box to tick. */
  readonly mayRemember: boolean
  readonly email?: string
  /** Where passkeys are offered in the field. */
  readonly autoComplete?: 'username' | 'username webauthn'
}

/** Fields `email`, `password` and, where allowed, `remember`. */
export function SignInForm(props: SignInFormProps) {
  const { action, formToken, hidden, mayRemember, email, autoComplete = 'username' } = props
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      <EmailField
        name="email"
        autoComplete={autoComplete}
        required
        defaultValue={state.values?.email ?? email}
        error={state.fields?.email}
      />
      <PasswordField name="password" label="Password" autoComplete="current-password" error={state.fields?.password} />
      {mayRemember && (
        <Checkbox
          name="remember"
          label="Keep me signed in"
          hint="Only on a device that nobody else uses."
          defaultChecked={state.values?.remember === 'on'}
        />
      )}
      <SubmitButton wide>Sign in</SubmitButton>
    </form>
  )
}
