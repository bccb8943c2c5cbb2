'use client'
import type { ComponentProps, MouseEvent } from 'react'
import { useFormStatus } from 'react-dom'
import { type ButtonVariant, buttonClass } from './button.tsx'
import { useOffline } from './session-watch/reach.ts'

type SubmitButtonProps = Omit<ComponentProps<'button'>, 'className' | 'type' | 'onClick'> & {
  readonly variant?: ButtonVariant | undefined
  readonly wide?: boolean | undefined
}

/**
 * Sends its form once. While the server thinks, or cannot be reached, it keeps its focus and its name and ignores
 * clicks; what is wrong then is said above the page.
 */
export function SubmitButton({ variant, wide, children, ...rest }: SubmitButtonProps) {
  const { pending } = useFormStatus()
  const idle = useOffline() || pending
  const ignore = (event: MouseEvent) => idle && event.preventDefault()
  return (
    <button
      {...rest}
      type="submit"
      className={buttonClass(variant, wide)}
      aria-disabled={idle || undefined}
      onClick={ignore}
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
