import type { ComponentProps } from 'react'

export type ButtonVariant = 'primary' | 'secondary' | 'danger' | 'quiet'

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary: 'button-primary',
  secondary: 'button-secondary',
  danger: 'button-danger',
  quiet: 'button-quiet',
}

/** The look of a button, for what is not one of the elements below. It is in `globals.css`: scripts carry its name only. */
export function buttonClass(variant: ButtonVariant = 'primary', wide = false): string {
  return `button ${VARIANTS[variant]}${wide ? ' w-full' : ''}`
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
