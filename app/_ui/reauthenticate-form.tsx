'use client'
import type { Asked } from '#lib/authentication/asked.ts'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { StepUpFields } from './step-up-fields.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface ReauthenticateFormProps extends FormProps {
  readonly email: string
  readonly asked: Asked
}

/** Fields `password` and `code`, as needed, or a passkey; the address goes along unseen, for password managers. */
export function ReauthenticateForm({ action, formToken, hidden, email, asked }: ReauthenticateFormProps) {
  const { state, form, send } = useForm(action)
  const passkeyOnly = asked.fields.every((field) => field === 'passkey')
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <input type="text" name="username" autoComplete="username" defaultValue={email} readOnly hidden />
      <FormMessage state={state} />
      <StepUpFields asked={asked} state={state} id="confirm" hint="" />
      {!passkeyOnly && <SubmitButton wide>Confirm</SubmitButton>}
    </form>
  )
}
