'use client'
import { Checkbox } from './checkbox.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { PasswordField } from './password-field.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

export interface Choice {
  readonly id: string
  /** "Firefox on Linux". */
  readonly device: string
  /** Where, how and when it was last active, in words. */
  readonly about: string
}

/** A box `end-<id>` for each session: which of them are to end. */
export function ChooseForm({
  action,
  formToken,
  hidden,
  choices,
}: FormProps & { readonly choices: readonly Choice[] }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      <fieldset>
        <legend className="mb-2 text-sm font-semibold">Which session is to end?</legend>
        {choices.map(({ id, device, about }) => (
          <Checkbox key={id} name={`end-${id}`} label={device} hint={about} />
        ))}
      </fieldset>
      <SubmitButton wide>End it and sign in</SubmitButton>
    </form>
  )
}

/** Field `password`; the address goes along unseen, for password managers. */
export function InsistForm({ action, formToken, hidden, email }: FormProps & { readonly email: string }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <input type="text" name="username" autoComplete="username" defaultValue={email} readOnly hidden />
      <FormMessage state={state} />
      <PasswordField name="password" label="Password" autoComplete="current-password" error={state.fields?.password} />
      <SubmitButton wide>End it and sign in</SubmitButton>
    </form>
  )
}
