'use client'
import { Field } from './field.tsx'
import { FormMessage, type FormProps, HiddenInputs } from './form-parts.tsx'
import { SubmitButton } from './submit-button.tsx'
import { useForm } from './use-form.ts'

/** Field `name`: how the account calls its person. */
export function NameForm({ action, formToken, name }: FormProps & { readonly name: string }) {
  const { state, form, send } = useForm(action)
  return (
    <form ref={form} action={send} noValidate className="space-y-4">
      <HiddenInputs formToken={formToken} />
      <FormMessage state={state} />
      <Field
        name="name"
        label="Name"
        autoComplete="name"
        required
        defaultValue={state.values?.name ?? name}
        error={state.fields?.name}
      />
      <SubmitButton variant="secondary">Save name</SubmitButton>
    </form>
  )
}
