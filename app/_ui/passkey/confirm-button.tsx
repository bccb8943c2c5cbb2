'use client'
import { type MouseEvent, useState } from 'react'
import { useFormStatus } from 'react-dom'
import { Button } from '../button.tsx'
import { KeyIcon, WarningIcon } from '../icons.tsx'

interface PasskeyConfirmButtonProps {
  readonly hint?: string | undefined
  readonly error?: string | undefined
}

/** Confirms with a passkey and sends the form it stands in: one press does both. Its code comes when it is pressed. */
export function PasskeyConfirmButton({ hint, error }: PasskeyConfirmButtonProps) {
  const { pending } = useFormStatus()
  const [asking, setAsking] = useState(false)
  const [failed, setFailed] = useState<string>()
  const press = async ({ currentTarget: { form } }: MouseEvent<HTMLButtonElement>) => {
    if (asking || pending || !form) return
    setAsking(true)
    setFailed(undefined)
    const { showPasskey } = await import('./show.ts')
    const shown = await showPasskey(new FormData(form))
    setAsking(false)
    if ('problem' in shown) return setFailed(shown.problem)
    form.addEventListener('formdata', ({ formData }) => formData.set('passkey', shown.answer), { once: true })
    form.requestSubmit()
  }
  const problem = failed ?? error
  return (
    <div>
      {hint && <p className="mb-2 text-sm text-muted">{hint}</p>}
      <Button variant="secondary" wide onClick={press} aria-disabled={asking || pending || undefined}>
        <KeyIcon className="size-5" />
        Confirm with a passkey
      </Button>
      <p role="alert" className="text-sm font-medium text-danger">
        {problem && (
          <span className="mt-2 flex gap-2">
            <WarningIcon className="mt-px size-5" />
            {problem}
          </span>
        )}
      </p>
    </div>
  )
}
