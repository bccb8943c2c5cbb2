'use client'
import { useState } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import { Button } from '../button.tsx'
import { Disclosure } from '../disclosure.tsx'
import { FormMessage, type FormProps, HiddenInputs } from '../form-parts.tsx'
import { useHydrated } from '../hydrated.ts'
import { Notice } from '../notice.tsx'
import { StepUpFields } from '../step-up-fields.tsx'
import { SubmitButton } from '../submit-button.tsx'
import { useForm } from '../use-form.ts'
import { EndOthers } from './end-others.tsx'

interface RecoveryCodesFormProps extends FormProps {
  readonly asked: Asked
  readonly opener: string
  readonly button: string
  /** How many there are, which a new ten would replace. */
  readonly left: number
}

/** Makes ten new codes and shows them, this once. */
export function RecoveryCodesForm({ action, formToken, asked, opener, button, left }: RecoveryCodesFormProps) {
  const { state, form, send } = useForm(action)
  const codes = state.status === 'done' ? state.values?.codes : undefined
  if (codes) return <Codes codes={codes.split('\n')} message={state.message ?? ''} />
  return (
    <Disclosure label={opener} open={state.status !== 'idle'}>
      <form ref={form} action={send} noValidate className="space-y-5">
        <HiddenInputs formToken={formToken} hidden={{ act: 'recovery-codes-replaced' }} />
        <FormMessage state={state} />
        {left > 0 && <p className="text-sm">The {left} that you have are worthless afterwards.</p>}
        <EndOthers id="codes" unticked={state.values?.endOthers === 'off'} />
        <StepUpFields asked={asked} state={state} id="codes" />
        <SubmitButton>{button}</SubmitButton>
      </form>
    </Disclosure>
  )
}

function Codes({ codes, message }: { readonly codes: readonly string[]; readonly message: string }) {
  return (
    <div className="space-y-4">
      <Notice tone="success">{message}</Notice>
      <p className="text-sm">
        They are shown <strong>this once</strong>. Each works once, in place of a code of the app or a passkey. Keep
        them where you find them without this device: on paper, or in a password manager.
      </p>
      <ul
        aria-label="Recovery codes"
        className="grid gap-x-8 gap-y-2 rounded-md bg-sunken p-4 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code} className="wrap-anywhere">
            {code}
          </li>
        ))}
      </ul>
      <Keep text={`Signet recovery codes\n\n${codes.join('\n')}\n`} />
    </div>
  )
}

function Keep({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('')
  if (!useHydrated()) return null
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('This browser does not let a page copy. Select the codes instead.'),
    )
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    link.download = 'signet-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
    setSaid('Saved as signet-recovery-codes.txt.')
  }
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Button variant="secondary" onClick={() => void copy()}>
        Copy
      </Button>
      <Button variant="secondary" onClick={download}>
        Download as text
      </Button>
      <p role="status" className="text-sm text-muted">
        {said}
      </p>
    </div>
  )
}
