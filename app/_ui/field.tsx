import type { ComponentProps, ReactNode } from 'react'
import { WarningIcon } from './icons.tsx'

export const INPUT_CLASS =
  'block min-h-11 w-full rounded-md border border-control bg-surface px-3 py-2 text-base text-ink placeholder:text-muted hover:border-ink aria-invalid:border-danger aria-invalid:border-2'

export interface FieldText {
  readonly label: string
  /** Said before typing; read out with the field. */
  readonly hint?: ReactNode
  /** What must change; read out with the field, which is then marked invalid. */
  readonly error?: string | undefined
}

/** Attributes that tie an input to its hint and its error. */
export function described(id: string, { hint, error }: FieldText) {
  const by = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return { 'aria-describedby': by || undefined, 'aria-invalid': error ? true : undefined }
}

interface FrameProps extends FieldText {
  readonly id: string
  readonly children: ReactNode
  readonly below?: ReactNode
}

/** Label, hint, the input, what is wrong with it, and what else there is to say, in that order. */
export function FieldFrame({ id, label, hint, error, children, below }: FrameProps) {
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-semibold">
        {label}
      </label>
      {hint && (
        <div id={`${id}-hint`} className="-mt-1 mb-2 text-sm text-muted">
          {hint}
        </div>
      )}
      {children}
      {error && (
        <p id={`${id}-error`} className="mt-2 flex gap-2 text-sm font-medium text-danger">
          <WarningIcon className="mt-px size-5" />
          {error}
        </p>
      )}
      {below}
    </div>
  )
}

export type FieldProps = FieldText & Omit<ComponentProps<'input'>, 'className'> & { readonly name: string }

/** A line of text. `id` is the field's name unless the page has it twice. */
export function Field({ label, hint, error, id: ownId, ...input }: FieldProps) {
  const id = ownId ?? input.name
  return (
    <FieldFrame id={id} label={label} hint={hint} error={error}>
      <input type="text" {...input} id={id} className={INPUT_CLASS} {...described(id, { label, hint, error })} />
    </FieldFrame>
  )
}

/** An address of electronic mail; the server judges it, not the browser. */
export function EmailField(props: Omit<FieldProps, 'type' | 'label'>) {
  return <Field autoCapitalize="none" spellCheck={false} {...props} label="Email" type="email" inputMode="email" />
}
