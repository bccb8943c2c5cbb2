'use client'
import type { ButtonVariant } from './button.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface PressFormProps extends FormProps {
  readonly label: string
  readonly variant?: ButtonVariant
}

/** One button: what a mailed link is for happens when a person presses it, not when a program opens the link. */
export function PressForm({ action, formToken, hidden, label, variant }: PressFormProps) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      <SubmitButton wide variant={variant}>
        {label}
      </SubmitButton>
    </form>
  )
}
