import type { ComponentProps } from 'react'

export type ButtonVariant = 'primary' | 'secondary' | 'danger' | 'quiet'

const BASE =
  'inline-flex min-h-11 items-center justify-center gap-2 rounded-md border px-4 py-2 text-center text-sm font-semibold no-underline cursor-pointer motion-safe:transition-colors motion-safe:duration-150 hover:no-underline aria-disabled:cursor-progress'

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: 'border-transparent bg-ink text-paper hover:bg-ink-hover',
  secondary: 'border-control bg-surface text-ink hover:bg-sunken',
  danger: 'border-transparent bg-danger text-on-danger hover:bg-danger-hover',
  quiet: 'border-transparent text-ink hover:bg-sunken',
}

/** The look of a button, for what is not one of the elements below. */
export function buttonClass(variant: ButtonVariant = 'primary', wide = false): string {
  return `${BASE} ${VARIANTS[variant]}${wide ? ' w-full' : ''}`
}

interface Look {
  readonly variant?: ButtonVariant | undefined
  /** As wide as what it stands in. */
  readonly wide?: boolean | undefined
}

/** A plain button; `type="button"` unless told otherwise. For a server action's form take `SubmitButton`. */
export function Button({
  variant,
  wide,
  type = 'button',
  ...rest
}: Look & Omit<ComponentProps<'button'>, 'className'>) {
  return <button {...rest} type={type} className={buttonClass(variant, wide)} />
}

export function ButtonLink({ variant, wide, ...rest }: Look & Omit<ComponentProps<'a'>, 'className'>) {
  return <a {...rest} className={buttonClass(variant, wide)} />
}
