'use client'
import { Field } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

/** Field `code`: of the authenticator app, or a recovery code. The server tells them apart by their looks. */
export function CodeForm({ action, formToken, hidden, recovery }: FormProps & { readonly recovery: boolean }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      <Field
        name="code"
        label={recovery ? 'Recovery code' : 'Authentication code'}
        hint={
          recovery ? 'One of those that you kept when you made them. Each works once.' : 'Six digits, from your app.'
        }
        autoComplete={recovery ? 'off' : 'one-time-code'}
        inputMode={recovery ? 'text' : 'numeric'}
        autoCapitalize="none"
        spellCheck={false}
        required
        error={state.fields?.code}
      />
      <SubmitButton wide>Verify</SubmitButton>
    </form>
  )
}
