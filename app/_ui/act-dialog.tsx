'use client'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import type { ButtonVariant } from './button.tsx'
import { Dialog, DialogActions, DialogBack, DialogText } from './dialog.tsx'
import { useEndings } from './endings.tsx'
import { Field } from './field.tsx'
import { HiddenInputs } from './form-parts.tsx'
import { type FormState, IDLE } from './form-state.ts'
import { Notice } from './notice.tsx'
import { StepUpFields } from './step-up-fields.tsx'
import { SubmitButton } from './submit-button.tsx'

interface ActDialogProps {
  /** Tells it from the page's other dialogs. */
  readonly id: string
  readonly title: string
  readonly button: string
  readonly variant?: ButtonVariant
  readonly formToken: string
  /** Where the last proof of identity is too old, another one is asked for in the same step. */
  readonly asked: Asked
  /** The server draws it open where no script can. */
  readonly open: boolean
  /** The page that it stands on. */
  readonly back: string
  /** What goes along: whose, which act, which session. */
  readonly hidden: Readonly<Record<string, string>>
  /** Who will read the reason; the person, unless something else is said. */
  readonly reasonHint?: string
  /** A word to type, for what cannot be taken back. */
  readonly confirm?: string
  readonly children: ReactNode
}

/** An act of an administrator: what it does, why it is done, and who does it, in one step. */
export function ActDialog({ id, title, button, variant = 'danger', open, back, children, ...parts }: ActDialogProps) {
  const { state, send } = useEndings()
  const refused = state.status !== 'done' && state.values?.dialog === id
  const shown = refused ? state : IDLE
  return (
    <Dialog id={id} title={title} open={open || refused}>
      <DialogText dialog={id}>{children}</DialogText>
      <ActForm id={id} state={shown} send={send} {...parts}>
        <DialogActions>
          <DialogBack dialog={id} href={back} />
          <SubmitButton variant={variant}>{button}</SubmitButton>
        </DialogActions>
      </ActForm>
    </Dialog>
  )
}

type ActFormProps = Pick<
  ActDialogProps,
  'id' | 'formToken' | 'asked' | 'hidden' | 'reasonHint' | 'confirm' | 'children'
> & {
  readonly state: FormState
  readonly send: (data: FormData) => void
}

function ActForm({ id, state, send, formToken, asked, hidden, reasonHint, confirm, children }: ActFormProps) {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (state.fields) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [state])
  return (
    <form ref={form} action={send} className="mt-4 space-y-4" noValidate>
      <HiddenInputs formToken={formToken} hidden={{ ...hidden, dialog: id, focusNext: 'title' }} />
      {state.message && <Notice tone="danger">{state.message}</Notice>}
      <Field
        id={`${id}-reason`}
        name="reason"
        label="Reason"
        hint={reasonHint ?? 'At most 200 characters. The person reads it, and it is kept with what you did.'}
        autoComplete="off"
        maxLength={200}
        defaultValue={state.values?.reason ?? ''}
        error={state.fields?.reason}
      />
      {confirm && (
        <Field
          id={`${id}-confirmation`}
          name="confirmation"
          label={`Type “${confirm}” to confirm`}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          defaultValue={state.values?.confirmation ?? ''}
          error={state.fields?.confirmation}
        />
      )}
      <StepUpFields asked={asked} state={state} id={id} />
      {children}
    </form>
  )
}
