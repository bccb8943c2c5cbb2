'use client'
import type { Asked } from '#lib/authentication/asked.ts'
import { FormMessage, type FormProps, HiddenInputs } from '../form-parts.tsx'
import { type FormAction, IDLE } from '../form-state.ts'
import { useHydrated } from '../hydrated.ts'
import { StepUpFields } from '../step-up-fields.tsx'
import { SubmitButton } from '../submit-button.tsx'
import { useForm } from '../use-form.ts'
import { EndOthers } from './end-others.tsx'

interface AddPasskeyFormProps extends FormProps {
  /** `action` says what the browser has to make; this takes what it has made. */
  readonly add: FormAction
  readonly asked: Asked
  /** Asks whether the other sessions go. */
  readonly endsOthers?: boolean
}

/** One press: confirms who is there, has the passkey made, and adds it. */
export function AddPasskeyForm(props: AddPasskeyFormProps) {
  if (useHydrated()) return <Adding {...props} />
  return <p className="text-sm text-muted">Making a passkey takes a browser with scripts.</p>
}

function Adding({ action, add, formToken, asked, endsOthers = true }: AddPasskeyFormProps) {
  const { state, form, send } = useForm(inOne(action, add))
  return (
    <form ref={form} action={send} noValidate className="space-y-5">
      <HiddenInputs formToken={formToken} hidden={{ act: 'passkey-added' }} />
      <FormMessage state={state} />
      {endsOthers && <EndOthers id="add-passkey" unticked={state.values?.endOthers === 'off'} />}
      <StepUpFields asked={asked} state={state} id="add-passkey" />
      <SubmitButton>Add a passkey</SubmitButton>
    </form>
  )
}

/** Both halves of the adding, with the browser's own dialog between them. */
function inOne(begin: FormAction, add: FormAction): FormAction {
  return async (state, data) => {
    const begun = await begin(state, data)
    const options = begun.status === 'done' ? begun.values?.options : undefined
    if (!options) return begun
    const { makePasskey } = await import('../passkey/show.ts')
    const made = await makePasskey(options)
    if ('problem' in made) return { status: 'refused', message: made.problem }
    data.set('made', made.answer)
    return add(IDLE, data)
  }
}
