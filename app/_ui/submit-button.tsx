'use client'
import type { ComponentProps, MouseEvent } from 'react'
import { useFormStatus } from 'react-dom'
import { type ButtonVariant, buttonClass } from './button.tsx'

type SubmitButtonProps = Omit<ComponentProps<'button'>, 'className' | 'type' | 'onClick'> & {
  readonly variant?: ButtonVariant | undefined
  readonly wide?: boolean | undefined
}

/** Sends its form once. While the server thinks it keeps its focus and its name, and ignores further clicks. */
export function SubmitButton({ variant, wide, children, ...rest }: SubmitButtonProps) {
  const { pending } = useFormStatus()
  const ignoreWhilePending = (event: MouseEvent) => pending && event.preventDefault()
  return (
    <button
      {...rest}
      type="submit"
      className={buttonClass(variant, wide)}
      aria-disabled={pending || undefined}
      onClick={ignoreWhilePending}
    >
      {pending && (
        <span
          className="size-4 rounded-full border-2 border-current border-e-transparent motion-safe:animate-spin"
          aria-hidden="true"
        />
      )}
      {children}
    </button>
  )
}
