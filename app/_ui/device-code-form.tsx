'use client'
import { Field } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

/** Field `code`: what a device shows. */
export function DeviceCodeForm({ action, formToken, code }: FormProps & { readonly code: string }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} />
      <FormMessage state={state} />
      <Field
        name="code"
        label="Code"
        hint="Eight letters, such as BCDF-GHJK."
        defaultValue={state.values?.code ?? code}
        error={state.fields?.code}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={16}
      />
      <SubmitButton wide>Go on</SubmitButton>
    </form>
  )
}
