'use client'
import type { ReactNode } from 'react'
import type { Asked } from '#lib/authentication/asked.ts'
import { Dialog, DialogActions, DialogBack, DialogText } from './dialog.tsx'
import { useEndings } from './endings.tsx'
import { IDLE } from './form-state.ts'
import { Notice } from './notice.tsx'
import { StepUpFields } from './step-up-fields.tsx'
import { SubmitButton } from './submit-button.tsx'

interface EndDialogProps {
  /** What it is about: a session's id, or `others`. */
  readonly target: string
  readonly title: string
  /** What is done, for the passkey that confirms it. */
  readonly act: string
  /** How the outcome names it: "Firefox on Linux". */
  readonly label: string
  readonly button: string
  readonly formToken: string
  /** Where the last proof of identity is too old, another one is asked for in the same step. */
  readonly asked: Asked
  /** The server draws it open where no script can. */
  readonly open: boolean
  /** Id of the heading that takes the focus afterwards. */
  readonly focusNext: string
  /** A choice that goes along. */
  readonly option?: ReactNode
  /** The page that it stands on. */
  readonly back: string
  readonly children: ReactNode
}

/** For what cannot be taken back. Names the thing and the effect, asks for what is missing, and stays open until the server has agreed. */
export function EndDialog({ target, title, button, open, asked, option, back, children, ...hidden }: EndDialogProps) {
  const { state, send } = useEndings()
  const id = `end-${target}`
  const refused = state.status !== 'done' && state.values?.target === target
  return (
    <Dialog id={id} title={title} open={open || refused}>
      <DialogText dialog={id}>{children}</DialogText>
      <form action={send} className="mt-4 space-y-4" noValidate>
        <input type="hidden" name="target" value={target} />
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {refused && state.message && <Notice tone="danger">{state.message}</Notice>}
        {option}
        <StepUpFields asked={asked} state={refused ? state : IDLE} id={id} />
        <DialogActions>
          <DialogBack dialog={id} href={back} />
          <SubmitButton variant="danger">{button}</SubmitButton>
        </DialogActions>
      </form>
    </Dialog>
  )
}

interface EverywhereDialogProps {
  readonly title: string
  readonly formToken: string
  readonly asked: Asked
  readonly open: boolean
  /** Why it opened again. */
  readonly problem: string | null
  readonly children: ReactNode
}

/** Ends this session too, so it is a plain form and a full navigation: nothing of the page stays. */
export function EverywhereDialog({ title, formToken, asked, open, problem, children }: EverywhereDialogProps) {
  const id = 'end-everywhere'
  return (
    <Dialog id={id} title={title} open={open}>
      <DialogText dialog={id}>{children}</DialogText>
      <form method="post" action="/sign-out" className="mt-4 space-y-4">
        <input type="hidden" name="scope" value="everywhere" />
        <input type="hidden" name="act" value="sign-out-everywhere" />
        <input type="hidden" name="formToken" value={formToken} />
        {problem && <Notice tone="danger">{problem}</Notice>}
        <StepUpFields asked={asked} state={IDLE} id={id} />
        <DialogActions>
          <DialogBack dialog={id} href="/account/sessions" />
          <SubmitButton variant="danger">Sign out everywhere</SubmitButton>
        </DialogActions>
      </form>
    </Dialog>
  )
}
