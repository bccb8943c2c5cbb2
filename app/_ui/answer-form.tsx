'use client'
import type { ButtonVariant } from './button.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

interface AnswerFormProps extends FormProps {
  /** The field `answer` of the button that was pressed, and what stands on it; the first one is what was asked for. */
  readonly answers: readonly (readonly [value: string, label: string, variant: ButtonVariant])[]
}

/** A question with its answers as buttons. */
export function AnswerForm({ action, formToken, hidden, answers }: AnswerFormProps) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-3">
      <HiddenInputs formToken={formToken} hidden={hidden} />
      <FormMessage state={state} />
      {answers.map(([value, label, variant]) => (
        <SubmitButton key={value} wide variant={variant} name="answer" value={value}>
          {label}
        </SubmitButton>
      ))}
    </form>
  )
}
